"""The project that programs call."""

from __future__ import annotations

import pytest

from tests.support.world import World


@pytest.fixture
def crm(world: World) -> World:
    world.project()
    world.member("analyst", "analyst")
    world.member("tester", "tester")
    world.user("outsider")
    return world
