"""What is kept of a project holds until something is written in it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Event

from sqlalchemy import func, select

from reqtrack.audit import kept as keeping
from reqtrack.db import db
from reqtrack.items.models import Item
from tests.support.meter import Queries
from tests.support.world import World


def number(world: World, asked: list[int], site: str = "CRM") -> int:
    """How many items there are, as kept; each computing is noted."""
    with world.read(project=site) as scene:
        project_id = scene.project.id

        def compute() -> int:
            found = db.session.execute(select(func.count()).where(Item.project_id == project_id)).scalar_one()
            asked.append(found)
            return found

        return keeping.kept("number of items", project_id, compute)


def test_what_is_computed_is_kept_until_something_is_written(world: World) -> None:
    world.cast()
    world.requirement()
    asked: list[int] = []
    assert [number(world, asked) for _ in range(3)] == [1, 1, 1]
    assert asked == [1]
    world.requirement()
    assert [number(world, asked) for _ in range(2)] == [2, 2]
    assert asked == [1, 2]


def test_what_is_kept_of_one_project_says_nothing_of_another(world: World) -> None:
    world.cast()
    world.project("OPS", "Operations")
    world.requirement()
    asked: list[int] = []
    assert (number(world, asked), number(world, asked, "OPS"), number(world, asked)) == (1, 0, 1)
    assert asked == [1, 0]


def test_the_chain_is_asked_once_in_a_transaction(world: World, queries: Queries) -> None:
    world.cast()
    with world.read() as scene:
        queries.clear()
        assert [keeping.kept(name, scene.project.id, lambda: 7) for name in ("one", "two", "one")] == [7, 7, 7]
        assert len([one for one in queries if "events" in one]) == 1


def test_a_writer_computes_for_itself(world: World) -> None:
    world.cast()
    asked: list[int] = []
    number(world, asked)
    with world.write() as scene:
        assert keeping.kept("number of items", scene.project.id, lambda: 7) == 7


def test_what_was_kept_of_another_day_is_given_up(world: World) -> None:
    world.cast()
    told: list[date] = []
    for day in (date(2026, 11, 1), date(2026, 11, 1), date(2026, 11, 2)):
        with world.read() as scene:
            project_id = scene.project.id
            keeping.kept("of a day", project_id, partial(told.append, day), day)
    assert told == [date(2026, 11, 1), date(2026, 11, 2)]
    places = world.app.extensions["reqtrack_kept"]
    assert [name for name, _project in places if name.startswith("of a day")] == ["of a day"]


def test_who_asks_meanwhile_waits_for_what_is_being_computed(world: World) -> None:
    world.cast()
    begun, asked = Event(), []

    def compute() -> int:
        asked.append(1)
        begun.set()
        time.sleep(0.2)
        return 7

    def ask() -> int:
        with world.read() as scene:
            return keeping.kept("slow", scene.project.id, compute)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(ask)
        assert begun.wait(10)
        others = [pool.submit(ask) for _ in range(3)]
        assert [one.result() for one in (first, *others)] == [7] * 4
    assert asked == [1]
