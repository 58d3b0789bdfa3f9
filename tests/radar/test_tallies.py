"""How many findings there were on each day: counted by a worker, told as a line with its table; a page that is read writes nothing."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.db import db
from reqtrack.jobs import queue, worker
from reqtrack.permissions import SYSTEM
from reqtrack.radar.chores import CHORE, keep_tallies
from reqtrack.radar.models import Tally
from reqtrack.radar.queries import history
from reqtrack.radar.queries.findings import radar
from tests.support.meter import Queries
from tests.support.world import OPERATOR, World


@pytest.fixture(autouse=True)
def new_worker(app: Flask) -> None:
    """One that has counted nothing yet: the app has served other tests."""
    app.extensions.pop("reqtrack_tallies", None)


def at(day: int, hour: int = 4) -> datetime:
    return clock.parse(f"2026-11-{day:02}T{hour:02}:00:00Z")


def count(world: World) -> None:
    with world.app.app_context():
        keep_tallies()


def kept(world: World, project: str = "CRM") -> dict[tuple[int, str], int]:
    with world.read(project=project) as scene:
        rows = db.session.execute(select(Tally).where(Tally.project_id == scene.project.id)).scalars()
        return {(row.day.day, row.name): row.number for row in rows}


def test_each_day_keeps_its_last_figures(world: World) -> None:
    world.cast()
    with clock.at(at(20)):
        count(world)
        assert kept(world) == {(20, ""): 0}, "nothing was found, and somebody looked"
        key = world.requirement("analyst", tier="must")
        count(world)
        assert kept(world) == {
            (20, ""): 2, (20, "requirement_without_scenario"): 1, (20, "requirement_without_evidence"): 1,
        }  # fmt: skip
    with clock.at(at(20, 17)):  # the 21st in the project's zone
        world.requirement("analyst", tier="must", scenarios=[world.scenario("analyst")])
        world.move(key, "rejected")
        count(world)
    assert kept(world) == {
        (20, ""): 2, (20, "requirement_without_scenario"): 1, (20, "requirement_without_evidence"): 1,
        (21, ""): 1, (21, "requirement_without_evidence"): 1,
    }  # fmt: skip


def test_counting_twice_is_counting_once(world: World, queries: Queries) -> None:
    world.cast()
    world.project("OPS", "Operations")
    count(world)
    queries.clear()
    count(world)
    assert len(queries) == 1, "nothing was written: it asks for the heads of the chains alone"
    world.app.extensions.pop("reqtrack_tallies")  # another worker, or this one after a restart
    before = kept(world) | kept(world, "OPS")
    count(world)
    assert kept(world) | kept(world, "OPS") == before


def test_what_is_mended_is_kept_as_nothing(world: World) -> None:
    world.cast()
    key = world.requirement("analyst")
    count(world)
    world.move(key, "rejected")
    count(world)
    assert set(kept(world).values()) == {0}


def test_an_archived_project_is_let_be(world: World) -> None:
    world.cast()
    with world.write() as scene:
        accounts.archive_project(OPERATOR, scene.project)
    count(world)
    assert kept(world) == {}


def test_a_worker_counts_while_no_job_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.cast()
    assert CHORE in queue.CHORES
    stop = threading.Event()
    done: list[str] = []

    def broken() -> None:
        done.append("broken")
        raise ZeroDivisionError

    def count_once() -> None:
        done.append("counted")
        keep_tallies()
        stop.set()

    chores = [
        queue.Chore("broken", 0, broken),
        queue.Chore("counting", 0, count_once),
        queue.Chore("rare", 10**6, stop.set),
    ]
    monkeypatch.setattr(queue, "CHORES", chores)
    monkeypatch.setattr(worker.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(stop, "wait", lambda seconds: None)
    monkeypatch.setattr(worker, "FIRST_SECONDS", 10**6)
    due: dict[str, float] = {}
    with world.app.app_context():
        with pytest.raises(ZeroDivisionError):
            worker._do_chores(due)
        chores[0] = queue.Chore("broken", 10**6, broken)
        worker.loop(world.app, stop)
    assert done == ["broken", "counted"] and kept(world)


def test_the_last_days_end_with_now(world: World) -> None:
    world.cast()
    with clock.at(at(20)):
        world.requirement("analyst")
        count(world)
    with clock.at(at(22)):
        world.requirement("analyst", title="Print the offer")
        with world.read() as scene:
            found = radar(SYSTEM, scene.project)
            days = history.days(SYSTEM, scene.project, found, 4)
            assert [(one.day.day, one.total, one.serious) for one in days or ()] == [
                (19, None, None), (20, 3, 0), (21, None, None), (22, 6, 0),
            ]  # fmt: skip
            of_one = history.days(SYSTEM, scene.project, found, 3, "requirement_untiered")
            assert [one.total for one in of_one or ()] == [1, None, 2]
            of_none = history.days(SYSTEM, scene.project, found, 3, "role_not_heard")
            assert [one.total for one in of_none or ()] == [0, None, 0]


def test_the_line_has_its_table_and_reading_it_writes_nothing(world: World) -> None:
    world.cast()
    with clock.at(at(20)):
        world.requirement("analyst")
        count(world)
    before = kept(world)
    with clock.at(at(21)):
        browser = world.client("project_manager")
        for url, window, number in (
            ("/p/CRM/radar", 30, 3), ("/p/CRM/radar?days=90", 90, 3), ("/p/CRM/radar?days=x", 30, 3),
            ("/p/CRM/radar/requirement_untiered", 30, 1),
        ):  # fmt: skip
            shown = browser.get(url).text
            assert "rq-chart" in shown and "As a table" in shown, url
            assert f'aria-current="true">{window} days' in shown, url
            assert shown.count(f'<td class="rq-num rq-right">{number}</td>') == 2, "that day and today"
    assert kept(world) == before


def test_who_does_not_see_all_is_not_told_how_many_there_were(world: World) -> None:
    world.cast()
    world.requirement("analyst")
    count(world)
    assert "rq-chart" not in world.client("implementer").get("/p/CRM/radar").text
    assert "rq-chart" in world.client("auditor").get("/p/CRM/radar").text
