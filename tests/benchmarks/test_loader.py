"""The bulk loader writes what the store writes: the same plan, once through each, in two projects of one database."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from reqtrack.audit.verify import verify
from reqtrack.db import Base, db
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.items.search import project_word
from reqtrack.requirements.actions import add_phase
from reqtrack.requirements.queries import phases
from tests.benchmarks.loader import Loader
from tests.benchmarks.plan import Acceptance, Requirement, own, plan
from tests.support.world import OPERATOR, Site, World

OWNERS = ("o1", "o2", "o3", "o4")
# What differs between two makings of the same: when, and what is computed from when and where.
APART = {"at", "created_at", "updated_at", "seal", "hash", "previous", "id", "item_id", "seals"}


def sample(number: int) -> tuple[list[Requirement], list[Acceptance]]:
    """A plan with nothing approved: the store would ask for change requests."""
    requirements, scenarios = plan(number)
    unlocked = [replace(one, stage="draft" if one.stage == "draft" else "in_review") for one in requirements]
    return unlocked, scenarios


def prepared(world: World, key: str) -> Site:
    """A project with two phases and the people whom the plan names."""
    site = world.project(key, "Bulk")
    for login in OWNERS:
        world.member(login, "analyst", project=key)
    with world.write(project=key) as scene:
        add_phase(OPERATOR, scene.project, {"name": "Phase 2"})
    return site


def through_the_store(world: World, key: str, number: int) -> None:
    requirements, scenarios = sample(number)
    with world.write(project=key) as scene:
        names = [phase.name for phase in phases(scene.project.id)]

        def made(kind: str, raw: dict[str, Any], stage: str = "") -> Any:
            return store.create(
                OPERATOR, scene.project, KINDS[kind], values.parse(KINDS[kind], scene.project, raw), stage=stage
            )

        for one in requirements:
            raw: dict[str, Any] = {"title": one.title, "statement": one.statement, "tier": one.tier}
            raw |= {"effort_days": one.effort} | ({"phase": names[one.phase]} if one.phase is not None else {})
            item = made("requirement", raw | ({"owner": OWNERS[one.owner]} if one.owner is not None else {}), one.stage)
            for place in one.refines:
                target = item_for(OPERATOR, scene.project.id, f"REQ-{place + 1}")
                store.link(OPERATOR, "refines", item, target)
        for each in scenarios:
            made("acceptance", {"title": each.title, "given": list(each.given), "when": list(each.when), "then": list(each.then),
                                "accepts": [f"REQ-{place + 1}" for place in each.accepts]})  # fmt: skip


def through_the_loader(world: World, key: str, number: int) -> None:
    requirements, scenarios = sample(number)
    with world.write(project=key) as scene:
        owners = [world.people[login].id for login in OWNERS]
        loader = Loader(OPERATOR, scene.project.id, [phase.id for phase in phases(scene.project.id)], owners)
        loader.requirements(requirements)
        loader.acceptance(scenarios)
        loader.finish()


def told(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Everything that a project holds of items, without what may differ; items are named by key."""
    rows: dict[str, list[dict[str, Any]]] = {}

    def read(name: str, sql: str) -> None:
        found = db.session.execute(text(sql), {"project": site.id}).mappings()
        rows[name] = [{key: value for key, value in row.items() if key not in APART} for row in found]

    phase = "(SELECT number FROM phases WHERE phases.id = items.phase_id) AS phase"
    read("items", f"SELECT items.*, {phase} FROM items WHERE project_id = :project ORDER BY id")
    for name in ("requirements", "acceptance"):
        columns = ", ".join(f'{name}."{column.name}"' for column in Base.metadata.tables[name].columns)
        read(name, f"SELECT items.key, {columns} FROM {name} JOIN items ON items.id = {name}.id "
             "WHERE items.project_id = :project ORDER BY items.id")  # fmt: skip
    read("versions", "SELECT items.key, versions.* FROM versions JOIN items ON items.id = versions.item_id "
         "WHERE versions.project_id = :project ORDER BY versions.item_id")  # fmt: skip
    read("links", "SELECT source.key AS from_key, target.key AS to_key, links.kind, links.since, links.until, links.looked "
         "FROM links JOIN items AS source ON source.id = source_id JOIN items AS target ON target.id = target_id "
         "WHERE links.project_id = :project ORDER BY links.id")  # fmt: skip
    read("events", "SELECT * FROM events WHERE project_id = :project AND action IN "
         "('requirement.created', 'acceptance.created', 'link.added') ORDER BY seq")  # fmt: skip
    read("counters", "SELECT prefix, value FROM counters WHERE project_id = :project ORDER BY prefix")
    read("search", "SELECT items.key, folded FROM search_texts JOIN items ON items.id = item_id "
         "WHERE items.project_id = :project ORDER BY items.id")  # fmt: skip
    words = "search_index JOIN items ON items.id = search_index.rowid"
    if db.engine.dialect.name == "postgresql":
        words = "search_texts JOIN items ON items.id = search_texts.item_id"
    read("words", f"SELECT items.key, CAST(words AS text) AS words FROM {words} "
         "WHERE items.project_id = :project ORDER BY items.id")  # fmt: skip
    return _same_names(rows, site.id)


def _same_names(rows: dict[str, list[dict[str, Any]]], project_id: int) -> dict[str, list[dict[str, Any]]]:
    """Ids of projects and phases by what they stand for."""
    phase_ids = [phase.id for phase in phases(project_id)]
    for row in [one for found in rows.values() for one in found]:
        row.pop("project_id", None)
        row.pop("phase_id", None)
        for name in ("content", "after"):
            content = json.loads(row[name]) if row.get(name) else {}
            if content.get("phase") in phase_ids:
                row[name] = json.dumps(content | {"phase": phase_ids.index(content["phase"])})
        if "scope_print" in row:
            row["scope_print"] = bool(row["scope_print"])  # over the phase's id
        if "words" in row:
            row["words"] = row["words"].replace(project_word(project_id), "p")
    return rows


def test_the_loader_writes_what_the_store_writes(world: World) -> None:
    made = prepared(world, "MADE"), prepared(world, "LOAD")
    through_the_store(world, "MADE", 40)
    through_the_loader(world, "LOAD", 40)
    with world.read():
        stored, loaded = told(made[0]), told(made[1])
        assert len(stored["items"]) == 64 and len(stored["links"]) > 60
        for name, rows in stored.items():
            assert loaded[name] == rows, name
        assert verify().ok


def test_what_comes_after_the_loader_goes_on_from_it(world: World) -> None:
    prepared(world, "LOAD")
    through_the_loader(world, "LOAD", 10)
    assert world.item("requirement", project="LOAD", title="One more") == "REQ-11"
    with world.read():
        assert verify().ok


def test_the_own_generator_has_the_shape() -> None:
    made = list(own(200))
    assert len(made) == 200 == len({one["uid"] for one in made})
    assert all(1 <= len(one["parents"]) <= 3 for one in made[10:]) and not any(one["parents"] for one in made[:10])
    assert sum("。" in one["body"] for one in made) == 100
    assert list(own(200)) == made
