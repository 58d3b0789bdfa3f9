"""The demo of each migration, upgraded to the newest: what was signed still stands, what was passed is still passed, and the
record is whole. On both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import select, text

from reqtrack.accounts.models import Project
from reqtrack.audit.verify import verify
from reqtrack.db import db, reading, writing
from reqtrack.items import lists, store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Version
from reqtrack.items.queries import item_for
from reqtrack.migrations import migrations
from tests.conftest import not_run
from tests.support import apps
from tests.support.databases import NoServer
from tests.upgrades import dump as dumps
from tests.upgrades.dump import FOLDER, Dump
from tests.upgrades.states import OPERATOR, states, worse

Upgraded = Callable[[Dump], Flask]
# The oldest goes through all migrations; those between, in `make check-all`.
BY_REVISION = [
    one if one in (dumps.revisions()[0], dumps.revisions()[-1]) else pytest.param(one, marks=pytest.mark.full)
    for one in dumps.revisions()
]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Upgraded]:
    """Load a dump into a database of its revision, run the later migrations, and give an app on it."""
    with ExitStack() as left:

        def make(dump: Dump) -> Flask:
            url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
            if request.param == "postgres":
                try:
                    url = left.enter_context(request.getfixturevalue("postgres_databases").fresh()).url
                except NoServer:
                    not_run("there is no PostgreSQL for this machine; name one in TEST_DATABASE_URL")
                dumps.clear(url)
            app = apps.make(url, tmp_path / "data")
            left.callback(apps.close, app)
            with app.app_context():
                command.upgrade(migrations(), dump.revision)
                dumps.load(dump, url)
                command.upgrade(migrations(), "head")
            return app

        yield make


def misprinted(app: Flask) -> list[str]:
    """Items whose newest version the program of today would print otherwise: the next save of a working fact would turn
    results stale and make signatures fall."""
    with app.app_context(), reading() as session:
        newest = (Version.item_id == Item.id) & (Version.number == Item.version)
        rows = session.execute(select(Item.key, Item.kind, Version).join(Version, newest)).all()
        assert len(rows) > 150
        return [
            f"{row.key}: {name}"
            for row in rows
            for name, found in zip(
                ("text_print", "scope_print"),
                store.prints(KINDS[row.kind], json.loads(row.Version.content)),
                strict=True,
            )
            if found != getattr(row.Version, name)
        ]


def work_on(app: Flask) -> None:
    """Save a working fact of each agreed requirement and of each acceptance scenario, as people go on to do."""
    with app.app_context():
        with reading() as session:
            keys = session.execute(select(Project.key)).scalars().all()
        for key in keys:
            with writing(key) as session:
                project = session.execute(select(Project).where(Project.key == key)).scalar_one()
                of_all = select(Item).where(Item.project_id == project.id, Item.retired.is_(False))
                for item in session.execute(of_all.where(Item.kind.in_(("requirement", "acceptance")))).scalars().all():
                    told = {"requirement": "rationale", "acceptance": "description"}[item.kind]
                    store.edit(OPERATOR, item, {told: "Said again after the upgrade."})


# -- every migration has its dump --------------------------------------------------------------------------------------


def test_there_is_a_dump_of_each_migration() -> None:
    kept = sorted(path.name.partition(".")[0] for path in FOLDER.glob("*.jsonl.gz"))
    assert kept == sorted(dumps.revisions()), "python -m tests.upgrades.dump keeps the one of the newest migration"
    assert sum(path.stat().st_size for path in FOLDER.glob("*.jsonl.gz")) < 1_500_000 * len(kept)


def test_a_dump_tells_of_a_demo_with_everything_that_could_break() -> None:
    for revision in dumps.revisions():
        dump = dumps.read(revision)
        assert {"signed", "superseded"} & {state.split()[0] for state in dump.states["signatures"].values()}
        assert {"passed", "failed", "stale", "untested"} <= set(dump.states["results"].values())
        for table in ("events", "versions", "baselines", "results", "decisions", "signatures", "personal_texts", "links",
                      "standings", "search"):  # fmt: skip
            assert dump.tables[table][1], table


def test_a_dump_is_written_and_read_the_same(tmp_path: Path) -> None:
    dump = dumps.read("0001")
    dumps.write(dump, tmp_path / "again.gz")
    assert (tmp_path / "again.gz").read_bytes() == dump.path.read_bytes()


# -- and is what it was ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("revision", BY_REVISION)
def test_an_upgrade_leaves_signatures_and_results_as_they_were(upgraded: Upgraded, revision: str) -> None:
    dump = dumps.read(revision)
    app = upgraded(dump)
    assert worse(dump.states, states(app)) == []
    assert misprinted(app) == []
    with app.app_context():
        report = verify()
        assert report.problems == []
        for table in ("events", "versions", "baselines", "results", "decisions", "signatures"):
            assert report.counts[table] == len(dump.tables[table][1])
        with reading() as session:
            project = session.execute(select(Project).where(Project.key == "CRM")).scalar_one()
            assert next(row.key for row in lists.find(OPERATOR, project.id, "REQ-1")) == "REQ-1"
            assert len(lists.find(OPERATOR, project.id, "客户")) > 5
    work_on(app)
    assert worse(dump.states, states(app)) == []
    with app.app_context():
        assert verify().problems == []


# -- the check is not blind --------------------------------------------------------------------------------------------

BAD_MIGRATIONS = {
    "the text of requirements counts as changed": ("UPDATE items SET text_seq = text_seq + 100000", "passed → stale"),
    "a print is computed anew": (
        "UPDATE versions SET scope_print = text_print WHERE number = (SELECT max(v.number) FROM versions v "
        "WHERE v.item_id = versions.item_id)",
        ": scope_print",
    ),
    "a change is forgotten": ("UPDATE changes SET applied_seq = NULL", "→ superseded"),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("what", BAD_MIGRATIONS)
@pytest.mark.parametrize("upgraded", ["sqlite"], indirect=True)
def test_a_migration_that_touches_what_was_said_is_noticed(upgraded: Upgraded, what: str) -> None:
    """The rule broken on purpose, in ways that a migration might."""
    statement, told = BAD_MIGRATIONS[what]
    dump = dumps.read("0001")
    app = upgraded(dump)
    with app.app_context(), writing() as session:
        session.execute(text("DROP TRIGGER versions_no_update"))
        session.execute(text("PRAGMA ignore_check_constraints=ON"))
        session.execute(text(statement))
    with app.app_context():
        noticed = [*worse(dump.states, states(app)), *misprinted(app), *(str(one) for one in verify().problems)]
    assert any(told in line for line in noticed), noticed[:5]


@pytest.mark.sqlite
@pytest.mark.parametrize("upgraded", ["sqlite"], indirect=True)
def test_a_program_that_prints_otherwise_is_noticed(upgraded: Upgraded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule broken on purpose: a working fact becomes part of what is tested."""
    dump = dumps.read("0001")
    app = upgraded(dump)
    kind = KINDS["requirement"]
    fields = tuple(replace(one, text=True) if one.name == "rationale" else one for one in kind.fields)
    monkeypatch.setitem(KINDS, "requirement", replace(kind, fields=fields))
    assert misprinted(app)
    with app.app_context(), writing("CRM") as session:
        project = session.execute(select(Project).where(Project.key == "CRM")).scalar_one()
        monkeypatch.setitem(KINDS, "requirement", replace(KINDS["requirement"], guard=KINDS["interview"].guard))
        for key in (
            session.execute(select(Item.key).where(Item.project_id == project.id, Item.kind == "requirement"))
            .scalars()
            .all()
        ):
            store.edit(OPERATOR, item_for(OPERATOR, project.id, key), {"rationale": "Said again."})
        db.session.flush()
    found = worse(dump.states, states(app))
    assert any(line.endswith("passed → stale") for line in found)
    assert any("signed" in line and "superseded" in line for line in found)
