"""Rules 2 and 9: a GET never writes, the mode is fixed before any SQL, and both databases begin as agreed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Response, g
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from reqtrack.accounts.models import Project
from reqtrack.db import LOCK_CLASS, Mode, check_sqlite, db, in_mode, lock_number, prepare, reading, writing
from reqtrack.web.area import Area
from tests.architecture.conftest import BOTH, POSTGRES
from tests.architecture.harbour import everything
from tests.architecture.prepared import Prepared
from tests.architecture.recorder import Transaction, recording
from tests.architecture.samples import refusable, stops
from tests.architecture.walks import Answer, walk, walk_of

# What is written once a response is sent: the access log, and (once an hour) when a browser or token was last seen.
AFTERWARDS = {"access_events", "sign_ins", "tokens"}
PlantedHouse = Callable[[Area], Prepared]


# -- a GET never writes ------------------------------------------------------------------------------------------------


def written(answers: list[Answer]) -> list[str]:
    """GET requests that changed a table, or tried to."""
    complaints = []
    for answer in answers:
        for part in answer.transactions:
            if part.changed - AFTERWARDS or (part.changed and not part.writing):
                complaints.append(f"{answer}: {', '.join(sorted(part.changed))}")
    return complaints


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_no_get_writes(house: Prepared) -> None:
    assert written(walk(house, "polymath")) == []


def test_no_get_writes_for_who_sees_little(harbour: tuple[Prepared, dict[str, str]]) -> None:
    assert written(everything(harbour[0], "implementer", harbour[1])) == []


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_the_database_itself_refuses_to_write_while_reading(house: Prepared) -> None:
    with house.app.app_context(), reading() as session, pytest.raises(DBAPIError, match=r"read.?only"):
        session.execute(text("UPDATE projects SET name = 'x'"))


def test_the_walk_notices_a_get_that_writes_and_nothing_is_written(planted_house: PlantedHouse) -> None:
    """The rule broken on purpose: a page that changes a row."""
    area = Area("planted", __name__, url_prefix="/p/<project>")

    @area.page("/planted", "project.read")
    def rename(project: str) -> Response:
        db.session.execute(text("UPDATE projects SET name = 'renamed' WHERE id = :id"), {"id": g.project_id})
        return Response("done")

    made = planted_house(area)
    planted = [(stop, stop.url) for stop in stops(made) if stop.endpoint == "planted.rename"]
    answers = walk_of(made, "polymath", planted)
    assert written(answers) == ["GET /p/CRM/planted → 503: projects"]
    with made.app.app_context(), reading():
        assert db.session.execute(select(Project.name).where(Project.key == "CRM")).scalar() == "CRM 推广"


# -- the mode is fixed before any SQL ----------------------------------------------------------------------------------


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_there_is_no_sql_outside_of_a_transaction(house: Prepared) -> None:
    with house.app.app_context(), pytest.raises(RuntimeError, match="no SQL outside"):
        db.session.execute(text("SELECT 1"))


def opening(dialect: str, writes: bool, project: str) -> list[str]:
    """The statements that a transaction must begin with."""
    if dialect == "sqlite":
        return ["BEGIN IMMEDIATE"] if writes else ["BEGIN"]
    if writes:
        return [f"SELECT pg_advisory_xact_lock({LOCK_CLASS}, {lock_number(project)})"]
    return ["SET TRANSACTION READ ONLY"]


def misbegun(dialect: str, transactions: list[Transaction], project: str) -> list[str]:
    """Transactions that do not begin as their mode wants, and reading ones that go on to write."""
    complaints = []
    for part in transactions:
        if part.writing is None:
            complaints.append(f"no mode: {part.statements[:3]}")
            continue
        wanted = opening(dialect, part.writing, "" if part.changed and part.changed <= AFTERWARDS else project)
        # SQLite is told when it may write, and no more where it knows.
        said = [one for one in part.statements[:2] if not one.startswith("PRAGMA query_only=")] + part.statements[2:3]
        if said[: len(wanted)] != wanted or (dialect == "sqlite" and part.held is part.writing):
            complaints.append(f"{'writing' if part.writing else 'reading'}: {part.statements[:3]}")
        if part.changed and not part.writing:
            complaints.append(f"reading, but it changes {part.changed}")
    return complaints


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_every_page_reads_in_a_transaction_that_can_only_read(house: Prepared) -> None:
    for answer in walk(house, "polymath"):
        assert not misbegun(house.dialect, list(answer.transactions), ""), str(answer)
        within = [part for part in answer.transactions if not part.changed <= AFTERWARDS or not part.changed]
        assert [part.writing for part in within] in ([False], [False, False], []), str(answer)


@pytest.mark.parametrize("own_house", POSTGRES, indirect=True)
def test_every_act_takes_the_lock_of_its_project_before_anything_else(own_house: Prepared) -> None:
    """Forms that say nothing: most are refused, but not before the transaction has begun as a writing one."""
    made = own_house
    acts = refusable(made, methods=("POST", "PATCH", "PUT", "DELETE"))
    client, seen = made.world.client("polymath"), 0
    with recording(made.app) as recorder:
        for stop in sorted(acts, key=lambda one: one.endpoint == "accounts.sign_out"):
            recorder.clear()
            body = {"json": {}} if stop.is_api else {"data": {}}
            client.open(
                stop.url, method=stop.method, headers={"X-CSRFToken": client.token()}, buffered=True, **body
            ).close()
            project = str(stop.arguments.get("project", ""))
            assert not misbegun(made.dialect, list(recorder), project), str(stop)
            # Who asks is looked up first, in a reading transaction of its own.
            assert recorder and recorder[0].writing is False and recorder[0].end == "rollback", str(stop)
            seen += any(part.writing for part in recorder)
    assert seen > 60


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_two_projects_of_one_postgres_are_written_at_once(house: Prepared) -> None:
    """The lock is the project's, not the database's (on SQLite there is one writer)."""
    if house.dialect == "sqlite":
        assert opening("sqlite", True, "A") == opening("sqlite", True, "B")
        return
    assert opening("postgresql", True, "CRM") != opening("postgresql", True, "OPS")


def test_the_recorder_notices_a_transaction_that_begins_late(sqlite_house: Prepared) -> None:
    """The rule broken on purpose: read first, write later, which SQLite answers with *database is locked*."""
    late = Transaction(writing=True, statements=["BEGIN", "SELECT 1", "UPDATE items SET title = ''"], held=False)
    assert misbegun("sqlite", [late], "CRM")
    assert misbegun("sqlite", [Transaction(writing=False, statements=["BEGIN", "SELECT 1"], held=False)], "CRM")
    assert not misbegun("sqlite", [Transaction(writing=False, statements=["BEGIN", "SELECT 1"], held=True)], "CRM")
    assert misbegun("postgresql", [Transaction(writing=True, statements=["SELECT 1"])], "CRM")
    assert misbegun("sqlite", [Transaction(writing=None, statements=["SELECT 1"])], "CRM")
    with recording(sqlite_house.app) as recorder, sqlite_house.app.app_context(), writing("CRM") as session:
        session.execute(text("SELECT 1"))
    assert misbegun("sqlite", list(recorder), "CRM") == []
    assert [part.end for part in recorder] == ["commit"]


# -- SQLite as agreed --------------------------------------------------------------------------------------------------


def test_sqlite_keeps_what_it_acknowledged(sqlite_house: Prepared) -> None:
    with sqlite_house.app.app_context(), reading() as session:
        connection = session.connection()
        assert check_sqlite(connection) == []
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 30_000


@pytest.mark.parametrize(("pragma", "told"), [("synchronous=OFF", "synchronous"), ("foreign_keys=OFF", "foreign_keys")])
def test_a_sqlite_that_keeps_less_is_noticed(own_sqlite_house: Prepared, pragma: str, told: str) -> None:
    with own_sqlite_house.app.app_context():
        raw = db.engine.raw_connection()
        raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]
        raw.close()
        with reading() as session:
            assert [line for line in check_sqlite(session.connection()) if line.startswith(told)]


def test_a_sqlite_that_cannot_keep_what_it_acknowledges_is_not_opened() -> None:
    """Asserted on every connection, so at the start of whatever opens one: here a file system without WAL is played by memory."""
    engine = create_engine("sqlite://")
    prepare(engine)
    with in_mode(Mode(writing=False)), pytest.raises(RuntimeError, match="journal_mode is memory, not wal"):
        engine.connect()
    engine.dispose()
