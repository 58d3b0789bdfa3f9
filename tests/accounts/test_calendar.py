"""A project's working days: how they are counted, and how they are pasted into its settings."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reqtrack import workdays
from reqtrack.accounts.actions import change_project
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.errors import Invalid
from reqtrack.workdays import WEEKS, Calendar
from tests.api.test_rest import Caller
from tests.support.world import World

DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))
CALENDARS = st.builds(Calendar, st.frozensets(DAYS, max_size=20), st.frozensets(DAYS, max_size=20))
OFF = "2026-10-01 – 2026-10-07 国庆节\n２０２６年９月２５日\n2026/10/8"


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 11, 25), date(2026, 11, 25), 0),
        (date(2026, 11, 25), date(2026, 11, 27), 2),
        (date(2026, 11, 27), date(2026, 11, 30), 1),
        (date(2026, 11, 25), date(2026, 12, 2), 5),
        (date(2026, 11, 28), date(2026, 12, 13), 10),
        (date(2026, 11, 25), date(2026, 11, 1), 0),
    ],
)
def test_the_plain_week(first: date, last: date, days: int) -> None:
    assert WEEKS.after(first, last) == days


@given(CALENDARS, DAYS, DAYS)
def test_days_are_counted_as_one_by_one(calendar: Calendar, first: date, last: date) -> None:
    between = [first + timedelta(days=one + 1) for one in range(max((last - first).days, 0))]
    assert calendar.after(first, last) == sum(calendar.works(day) for day in between)
    within = [first + timedelta(days=one) for one in range(max((last - first).days + 1, 0))]
    assert calendar.within(first, last) == sum(calendar.works(day) for day in within)


@given(CALENDARS, DAYS, st.integers(0, 60))
def test_so_many_days_later_is_so_many_days_after(calendar: Calendar, first: date, number: int) -> None:
    last = calendar.later(first, number)
    assert last is not None and calendar.after(first, last) == number
    assert number == 0 or calendar.works(last)


def test_a_day_off_is_off_even_where_it_is_worked_instead() -> None:
    saturday = date(2026, 10, 10)
    assert Calendar(on=frozenset({saturday})).works(saturday)
    assert not Calendar(frozenset({saturday}), frozenset({saturday})).works(saturday)


def test_days_far_away_are_no_days() -> None:
    assert WEEKS.later(date(2026, 1, 1), 10_001) is None and WEEKS.later(date.max, 1) is None
    assert WEEKS.within(date.min, date.min) == 1, "the first day there is, a Monday"


def test_dates_are_read_as_people_write_them() -> None:
    days, bad = workdays.read(OFF)
    assert bad == [] and days[0] == date(2026, 9, 25) and len(days) == 9
    for line in (
        "2026-10-01..2026-10-03",
        "2026.10.1 至 2026.10.3",
        "2026年10月1日到2026年10月3日",
        "2026-10-1 to 2026-10-3 x",
    ):
        assert workdays.read(line) == ([date(2026, 10, one) for one in (1, 2, 3)], []), line


@pytest.mark.parametrize(
    "line",
    [
        "2027年2月16日至2月23日 春节", "2027年2月16日至23日", "春节：2027年2月16日（周二）至23日（周二）放假调休，共8天",
        "2027年2月16日—2027年2月23日", "２０２７年２月１６日～２月２３日", "2027年2月16号到2月23号", "2027年 2月16日 —— 2月23日（初八）",
        "2027/2/16-2/23", "2027.2.16~2.23", "2027-02-16 – 02-23 Spring Festival",
    ],
)  # fmt: skip
def test_a_range_is_read_as_calendars_write_it(line: str) -> None:
    assert workdays.read(line) == ([date(2027, 2, one) for one in range(16, 24)], []), line


def test_a_range_may_go_over_the_turn_of_the_year() -> None:
    told = ([date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)], [])
    assert workdays.read("2026年12月31日至1月2日 元旦") == told == workdays.read("2026-12-31 – 2027-01-02")
    assert workdays.read("元旦 2027年1月1日") == ([date(2027, 1, 1)], [])


@pytest.mark.parametrize(
    "line", ["tomorrow", "2026-13-01", "2026-02-30", "2026-10-07 – 2026-10-01", "2026-10-01 2026-10-0x", "2026-10-01 3", "1-2-3",
             "2026-01-01 – 2027-06-01", "2月16日至2月23日", "2027年2月16日至30日", "2027年2月16日至15日", "2027年2月16日 23日",
             "2027年2月16日至2月23日 8", "2026-10-01 – 3"]
)  # fmt: skip
def test_what_is_no_date_is_told_by_its_line(line: str) -> None:
    assert workdays.read(f"2026-10-01\n\n{line}") == ([date(2026, 10, 1)], [3])


@given(st.sets(DAYS))
def test_what_is_written_is_read_again(days: set[date]) -> None:
    assert workdays.read(workdays.written(days)) == (sorted(days), [])


# -- in the settings ---------------------------------------------------------------------------------------------------


def settings(world: World) -> Project:
    with world.read() as scene:
        db.session.expunge(scene.project)
        return scene.project


def test_a_calendar_is_pasted_in_the_settings(world: World) -> None:
    world.cast()
    manager = world.client("project_manager")
    form = {
        "part": "days", "seen": str(settings(world).version), "days_off": OFF, "days_on": "2026-10-10", "most_must": "55",
        "change_budget_days": "40", "change_budget_cost": "72,000",
    }  # fmt: skip
    assert manager.send("/p/CRM/settings", form).status_code == 303
    row = settings(world)
    assert row.calendar["on"] == ["2026-10-10"] and len(row.calendar["off"]) == 9
    assert (row.most_must, row.change_budget_days, row.change_budget_cost) == (55, Decimal(40), Decimal(72_000))
    shown = manager.get("/p/CRM/settings").text
    assert "2026-10-01 – 2026-10-08" in shown and "2026-09-25" in shown
    # Who only reads sees the days; money only who sees costs.
    assert "72,000" in world.client("sponsor").get("/p/CRM/settings").text
    tester = world.client("tester").get("/p/CRM/settings").text
    assert "2026-10-10" in tester and "72,000" not in tester


def test_lines_that_cannot_be_read_are_told_and_nothing_is_lost(world: World) -> None:
    world.cast()
    form = {
        "part": "days", "seen": str(settings(world).version), "days_off": "2026-10-01\nNational Day\n2026-10-0x", "days_on": "x",
        "most_must": "60", "change_budget_days": "many", "change_budget_cost": "",
    }  # fmt: skip
    answer = world.client("project_manager").send("/p/CRM/settings", form)
    assert answer.status_code == 422
    assert "Not read: line 2, 3." in answer.text and "Not read: line 1." in answer.text
    assert "A budget is a number of person-days." in answer.text
    assert "2026-10-01\nNational Day\n2026-10-0x" in answer.text and 'value="many"' in answer.text
    assert settings(world).calendar is None
    again = world.client("project_manager").send(
        "/p/CRM/settings", {**form, "days_off": "2026-10-10", "days_on": "2026-10-10", "change_budget_days": ""}
    )
    assert again.status_code == 422 and "2026-10-10 cannot be a day off and a day worked instead, too." in again.text


def test_two_who_paste_a_calendar_see_both(world: World) -> None:
    world.cast()
    manager = world.client("project_manager")
    form = {
        "part": "days",
        "seen": str(settings(world).version),
        "days_off": "2026-10-01",
        "days_on": "",
        "most_must": "60",
    }
    assert manager.send("/p/CRM/settings", form).status_code == 303
    mine = manager.send("/p/CRM/settings", {**form, "days_off": "2026-10-02", "most_must": "60"})
    assert mine.status_code == 409 and "2026-10-01" in mine.text and 'name="days_off"' in mine.text
    assert "Must share" not in mine.text, "that is the same"
    again = {**form, "days_off": "2026-10-02", "seen": str(settings(world).version)}
    assert manager.send("/p/CRM/settings", again).status_code == 303
    assert settings(world).calendar == {"off": ["2026-10-02"], "on": []}


def test_the_calendar_over_the_api(world: World) -> None:
    world.cast()
    call = Caller(world, "project_manager", "admin")
    version = call("GET", "").json["version"]
    body = {"calendar": {"off": ["2026-10-01"], "on": ["2026-10-10"]}, "most_must": 50, "change_budget_days": 12.5}
    answer = call("PATCH", "", body, If_Match=f'"{version}"')
    assert answer.status_code == 200 and answer.json["calendar"] == body["calendar"]
    assert answer.json["most_must"] == 50 and answer.json["change_budget_days"] == 12.5
    assert "change_budget_cost" in answer.json and "change_budget_cost" not in Caller(world, "tester")("GET", "").json
    wrong = {"calendar": {"off": ["2026-10-10"], "on": ["2026-10-10"]}}
    assert call("PATCH", "", wrong, If_Match=f'"{version + 1}"').status_code == 422
    cleared = call("PATCH", "", {"calendar": None}, If_Match=f'"{version + 1}"')
    assert cleared.json["calendar"] == {"off": [], "on": []}


def test_what_is_no_share_is_refused(world: World) -> None:
    world.cast()
    for wrong in (101, -1, None, "60"):
        with world.write("project_manager") as scene, pytest.raises(Invalid):
            change_project(scene.actor, scene.project, {"most_must": wrong})
