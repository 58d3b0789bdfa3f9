"""Exactness: on random projects, what the radar finds is what somebody else counts, before and after each write, on both
databases and for each reader."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from reqtrack.accounts.queries import project_for
from reqtrack.db import reading, writing
from reqtrack.interviews.models import Stakeholder
from reqtrack.permissions import SYSTEM, Actor
from reqtrack.radar.checks import CHECKS
from reqtrack.radar.queries.findings import find, radar
from tests.radar.plans import PLANS, Writing
from tests.radar.recount import OF_INTERVIEWS, Recount
from tests.radar.test_recount_changes import NAMES as OF_CHANGES
from tests.support.world import World

# What must hold whatever the order of things is shown on each database.
pytestmark = pytest.mark.both

numbers = count(1)
# These are held against the areas that compute them.
ELSEWHERE = {"acceptance_failed", "result_stale", "phase_over_capacity", "must_share", "duplicate_items", "value_off_dictionary",
    "agreed_elsewhere_unconfirmed", *OF_CHANGES,
}  # fmt: skip
PATIENT = settings(
    deadline=None,
    max_examples=12,
    phases=(Phase.reuse, Phase.generate),  # a plan that fails is small as it is, and writing it takes a second
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.large_base_example],
)


@PATIENT
@given(PLANS, PLANS)
@pytest.mark.costly
def test_what_is_found_is_what_is_counted(world: World, first: dict[str, Any], second: dict[str, Any]) -> None:
    key = f"P{next(numbers)}"
    world.project(key)
    with world.app.app_context():
        for plan in (first, second):
            with writing(key):
                Writing(project_for(SYSTEM, key)).write(plan)
            with reading():
                _compare(project_for(SYSTEM, key))
            with reading():  # from memory now
                _compare(project_for(SYSTEM, key))


def _compare(project: Any) -> None:
    right = Recount(project)
    seen = radar(SYSTEM, project)
    for name in CHECKS.keys() - ELSEWHERE:
        found = seen.of(name)
        assert {one.name for one in found.subjects} == right.counted(name), name
        assert {one.name for one, _told in found.accepted} == right.of(name) - right.counted(name), name
        alone = find(SYSTEM, project, name)
        assert (alone.subjects, alone.accepted) == (found.subjects, found.accepted), name
    _as_manager(project, right)
    _as_implementer(project, right)


def _as_manager(project: Any, right: Recount) -> None:
    """Sees all items, and no job role that few people of any department and region hold."""
    manager = Actor(1, "m", "M", {project.id: frozenset({"project_manager"})})
    seen = radar(manager, project)
    for name in CHECKS.keys() - ELSEWHERE - {"role_not_heard"}:
        assert set(seen.of(name).names) == right.counted(name), name
    found = seen.of("role_not_heard")
    wanted = {one for one in right.counted("role_not_heard") if not one.startswith("role:") or _common(right, one)}
    assert set(found.names) == wanted
    assert found.count == len(right.counted("role_not_heard"))


def _common(right: Recount, name: str) -> bool:
    holders: list[Stakeholder] = [one for one in right.people if one.job_role == name.partition(":")[2]]
    places = [(one.department, one.region) for one in holders]
    return not holders or any(places.count(place) >= 3 for place in places)


def _as_implementer(project: Any, right: Recount) -> None:
    """Sees the agreed requirements, and nothing of who was heard."""
    implementer = Actor(2, "i", "I", {project.id: frozenset({"implementer"})})
    seen = radar(implementer, project)
    agreed = {one.key for one in right.requirements if one.stage in ("approved", "implemented")}
    for name in CHECKS.keys() - ELSEWHERE - OF_INTERVIEWS - {"imported_not_reviewed"}:
        assert set(seen.of(name).names) == right.counted(name) & agreed, name
    assert not OF_INTERVIEWS & {found.check.name for found in seen.findings}
