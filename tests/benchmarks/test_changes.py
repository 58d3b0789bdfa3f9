"""Change control on a real project grown to 100 000 items and 300 000 links: fifty changes of 1 to 500 edits, from a draft to
in effect, on both databases; and what a change reaches, at ten modules and at a hundred."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from reqtrack.audit.verify import verify
from reqtrack.changes import reach
from reqtrack.db import db
from reqtrack.items import store
from reqtrack.items.queries import item_for, items_by_key
from tests.benchmarks import grown
from tests.benchmarks.figures import Figure, Figures, held
from tests.benchmarks.grown import REQUIREMENTS, SCENARIOS
from tests.changes.conftest import Desk
from tests.support import apps
from tests.support.databases import Database, SqliteFiles

pytestmark = pytest.mark.bench

MODULES = 100
CHANGES = 50
# From one edit to five hundred, more small ones than large ones.
SIZES = tuple(round(500 ** (at / (CHANGES - 1))) for at in range(CHANGES))


@contextmanager
def project(database: Database, modules: int) -> Iterator[tuple[Flask, Desk]]:
    """A grown project on an empty database."""
    app = apps.make(database.url, database.data)
    try:
        yield app, Desk(grown.fill(app, modules))
    finally:
        apps.close(app)


@dataclass
class Package:
    """One change to be, and what it should leave behind."""

    edits: list[dict[str, Any]] = field(default_factory=list)
    fields: list[tuple[str, str, Any]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    linked: list[tuple[str, str]] = field(default_factory=list)


class Writer:
    """Writes packages that never set the same field twice, so that each may take effect whatever came before it."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.taken: set[tuple[str, str]] = set()
        self.gone: set[str] = set()
        self.named: set[str] = set()

    def package(self, number: int, size: int) -> Package:
        """A change of so many edits."""
        package = Package()
        while len(package.edits) < size:
            lot = self.dice.random()
            way = self.new if lot < 0.08 else self.retire if lot < 0.14 else self.link if lot < 0.24 else self.edit
            way(package, f"{number}/{len(package.edits) + 1}")
        return package

    def key(self) -> str:
        """Some requirement, or (one in four) some acceptance scenario."""
        kind, most = ("ACC", SCENARIOS) if self.dice.random() < 0.25 else ("REQ", REQUIREMENTS)
        return f"{kind}-{self.dice.randrange(MODULES * most) + 1}"

    def edit(self, package: Package, name: str) -> None:
        key = self.key()
        what = self.dice.choice(("title", "statement", "rationale") if key.startswith("REQ") else ("title", "then"))
        if (key, what) in self.taken or key in self.gone:
            return
        self.taken.add((key, what))
        self.named.add(key)
        new: Any = [f"第 {name} 次变更后，三秒内看到。"] if what == "then" else f"Changed by {name}: 由变更改写。"
        package.edits.append({"item": key, "field": what, "new": new})
        package.fields.append((key, what, new))

    def new(self, package: Package, name: str) -> None:
        parent = f"REQ-{self.dice.randrange(MODULES * REQUIREMENTS) + 1}"
        if parent in self.gone:
            return
        self.named.add(parent)
        title = f"New by {name}"
        package.edits.append(
            {"new_item": {"kind": "acceptance", "fields": {"title": title, "then": ["Seen."], "accepts": [parent]}}}
        )
        package.made.append(title)

    def retire(self, package: Package, _name: str) -> None:
        key = self.key()
        if key in self.named or key in self.gone:
            return
        self.gone.add(key)
        package.edits.append({"retire": key})
        package.retired.append(key)

    def link(self, package: Package, _name: str) -> None:
        # The level above is other than the level of this one: no link runs in a circle.
        module = self.dice.randrange(MODULES) * REQUIREMENTS
        low = f"REQ-{module + self.dice.randrange(REQUIREMENTS - grown.LEVELS[-1], REQUIREMENTS) + 1}"
        high = f"REQ-{module + self.dice.randrange(grown.LEVELS[0]) + 1}"
        if {low, high} & self.gone or (low, high) in self.taken:
            return
        self.taken.add((low, high))
        self.named |= {low, high}
        package.edits.append({"item": low, "link": "refines", "add": [high], "remove": []})
        package.linked.append((low, high))


def into_effect(desk: Desk, key: str, timer: Callable[[], float]) -> float:
    """Take a change from a draft to in effect; how long the deciding vote took, in seconds."""
    desk.submit(key)
    desk.assess(key, 20)
    took = 0.0
    for voter in ("business_owner", "sponsor"):
        start = timer()
        desk.decide(key, by=voter)
        took = timer() - start
        if desk.stage(key) == "applied":
            return took
    raise AssertionError(f"{key} is {desk.stage(key)}")


def left_behind(desk: Desk, package: Package) -> None:
    """Hold what stands against what the change said."""
    with desk.world.read("auditor") as scene:
        project_id = scene.project.id
        keys = {key for key, *_ in package.fields} | set(package.retired)
        items = items_by_key(scene.actor, project_id, sorted(keys))
        contents = {key: store.content_of(item) for key, item in items.items()}
        assert [(key, name, contents[key].get(name)) for key, name, _ in package.fields] == package.fields
        assert [key for key in package.retired if not items[key].retired] == []
        made = db.session.execute(
            text("SELECT title FROM items WHERE project_id = :project AND title LIKE 'New by %'"),
            {"project": project_id},
        ).scalars()
        assert set(package.made) <= set(made)
        for low, high in package.linked:
            assert item_for(scene.actor, project_id, high).id in reach_up(scene, low)


def reach_up(scene: Any, key: str) -> set[int]:
    """What drives a requirement directly."""
    start = item_for(scene.actor, scene.project.id, key).id
    return set(reach.upstream(scene.actor, scene.project.id, [start], 1))


def test_fifty_changes_take_effect(figures: Figures, database: Database) -> None:
    dice = random.Random(20_261_130)
    # SQLite works in this process, and its processor time is what counts; for a server one waits.
    timer = time.process_time if database.kind == "sqlite" else time.perf_counter
    with project(database, MODULES) as (app, desk):
        with desk.world.read("auditor") as scene:
            found = db.session.execute(
                text("SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM links)"),
            ).one()
            assert scene.project.key == grown.PROJECT and tuple(found) == (
                MODULES * grown.MODULE,
                MODULES * 3 * grown.MODULE,
            )
        writer = Writer(dice)
        packages = [writer.package(at + 1, size) for at, size in enumerate(dice.sample(SIZES, CHANGES))]
        # All are open at once, so that most find their items moved; then they take effect in another order.
        keys = [desk.log(edits=package.edits, assessors=["analyst"]) for package in packages]
        order = dice.sample(range(CHANGES), CHANGES)
        took = {at: into_effect(desk, keys[at], timer) for at in order}
        for package in packages:
            left_behind(desk, package)
        start = timer()
        with app.app_context():
            report = verify()
        checked = timer() - start
    assert report.ok, report.problems[:5]
    kind = database.kind
    sizes = [len(package.edits) for package in packages]
    largest = max(range(CHANGES), key=lambda at: sizes[at])
    assert sizes[largest] == 500 and min(sizes) == 1
    by_edit = sum(took.values()) / sum(sizes) * 1000
    note = f"{sum(sizes)} edits in {CHANGES} changes, {by_edit:.1f} ms an edit; verify {checked:.0f} s"
    held(figures.take(f"{kind}, 100 000 items: a change of 500 edits takes effect", took[largest], "s", 3, note=note))


def reached(desk: Desk, key: str, depth: int) -> tuple[float, int]:
    """How long the affected set of a change's items takes with titles, in milliseconds, and its size."""
    with desk.world.read("project_manager") as scene:
        starts = [item_for(scene.actor, scene.project.id, one.item).id for one in desk.dossier(key).edits]
    with desk.world.read("project_manager") as scene:
        times = []
        for _ in range(16):
            start = time.process_time()
            found = reach.downstream(scene.actor, scene.project.id, starts, depth)
            times.append((time.process_time() - start) * 1000)
    return statistics.median(times[1:]), len(found)


def page(desk: Desk, path: str) -> float:
    """How long a page takes in this process, in milliseconds."""
    client = desk.world.client("project_manager")
    times = []
    for _ in range(16):
        start = time.process_time()
        answer = client.get(f"/p/{grown.PROJECT}{path}")
        times.append((time.process_time() - start) * 1000)
        assert answer.status_code == 200, answer.status
    return statistics.median(times[1:])


@pytest.mark.sqlite
def test_what_a_change_reaches(figures: Figures, sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    taken: list[Figure] = []
    before: dict[str, float] = {}
    for modules in (10, MODULES):
        folder = tmp_path / str(modules)
        folder.mkdir()
        with project(sqlite_files.copied(folder), modules) as (_app, desk):
            edits = [{"item": key, "field": "title", "new": f"New title of {key}"} for key in ("REQ-31", "REQ-32")]
            key = desk.log(edits=edits, assessors=["analyst"])
            desk.submit(key)
            found, size = reached(desk, key, 10)
            times = {
                "the set with titles, depth 10": found,
                "the change page, first screen": page(desk, f"/changes/{key}"),
                "what it touches, all of it": page(desk, f"/changes/{key}/impact"),
            }
        items = f"{modules * grown.MODULE:,} items"
        bars = {"the set with titles, depth 10": 50, "the change page, first screen": 60}
        taken += [
            figures.take(f"impact, {items}: {job}", took, "ms", bars.get(job), note=f"{size} items affected")
            for job, took in times.items()
        ]
        taken += [
            figures.take(f"{job}: at 100,000 items against 10,000", took / before[job], "×", 1.2)
            for job, took in times.items()
            if job in before
        ]
        before = times
    held(*taken)
