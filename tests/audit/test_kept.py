"""What is kept of a project holds until something is written in it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from reqtrack.audit import kept as keeping
from reqtrack.db import db
from reqtrack.items.models import Item
from tests.support.world import World


def number(world: World, asked: list[int]) -> int:
    """How many items there are, as kept; each computing is noted."""
    with world.read() as scene:
        project_id = scene.project.id

        def compute() -> int:
            found = db.session.execute(select(func.count()).where(Item.project_id == project_id)).scalar_one()
            asked.append(found)
            return found

        return keeping.kept("number of items", project_id, compute)


def test_what_took_long_is_kept_until_something_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "COSTLY_SECONDS", 0)
    world.cast()
    world.requirement()
    asked: list[int] = []
    # First it is timed, then it is kept.
    assert [number(world, asked) for _ in range(4)] == [1, 1, 1, 1]
    assert asked == [1, 1]
    world.requirement()
    assert [number(world, asked) for _ in range(2)] == [2, 2]
    assert asked == [1, 1, 2]


def test_what_is_quick_is_computed_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "COSTLY_SECONDS", 3600)
    world.cast()
    asked: list[int] = []
    assert [number(world, asked) for _ in range(3)] == [0, 0, 0] == asked


def test_a_writer_computes_for_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "COSTLY_SECONDS", 0)
    world.cast()
    asked: list[int] = []
    number(world, asked)
    number(world, asked)
    with world.write() as scene:
        assert keeping.kept("number of items", scene.project.id, lambda: 7) == 7
