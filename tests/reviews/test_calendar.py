"""Calendar files: read back by another reader, with UID, SEQUENCE, the zone's rules, folded and escaped as RFC 5545 wants."""

from __future__ import annotations

from typing import Any

from icalendar import Calendar

from reqtrack.reviews import actions
from tests.reviews.conftest import Table


def read(table: Table, path: str, by: str = "auditor") -> tuple[bytes, Any]:
    answer = table.world.client(by).get(f"/p/CRM/reviews/{path}/calendar.ics")
    assert answer.status_code == 200 and answer.content_type == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.data, Calendar.from_ical(answer.data)


def events(found: Any) -> list[Any]:
    return list(found.walk("VEVENT"))


def test_the_file_of_a_review(table: Table) -> None:
    place = "三楼会议室；靠窗, 带投影 " + "很长的地名" * 20
    key = table.plan(name="变更评审会, weekly; all", place=place)
    raw, found = read(table, key)
    event = events(found)[0]
    assert str(event["summary"]) == f"{key} 变更评审会, weekly; all" and str(event["location"]) == place
    assert event.decoded("dtstart").isoformat() == "2026-12-01T10:00:00+08:00"
    assert event.decoded("duration").total_seconds() == 3600
    assert event["dtstart"].params["TZID"] == "Asia/Shanghai" and found.walk("VTIMEZONE")
    assert event["url"].endswith(f"/p/CRM/reviews/{key}") and event["dtstamp"] is not None
    # CRLF, no line over 75 octets, no character cut in two, commas and semicolons escaped.
    lines = raw.split(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"") and max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    assert b"weekly\\; all" in raw.replace(b"\r\n ", b"") and b"\\, weekly" in raw.replace(b"\r\n ", b"")


def test_a_file_taken_again_replaces_the_one_before(table: Table) -> None:
    key = table.plan()
    before = events(read(table, key)[1])[0]
    table.do(key, actions.change_review, {"planned_on": "2026-12-02", "begins": "9:30"})
    after = events(read(table, key)[1])[0]
    assert str(before["uid"]) == str(after["uid"]) and int(after["sequence"]) > int(before["sequence"])
    assert after.decoded("dtstart").isoformat() == "2026-12-02T09:30:00+08:00"
    table.do(key, actions.cancel)
    gone = events(read(table, key)[1])[0]
    assert str(gone["status"]) == "CANCELLED" and int(gone["sequence"]) > int(after["sequence"])


def test_the_file_of_a_series_tells_its_rule_and_what_differs(table: Table) -> None:
    number, key = table.series(weeks=2)
    _raw, found = read(table, f"series/{number}")
    master = events(found)[0]
    assert len(events(found)) == 1 and master["rrule"]["freq"] == ["WEEKLY"] and master["rrule"]["interval"] == [2]
    table.do(key, actions.change_review, {"planned_on": "2026-12-03"})
    _raw, found = read(table, f"series/{number}")
    moved = events(found)[1]
    assert str(moved["uid"]) == str(master["uid"])
    assert moved.decoded("recurrence-id").isoformat() == "2026-12-01T10:00:00+08:00"
    assert moved.decoded("dtstart").isoformat() == "2026-12-03T10:00:00+08:00"
    with table.world.write("project_manager") as scene:
        from reqtrack.reviews import queries

        actions.end_series(scene.actor, scene.project, queries.series_for(scene.actor, scene.project.id, number))
    _raw, found = read(table, f"series/{number}")
    assert "until" in events(found)[0]["rrule"] and int(events(found)[0]["sequence"]) > int(master["sequence"])
    # It does not end before what is planned of it.
    until = events(found)[0]["rrule"]["until"][0]
    assert until >= events(found)[0].decoded("dtstart")
