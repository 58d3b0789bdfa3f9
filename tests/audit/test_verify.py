"""``verify`` finds every single change made by hand, names its place, and never stumbles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest

from reqtrack.audit import triggers
from reqtrack.audit.seals import APPEND_ONLY, SEALED
from reqtrack.audit.verify import Problem, Report, verify
from reqtrack.db import Base
from reqtrack.errors import NotFound
from tests.audit import rich
from tests.audit.tamper import Hand, one_off
from tests.support.databases import Database
from tests.support.world import World

COVERED = sorted({*APPEND_ONLY, "personal_texts", "standings"})
WORDS = ("event", "version", "baseline", "branch", "result", "decision", "signature", "waiver", "passage")


@pytest.fixture
def hand(database: Database, world: World) -> Iterator[Hand]:
    """The database of a rich project, open to the hand."""
    rich.fill(world)
    opened = Hand(database)
    yield opened
    opened.close()


@pytest.fixture
def bare(hand: Hand) -> Iterator[Hand]:
    """The same, with the triggers gone for the length of the test."""
    with hand.unguarded():
        yield hand


def findings(world: World) -> list[Problem]:
    """What is found, but for the triggers that are gone."""
    return [one for one in checked(world).problems if one.reason.code != "unguarded"]


def checked(world: World, project: str | None = None) -> Report:
    with world.app.app_context():
        return verify(project)


def key_columns(table: str) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].primary_key]


def as_key(table: str, row: dict[str, Any]) -> str:
    if table == "personal_texts":
        return str(row["digest"])
    return ":".join(str(row[column]) for column in key_columns(table))


def rows_of(hand: Hand, table: str) -> list[dict[str, Any]]:
    order = ", ".join(key_columns(table))
    names = hand.columns(table)
    rows = [dict(zip(names, row, strict=True)) for row in hand.run(f"SELECT * FROM {table} ORDER BY {order}")]
    return [
        {name: value.decode() if isinstance(value, bytes) else value for name, value in row.items()} for row in rows
    ]


def set_column(hand: Hand, table: str, row: dict[str, Any], column: str, value: Any, wanted: str = "?") -> None:
    where = " AND ".join(f"{name} = ?" for name in key_columns(table))
    keys = [row[name] for name in key_columns(table)]
    hand.run(f"UPDATE {table} SET {column} = {wanted} WHERE {where}", *([] if wanted != "?" else [value]), *keys)


def places(report: Report) -> set[tuple[str, str]]:
    return {(one.table, one.key) for one in report.problems}


def test_a_sound_database_passes_and_every_row_is_counted(hand: Hand, world: World) -> None:
    report = checked(world)
    assert report.problems == []
    for table in COVERED:
        assert report.counts[table] == hand.run(f"SELECT count(*) FROM {table}")[0][0] > 0
    assert checked(world, "crm").ok


def test_each_table_named_like_a_record_is_covered() -> None:
    named = {table for table in Base.metadata.tables if any(word in table for word in WORDS)}
    assert named == {*SEALED, "events", "access_events"}


@pytest.mark.costly
@pytest.mark.parametrize("rows_each", [1, pytest.param(2, marks=pytest.mark.full)])
def test_one_changed_character_in_any_column_is_found_and_named(bare: Hand, world: World, rows_each: int) -> None:
    missed, unnamed = [], []
    for table in COVERED:
        rows = rows_of(bare, table)
        for row in (rows[-1], rows[len(rows) // 2])[:rows_each]:
            for column in row:
                changed = other(table, column, row[column])
                set_column(bare, table, row, column, changed)
                found = findings(world)
                back = {**row, column: changed}
                set_column(bare, table, back, column, row[column])
                spot = f"{table} {as_key(table, row)} {column}: {row[column]!r} → {changed!r}"
                keys = {(table, as_key(table, row)), (table, as_key(table, back))}
                if not found:
                    missed.append(spot)
                elif not keys & {(one.table, one.key) for one in found}:
                    unnamed.append(f"{spot}: {[one.place for one in found]}")
    assert missed == []
    assert unnamed == []
    assert findings(world) == []


def test_the_column_is_named_where_it_can_be_told(bare: Hand, world: World) -> None:
    told = {}
    for table in ("versions", "signatures", "baselines", "decisions", "results"):
        row = rows_of(bare, table)[0]
        for column in set(row) - set(key_columns(table)):
            set_column(bare, table, row, column, other(table, column, row[column]))
            told[table, column] = next((one.column for one in findings(world) if one.table == table), None)
            set_column(bare, table, row, column, row[column])
    assert {spot: column for spot, column in told.items() if column not in ("", spot[1])} == {}
    assert sum(column == spot[1] for spot, column in told.items()) > len(told) * 0.6
    for spot in (
        ("versions", "content"), ("versions", "text_print"), ("versions", "author"), ("signatures", "meaning"),
        ("signatures", "at"), ("baselines", "fingerprint"), ("baselines", "seal"),
    ):  # fmt: skip
        assert told[spot] == spot[1]


@pytest.mark.sqlite
@pytest.mark.parametrize("times", [1, pytest.param(3, marks=pytest.mark.full)])
def test_garbage_in_any_column_is_a_finding_and_never_a_traceback(bare: Hand, world: World, times: int) -> None:
    """SQLite keeps what it is given: bytes that are no text, numbers where text belongs, nothing at all."""
    garbage = cycle(
        ("x'00ff'", "CAST(x'fffe41' AS TEXT)", "NULL", "3.5", "9223372036854775807", "char(13)", "'{\"a\":NaN}'")
    )
    bare.run("PRAGMA writable_schema=ON")
    bare.run("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL,', ',') WHERE type = 'table'")
    bare.reopen()
    for table in COVERED:
        row = rows_of(bare, table)[0]
        for column in set(row) - set(key_columns(table)):
            for bad in islice(garbage, times):
                if bad == "NULL" and row[column] is None:
                    continue
                set_column(bare, table, row, column, None, wanted=bad)
                found = findings(world)
                set_column(bare, table, row, column, row[column])
                assert table in {one.table for one in found}, (
                    f"{table}.{column} = {bad}: {[one.place for one in found]}"
                )
    assert findings(world) == []


def other(table: str, column: str, value: Any) -> Any:
    """Another value for a column; the next number of a key would be another row's."""
    changed = one_off(value)
    numbered = column in key_columns(table) or column.endswith("_id")
    return changed + 9_000 if numbered and isinstance(changed, int) else changed


def test_a_line_end_turned_into_another_is_found(bare: Hand, world: World) -> None:
    """In normal form the two are the same, so a hash over normal forms would not see it."""
    for table, column in (("signatures", "meaning"), ("versions", "reason"), ("decisions", "reason"), ("results", "note"),
                          ("personal_texts", "body"), ("events", "reason")):  # fmt: skip
        row = next(one for one in rows_of(bare, table) if "\n" in (one[column] or ""))
        set_column(bare, table, row, column, row[column].replace("\n", "\r"))
        assert (table, as_key(table, row)) in {(one.table, one.key) for one in findings(world)}
        set_column(bare, table, row, column, row[column])


def test_a_row_taken_out_is_named(hand: Hand, world: World) -> None:
    for table in (*sorted(SEALED), "personal_texts", "standings"):
        row = rows_of(hand, table)[0]
        where = " AND ".join(f"{name} = ?" for name in key_columns(table))
        with hand.unguarded():
            hand.run(f"DELETE FROM {table} WHERE {where}", *[row[name] for name in key_columns(table)])
        assert (table, as_key(table, row)) in places(checked(world)), table
        names = ", ".join(row)
        with hand.unguarded():
            hand.run(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", *row.values())
    assert checked(world).ok


def test_an_event_taken_out_is_named(hand: Hand, world: World) -> None:
    project = world.sites["CRM"].id
    with hand.unguarded():
        hand.run("DELETE FROM events WHERE project_id = ? AND seq = 5", project)
        hand.run("DELETE FROM access_events WHERE seq = 2")
    found = places(checked(world))
    assert ("events", f"{project}:5") in found
    assert ("access_events", "2") in found


def test_a_row_put_in_by_hand_has_no_event(hand: Hand, world: World) -> None:
    row = rows_of(hand, "baselines")[0]
    forged = {**row, "number": 7, "name": "forged"}
    with hand.unguarded():
        hand.run(
            f"INSERT INTO baselines ({', '.join(forged)}) VALUES ({', '.join('?' * len(forged))})", *forged.values()
        )
    (found,) = [one for one in checked(world).problems if one.table == "baselines"]
    assert (found.key, found.reason.code) == (as_key("baselines", forged), "unmade")


def test_a_row_resealed_by_hand_is_found_by_its_event(hand: Hand, world: World) -> None:
    from reqtrack.audit.seals import seal_of

    row = rows_of(hand, "signatures")[0]
    forged = {**row, "outcome": "signed", "reason": "", "signer_name": "Somebody else"}
    forged["seal"] = seal_of(forged)
    with hand.unguarded():
        for column in ("signer_name", "outcome", "reason", "seal"):
            set_column(hand, "signatures", row, column, forged[column])
    assert ("signatures", as_key("signatures", row)) in places(checked(world))


def test_links_that_a_baseline_stands_on_are_covered_by_its_fingerprint(hand: Hand, world: World) -> None:
    hand.run("UPDATE links SET until = since WHERE kind = 'gives_rise_to'")
    assert [(one.table, one.column) for one in checked(world).problems] == [("baselines", "fingerprint")]


def test_an_item_that_does_not_show_its_newest_version_is_found(hand: Hand, world: World) -> None:
    hand.run("UPDATE items SET version = version - 1 WHERE key = 'REQ-2'")
    assert ("items", f"{world.sites['CRM'].id}:REQ-2") in places(checked(world))


def test_a_sign_off_set_to_signed_without_signatures_is_found(hand: Hand, world: World) -> None:
    hand.run("UPDATE signoffs SET state = 'signed' WHERE number = 2")
    assert [(one.table, one.column) for one in checked(world).problems] == [("signoffs", "state")]


def test_a_missing_guard_is_found(hand: Hand, world: World) -> None:
    for table in APPEND_ONLY:
        name = triggers.names(table)[0]
        hand.run(f"DROP TRIGGER {name}" if hand.sqlite else f"DROP TRIGGER {name} ON {table}")
    report = checked(world)
    assert {one.table for one in report.problems} == set(APPEND_ONLY)
    assert {one.reason.code for one in report.problems} == {"unguarded"}


def test_a_guard_that_does_not_refuse_any_more_is_found(hand: Hand, world: World) -> None:
    if hand.sqlite:
        hand.run("DROP TRIGGER versions_no_update")
        hand.run("CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions BEGIN SELECT 1; END")
    else:
        hand.run("ALTER TABLE versions DISABLE TRIGGER versions_no_update")
    assert [(one.table, one.reason.code) for one in checked(world).problems] == [("versions", "unguarded")]


def test_a_missing_mark_of_the_migrations_is_found(hand: Hand, world: World) -> None:
    hand.run("UPDATE migration_mark SET version_num = '9999'")
    assert [one.table for one in checked(world).problems] == ["migration_mark"]
    hand.run("DELETE FROM migration_mark")
    assert [one.table for one in checked(world).problems] == ["migration_mark"]
    hand.run("DROP TABLE migration_mark")
    assert "migration_mark" in {one.table for one in checked(world).problems}


def test_a_missing_table_is_a_finding(hand: Hand, world: World) -> None:
    hand.run("DROP TABLE decisions" if hand.sqlite else "DROP TABLE decisions CASCADE")
    assert "decisions" in {one.table for one in checked(world).problems}


def test_one_project_alone(hand: Hand, world: World) -> None:
    world.project("ERP", "Other")
    world.item("requirement", "", "ERP")
    with hand.unguarded():
        hand.run("UPDATE versions SET reason = 'x' WHERE project_id = ?", world.sites["ERP"].id)
    assert checked(world, "CRM").ok
    assert not checked(world, "ERP").ok
    assert not checked(world).ok
    with pytest.raises(NotFound):
        checked(world, "NONE")
