"""How long each step waits: the clock stops while it is asked back; what waited longer than agreed comes to the next in line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack import clock
from reqtrack.changes import actions, waits
from reqtrack.changes.delegation import Origin, Person, Seat, next_in_line
from reqtrack.changes.queries.tables import decided_in
from reqtrack.items.queries import item_for
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk

MONDAY = datetime(2026, 11, 30, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def steps(desk: Desk, key: str) -> list[tuple[str, float, float, bool]]:
    """``(stage, hours waited, hours asked back, over)``."""
    with desk.world.read("auditor") as scene:
        change = item_for(scene.actor, scene.project.id, key, "change")
        return [
            (
                one.stage,
                one.seconds(None if one.ended_at else change.paused_at) / 3600,
                one.paused / 3600,
                one.ended_at is not None,
            )
            for one in waits.steps_of(change)
        ]


def at(hours: float) -> Any:
    return clock.at(MONDAY + hours * HOUR)


def test_each_step_is_timed_and_the_clock_stops_while_asked_back(desk: Desk, req: str) -> None:
    with at(0):
        key = desk.log(edits=edits(req))
        assert steps(desk, key) == []
        desk.submit(key)
    with at(5):
        desk.do(key, actions.ask, "Why?", by="analyst")
    with at(9):
        assert steps(desk, key) == [("assessing", 5, 0, False)]
        desk.do(key, actions.answer, "Because.", by="contributor")
    with at(12):
        desk.assess(key)
        assert steps(desk, key) == [("assessing", 8, 4, True), ("deciding", 0, 0, False)]
    with at(20):
        desk.do(key, actions.ask, "Really?", by="project_manager")
    with at(30):
        desk.do(key, actions.withdraw, by="contributor")
        assert steps(desk, key) == [("assessing", 8, 4, True), ("deciding", 8, 10, True)]
    with at(99):
        assert steps(desk, key)[-1] == ("deciding", 8, 10, True)


def test_what_is_decided_waits_no_more_and_is_counted(desk: Desk, req: str) -> None:
    with at(0):
        key = desk.deciding(edits=edits(req))
        late = desk.deciding(edits=edits(req, "One level."))
    with desk.world.read("auditor") as scene:
        assert decided_in(scene.project.id) is None
    with at(24):
        desk.decide(key)
        assert steps(desk, key)[-1] == ("deciding", 24, 0, True)
    with at(72):
        desk.decide(late, "deferred", until="2026-12-31")
        assert steps(desk, late)[-1] == ("deciding", 72, 0, True)
    with desk.world.read("auditor") as scene:
        assert decided_in(scene.project.id) == (2, 2.0)
    # It comes back by itself: the moment between is no step that anybody waited for.
    with clock.at(datetime(2027, 1, 4, tzinfo=UTC)):
        desk.decide(late, "rejected", reason="No.")
    with desk.world.read("auditor") as scene:
        assert decided_in(scene.project.id) == (2, 2.0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["on", "ask", "answer"]), st.integers(1, 500)), max_size=8))
def test_what_is_counted_and_what_is_not_make_up_the_whole(moves: list[tuple[str, int]]) -> None:
    """The hook alone, over any way: waited and asked back together are the time that passed."""
    now, paused_at, paused = MONDAY, None, 0
    for what, minutes in moves:
        now += timedelta(minutes=minutes)
        if what == "ask" and paused_at is None:
            paused_at = now
        elif what == "answer" and paused_at is not None:
            paused += int((now - paused_at).total_seconds())
            paused_at = None
    with clock.at(now):
        step = waits.Step("deciding", MONDAY, None, paused)
        standing = (now - paused_at).total_seconds() if paused_at is not None else 0
        assert step.seconds(paused_at) + paused + standing == (now - MONDAY).total_seconds()


def test_what_waits_longer_than_agreed_is_late_and_comes_to_the_next_in_line(desk: Desk, req: str) -> None:
    with at(0):
        small, large = desk.deciding(edits=edits(req)), desk.deciding(likely=20, edits=edits(req, "One."))
        unread = desk.log(edits=edits(req, "None."))
        desk.submit(unread)
    with clock.at(MONDAY + 7 * DAY):  # five working days: until Monday
        assert ("unblock", small) not in desk.waiting("business_owner")
        assert ("unblock", unread) not in desk.waiting("project_manager")
    with clock.at(MONDAY + 8 * DAY):
        assert ("unblock", small) in desk.waiting("business_owner") and ("decide", large) in desk.waiting(
            "business_owner"
        )
        assert desk.waiting("project_manager") == [("decide", small), ("unblock", unread)]
        assert ("unblock", large) not in desk.waiting("sponsor"), "who decides it is not told to speed it up"
        page = desk.world.client("business_owner").get("/").text
        assert "Waits 6 working days to be decided; 5 were agreed." in page and "1 day late" in page
        assert "Waiting longest" not in page
        shown = desk.world.client("business_owner").get(f"/p/CRM/changes/{small}").text
        assert "longer than agreed: until 7 Dec" in shown and "8 days" in shown
        # Asked back, it waits for nobody here.
        desk.do(small, actions.ask, "Why?", by="project_manager")
        assert ("unblock", small) not in desk.waiting("business_owner")


def test_time_asked_back_moves_the_day(desk: Desk, req: str) -> None:
    with at(0):
        key = desk.deciding(edits=edits(req))
        desk.do(key, actions.ask, "Why?", by="project_manager")
    with clock.at(MONDAY + 7 * DAY):
        desk.do(key, actions.answer, "Because.", by="contributor")
    with clock.at(MONDAY + 14 * DAY):
        assert desk.waiting("business_owner") == []
    with clock.at(MONDAY + 15 * DAY):
        assert desk.waiting("business_owner") == [("unblock", key)]


def test_who_is_next_in_line() -> None:
    def person(login: str, *roles: str) -> Person:
        return Person(1, login, login, frozenset(roles))

    people = [
        person("m", "project_manager"),
        person("o", "business_owner"),
        person("s", "sponsor"),
        person("a", "administrator"),
    ]
    seat = Seat("project_manager", "project_manager", (people[0],))
    assert [one.login for one in next_in_line([seat], people, Origin("x"))] == ["o"]
    assert [one.login for one in next_in_line([seat], people, Origin("o"))] == ["s"]
    both = [Seat("business_owner", "business_owner", (people[1],)), Seat("sponsor", "sponsor", (people[2],))]
    assert [one.login for one in next_in_line(both, people, Origin("x"))] == ["a"]
    assert next_in_line(both, people[:3], Origin("x")) == ()


def test_programs_read_the_steps(desk: Desk, req: str) -> None:
    with at(0):
        key = desk.deciding(edits=edits(req))
    with at(3):
        told = Caller(desk.world, "auditor")("GET", f"/changes/{key}/waits").json["steps"]
    assert [(one["stage"], one["seconds"], one["ended_at"] is None) for one in told] == [
        ("assessing", 0, False), ("deciding", 10_800, True),
    ]  # fmt: skip
