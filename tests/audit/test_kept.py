"""What is kept of a project holds until something is written in it."""

from __future__ import annotations

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
