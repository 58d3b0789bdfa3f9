"""Rule 2: a change of audited rows comes with an event, or fails; nothing goes past the session.

Walked over all mapped classes, so that a new table is covered.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm.attributes import flag_modified

from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.audit.record import Unrecorded, newest_seq, recorded
from reqtrack.audit.verify import verify
from reqtrack.db import Base, db, plain, reading, writing
from reqtrack.requirements.models import Requirement
from tests.architecture.prepared import Prepared
from tests.support.world import OPERATOR

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "reqtrack").glob("**/*.py"))
# What is no audit of its own, each with the reason; a model that joins it is meant to.
UNAUDITED = {
    "AccessEvent": "it is the audit",
    "Challenge": "what comes of it goes to the access log",
    "Event": "it is the audit",
    "Counter": "what it counted is in the events",
    "IdempotencyKey": "answers kept for a day",
    "Job": "work, not content",
    "Worker": "a sign of life",
    "SignIn": "goes to the access log",
    "ScenarioStanding": "added up from standings, checked by verify",
    "Standing": "derived from results, checked by verify",
    "StatusDay": "computed from results, told again at any time",
    "Tally": "counted from what is audited, once a day",
}


def audited() -> list[type[Base]]:
    return sorted(
        (mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__audited__), key=lambda one: one.__name__
    )


def test_what_is_not_audited_is_known(house: Prepared) -> None:
    found = {mapper.class_.__name__ for mapper in Base.registry.mappers if not mapper.class_.__audited__}
    assert found == set(UNAUDITED)
    assert len(audited()) > 20


# -- outside of recorded() ---------------------------------------------------------------------------------------------


def test_no_audited_row_is_added_outside_of_recorded(own_sqlite_house: Prepared) -> None:
    with own_sqlite_house.app.app_context():
        for model in audited():
            with pytest.raises(Unrecorded, match=model.__tablename__), writing() as session:
                session.add(model())


def test_no_audited_row_is_changed_or_deleted_outside_of_recorded(own_house: Prepared) -> None:
    """Every table that has a row: changed, deleted; committed or only flushed."""
    tried = 0
    with own_house.app.app_context():
        for model in audited():
            with reading() as session:
                there = session.execute(select(model).limit(1)).scalar()
                session.expunge_all()
            if there is None:
                continue
            tried += 1
            for change in (_touch, lambda row: db.session.delete(row)):
                with pytest.raises(Unrecorded), writing() as session:
                    change(session.execute(select(model).limit(1)).scalar_one())
    assert tried > 20


def _touch(row: Base) -> None:
    column = next(name for name, _ in type(row).__mapper__.column_attrs.items() if name not in ("id", "version", "row"))
    value = getattr(row, column)
    setattr(
        row, column, f"{value}x" if isinstance(value, str) else (value or 0) + 1 if isinstance(value, int) else None
    )
    flag_modified(row, column)


def test_no_bulk_statement_touches_audited_rows(own_house: Prepared) -> None:
    with own_house.app.app_context():
        for model in audited():
            table = model.__table__
            for statement in (
                update(model).values({}),
                delete(model),
                insert(model),
                update(table),
                delete(table),
                insert(table),
            ):
                with pytest.raises(Unrecorded, match="bulk"), writing() as session:
                    session.execute(statement)


def test_nothing_is_recorded_while_reading(house: Prepared) -> None:
    with house.app.app_context(), reading(), pytest.raises(Unrecorded), recorded(OPERATOR, 0, "x.y", "x"):
        pass


def test_when_the_change_fails_there_is_no_event_and_the_other_way_round(own_house: Prepared) -> None:
    project = own_house.world.sites["CRM"].id

    def state() -> tuple[int, str]:
        with own_house.app.app_context(), reading() as session:
            return newest_seq(project), session.get_one(Project, project).name

    before = state()
    with own_house.app.app_context():
        with pytest.raises(ZeroDivisionError), writing("CRM"):
            _rename(project, lambda: 1 / 0)
        assert state() == before
        # An event that cannot be written (canonical JSON knows no fractions): neither is the change.
        with pytest.raises(TypeError), writing("CRM"):
            _rename(project, lambda: 0.5)
    assert state() == before


def _rename(project: int, after: Callable[[], float]) -> None:
    found = db.session.get_one(Project, project)
    with recorded(OPERATOR, project, "project.changed", "CRM") as entry:
        found.name = "half"
        db.session.flush()
        entry.after = {"name": after()}


def test_nested_records_make_one_chain(own_house: Prepared) -> None:
    project = own_house.world.sites["CRM"].id
    with own_house.app.app_context():
        with writing("CRM") as session:
            first = newest_seq(project)
            with recorded(OPERATOR, project, "outer.done", "CRM") as outer:
                with recorded(OPERATOR, project, "inner.done", "CRM") as inner:
                    pass
                with recorded(OPERATOR, project, "inner.done", "CRM") as second:
                    pass
            assert (outer.seq, inner.seq, second.seq) == (first + 1, first + 2, first + 3)
            rows = session.execute(select(Event).where(Event.project_id == project, Event.seq > first)).scalars().all()
            assert [row.action for row in rows] == ["outer.done", "inner.done", "inner.done"]
        assert verify("CRM").ok


def test_the_guard_is_what_refuses(own_sqlite_house: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule broken on purpose: with requirements not audited, the same change goes through, and leaves no event."""
    project = own_sqlite_house.world.sites["CRM"].id
    monkeypatch.setattr(Requirement, "__audited__", False)
    with own_sqlite_house.app.app_context():
        with reading():
            before = newest_seq(project)
        with writing("CRM") as session:
            found = session.execute(select(Requirement).where(Requirement.project_id == project)).scalars().first()
            found.title = "changed behind the back"
        with reading():
            assert newest_seq(project) == before
            assert db.session.execute(
                select(Requirement.title).where(Requirement.title == "changed behind the back")
            ).all()


# -- nothing goes past the session -------------------------------------------------------------------------------------

# Where SQL is written out, or a connection is taken from under the session, and why.
PAST = {
    "reqtrack/db.py": "it begins the transactions",
    "reqtrack/doctor.py": "it looks at the settings of the connection",
    "reqtrack/audit/record.py": "it takes the site's lock",
    "reqtrack/audit/checks/reader.py": "it reads raw values",
    "reqtrack/accounts/actions/members.py": "it takes a project's lock",
    "reqtrack/changes/actions/asking.py": "it takes a project's lock",
    "reqtrack/signoff/actions/away.py": "it takes a project's lock",
    "reqtrack/signoff/actions/outside.py": "it takes a project's lock",
    "reqtrack/feedback/actions/sending.py": "it takes a project's lock",
    "reqtrack/interviews/actions/confirming.py": "it takes a project's lock",
    "reqtrack/items/search.py": "the index, which each database has in its own way",
}
COMMITS = {"reqtrack/db.py"}
SPINE = {
    "reqtrack/items/store.py", "reqtrack/accounts/sessions.py", "reqtrack/accounts/proofs.py", "reqtrack/accounts/challenges.py",
    "reqtrack/accounts/passkeys.py",
    "reqtrack/acceptance/actions/data_sets.py", "reqtrack/acceptance/actions/standings.py",
    "reqtrack/acceptance/actions/days.py", "reqtrack/exchange/actions.py",
    "reqtrack/audit/record.py",
}  # fmt: skip


def calls(source: str, *names: str) -> Iterator[ast.Call]:
    """Calls of functions or methods of these names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in names:
                yield node


def goes_past(source: str) -> bool:
    """Whether a file runs SQL that the guards do not see."""
    if any(True for _ in calls(source, "exec_driver_sql", "connection", "raw_connection", "bulk_save_objects",
                               "bulk_insert_mappings", "bulk_update_mappings")):  # fmt: skip
        return True
    return bool(re.search(r"""["'](?:INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b""", source))


@pytest.mark.parametrize("what", ["past", "commit", "spine"])
def test_only_these_files_write_in_ways_of_their_own(what: str) -> None:
    found = set()
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        source = path.read_text("utf-8")
        if name.startswith("reqtrack/migrations/"):
            continue
        if (
            (what == "past" and goes_past(source))
            or (what == "commit" and ".session.commit()" in source)
            or (what == "spine" and re.search(r"""["']spine["']""", source))
        ):
            found.add(name)
    assert found == {"past": set(PAST), "commit": COMMITS, "spine": SPINE}[what]


def test_the_search_notices_sql_that_goes_past_the_session() -> None:
    for planted in (
        "db.session.connection().execute(statement)",
        'db.session.execute(text("UPDATE items SET title = :title"))',
        "db.session.bulk_save_objects(rows)",
        "db.engine.raw_connection()",
    ):
        assert goes_past(planted), planted
    assert not goes_past('db.session.execute(update(Item).values(title="x"))')


def test_what_reads_past_the_sessions_bookkeeping_cannot_write(house: Prepared) -> None:
    for statement in (update(Project).values(name="x"), insert(Project), delete(Project), text("DELETE FROM projects")):
        with house.app.app_context(), writing(), pytest.raises(TypeError):
            plain(statement)


def test_views_and_actions_do_not_commit() -> None:
    told = []
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        if re.search(r"/(views|actions|queries|forms|pages|policy)(/|\.py)", name):
            told += [f"{name}:{node.lineno}" for node in calls(path.read_text("utf-8"), "commit")]
    assert told == []
