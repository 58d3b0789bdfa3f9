"""The measured databases: made once, kept in a cache folder (BENCH_CACHE, else one for temporary files), copied where written.

A project BENCH with 10 000 or 100 000 requirements and the acceptance scenarios of three in five, loaded in bulk; and what
pages show beside, made through the actions: people, an interview whose passages back a requirement, comments, versions,
a round with results, a change that edits two requirements of the top level.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from flask import Flask

from reqtrack import create_app
from reqtrack.acceptance import actions as rounds
from reqtrack.acceptance.queries import round_for
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions as changes
from reqtrack.interviews import actions as interviews
from reqtrack.items import actions as talk
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.migrations import migrations
from reqtrack.requirements.actions import add_phase
from reqtrack.requirements.queries import phases
from tests.benchmarks import accepted as accepted_plan
from tests.benchmarks import plan
from tests.benchmarks.loader import Loader
from tests.support.apps import close
from tests.support.world import OPERATOR, PASSWORD, World

PROJECT = "BENCH"
LOGIN = "polymath"
# The requirement whose page is measured; the last of the top level in the small database.
RICH = "REQ-400"
SECRET = "a secret for measuring"
OWNERS = ("wang", "li", "zhao", "chen")
TALK = "**Wang Min:** We enter twenty orders a day, number {number}, and nobody reads the remarks."
TESTED = 200

assert PASSWORD


@dataclass(frozen=True)
class Prepared:
    """A data folder (its database is the default one) and a token for the API."""

    data: Path
    token: str


def cache() -> Path:
    named = os.environ.get("BENCH_CACHE")
    path = Path(named) if named else Path(tempfile.gettempdir()) / "reqtrack-bench"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _mark() -> str:
    """Changes with all that a prepared database is made from."""
    made_from = [Path(__file__), Path(plan.__file__), Path(__file__).with_name("loader.py")]
    made_from += sorted((plan.ROOT / "reqtrack" / "migrations" / "versions").glob("*.py"))
    made_from += [plan.ROOT / "reqtrack" / "items" / "search.py", plan.ROOT / "reqtrack" / "items" / "store.py"]
    made_from += [path for path in [plan.source()] if path is not None]
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_from)).hexdigest()[:12]


def prepared(number: int) -> Prepared:
    """The database with so many requirements, made where there is none yet. It is kept for the next run: only read it."""
    data = cache() / f"{number}-{_mark()}"
    if not (data / "token").exists():
        for old in cache().glob(f"{number}-*"):
            shutil.rmtree(old)
        _make(data, number)
    return Prepared(data, (data / "token").read_text("ascii"))


def accepted(requirements: int = 10_000, scenarios: int = accepted_plan.SCENARIOS) -> Prepared:
    """The database with 10 000 requirements, 20 000 acceptance scenarios and 200 000 results. Copy it where it is written to."""
    mark = hashlib.sha256((_mark() + Path(accepted_plan.__file__).read_text("utf-8")).encode()).hexdigest()[:12]
    data = cache() / f"accepted-{requirements}-{mark}"
    if not (data / "token").exists():
        for old in cache().glob(f"accepted-{requirements}-*"):
            shutil.rmtree(old)
        _make(data, requirements, scenarios)
    return Prepared(data, (data / "token").read_text("ascii"))


def copy(of: Prepared, to: Path) -> Prepared:
    """A copy of a prepared database, to be written to."""
    to.mkdir(parents=True)
    for path in of.data.iterdir():
        if not path.name.endswith(("-shm", ".log")):
            shutil.copyfile(path, to / path.name)
    return Prepared(to, of.token)


def _make(data: Path, number: int, accepting: int = 0) -> None:
    data.mkdir()
    (data / "secret-key").write_text(SECRET, "ascii")
    with app_on(data) as app:
        with app.app_context():
            command.upgrade(migrations(), "head")
        token = fill(app, number, accepting)
    # One file, no log beside it, so that a copy is whole.
    connection = sqlite3.connect(data / "reqtrack.sqlite3")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    (data / "token").write_text(token, "ascii")


@contextmanager
def app_on(data: Path, url: str = "") -> Iterator[Flask]:
    """An app in this process, on a data folder."""
    app = create_app({"data": data, "database_url": url, "secret_key": SECRET, "cheap_passwords": True})
    try:
        yield app
    finally:
        close(app)


def fill(app: Flask, number: int, accepting: int = 0) -> str:
    """Make the project; the secret of a token that may write. ``accepting``: with so many acceptance scenarios, all tested, in
    place of what is planned for so many requirements."""
    world = World(app)
    world.project(PROJECT, "Measured")
    world.member(LOGIN, "project_manager", "analyst", "tester", project=PROJECT, name="Ada Miller")
    for login in OWNERS:
        world.member(login, "analyst", project=PROJECT)
    requirements, scenarios = plan.plan(number)
    with world.write(project=PROJECT) as scene:
        add_phase(OPERATOR, scene.project, {"name": "Phase 2"})
        ids = [phase.id for phase in phases(scene.project.id)]
        loader = Loader(OPERATOR, scene.project.id, ids, [world.people[login].id for login in OWNERS])
        loader.requirements(requirements)
        if accepting:
            accepted_plan.accept(loader, number, accepting)
        else:
            loader.acceptance(scenarios)
            loader.finish()
    if number > TESTED and not accepting:
        _enrich(world)
    with world.write(LOGIN, project="") as scene:
        return accounts.create_token(scene.actor, user_by_login(LOGIN), "write", "bench")


def _enrich(world: World) -> None:
    with world.write(LOGIN, PROJECT) as scene:
        actor, project = scene.actor, scene.project
        person = interviews.add_stakeholder(
            actor, project, {"name": "Wang Min", "job_role": "Clerk", "department": "Sales", "level": "frontline"}
        )
        notes = "\n".join(TALK.format(number=at) for at in range(8))
        given = {"title": "Sales, first talk", "notes": notes, "stakeholders": [person.id]}
        kind = KINDS["interview"]
        talked = store.create(actor, project, kind, values.parse(kind, project, given))
        rich = item_for(actor, project.id, RICH)
        quoted = [interviews.mark(actor, talked, f"number {at}, and nobody reads") for at in range(5)]
        interviews.back(actor, rich, quoted)
        for at in range(6):
            talk.comment(actor, rich, f"Asked again, **{at}**: see REQ-{at + 1}.")
        talk.attach(actor, rich, "0" * 64, "order.txt", "text/plain", 10)
        for at in range(6):
            store.edit(
                actor, rich, values.parse(KINDS["requirement"], project, {"rationale": f"Reason {at}."}), change="CR-1"
            )
        edits = [{"item": key, "field": "title", "new": f"New title of {key}"} for key in ("REQ-1", "REQ-2")]
        changes.log(actor, project, title="Two at the top", reason="measured", edits=edits)
    keys = [f"ACC-{at + 1}" for at in range(TESTED)]
    with world.write(LOGIN, PROJECT) as scene:
        made = rounds.create_round(scene.actor, scene.project, "First round", keys, [LOGIN])
        number = made.number
    with world.write(LOGIN, PROJECT) as scene:
        running = round_for(scene.actor, scene.project.id, number)
        for at, key in enumerate(keys[: TESTED * 3 // 4]):
            scenario = item_for(scene.actor, scene.project.id, key)
            failed = at % 7 == 0
            rounds.record_result(
                scene.actor, running, scenario, None, "failed" if failed else "passed", "It broke." if failed else ""
            )


def new_name(number: int) -> str:
    """A title that nothing has."""
    return f"Written {secrets.token_hex(4)} {number}"
