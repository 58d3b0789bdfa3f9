"""The moves that people make, what each asks for, and who may make it."""

from __future__ import annotations

import pytest

from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.items import moves, store
from reqtrack.items.queries import item_for
from reqtrack.permissions import ROLES
from reqtrack.requirements import actions, queries
from reqtrack.workflow.tables import REQUIREMENT
from tests.support.world import World

# Those that people make; the others come with a signature or a change.
MOVES = [one for one in REQUIREMENT.transitions if one.permission]


def make(world: World, by: str, name: str, key: str = "REQ-1", **given: str) -> str:
    with world.write(by) as scene:
        item = item_for(scene.actor, scene.project.id, key) if by != "implementer" else row(scene.project.id, key)
        actions.move(scene.actor, item, name, **given)
        return str(item.stage)


def row(project_id: int, key: str) -> object:
    return queries.by_keys(project_id, [key])[0]


def put(world: World, stage: str, key: str = "REQ-1") -> None:
    with world.write() as scene:
        store.move(scene.actor, row(scene.project.id, key), stage)  # type: ignore[arg-type]


MAY = {
    "review": {"project_manager", "analyst"},
    "back": {"project_manager", "analyst"},
    "defer": {"project_manager", "business_owner"},
    "reject": {"project_manager", "business_owner"},
    "reopen": {"project_manager", "business_owner"},
    "implement": {"project_manager", "implementer"},
    "unimplement": {"project_manager", "implementer"},
}


def test_who_may_make_a_move(world: World) -> None:
    world.cast()
    world.requirement("analyst")
    assert {rule.name for rule in MOVES} == set(MAY)
    for rule in MOVES:
        for role in ROLES:
            put(world, rule.sources[0])
            if role in MAY[rule.name]:
                assert make(world, role, rule.name, reason="so", until="2027-01-04") == rule.to
            else:
                with pytest.raises(Refused) as refused:
                    make(world, role, rule.name, reason="so", until="2027-01-04")
                assert refused.value.status == 403


def test_a_move_starts_from_its_stages_only(world: World) -> None:
    world.cast()
    world.requirement("analyst")
    for rule in MOVES:
        for stage in ("draft", "in_review", "approved", "implemented", "deferred", "rejected", "obsolete"):
            put(world, stage)
            if stage not in rule.sources:
                with pytest.raises(Refused) as refused:
                    make(world, "project_manager", rule.name, reason="so", until="later")
                assert refused.value.status == 409


def test_what_a_move_asks_for_is_needed_and_kept(world: World) -> None:
    world.cast()
    world.requirement("analyst")
    with pytest.raises(Invalid):
        make(world, "project_manager", "reject", reason="  ")
    with pytest.raises(Invalid):
        make(world, "project_manager", "defer")
    make(world, "project_manager", "defer", until="二期")
    with world.read() as scene:
        assert row(scene.project.id, "REQ-1").deferred_until == "二期"  # type: ignore[attr-defined]
    make(world, "project_manager", "reopen")
    with world.read() as scene:
        assert row(scene.project.id, "REQ-1").deferred_until is None  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        make(world, "project_manager", "approve")
    with pytest.raises(Refused) as refused:
        make(world, "project_manager", "sign")
    assert refused.value.status == 409


def test_a_move_seen_from_another_stage_is_refused(world: World) -> None:
    world.cast()
    world.requirement("analyst")
    with pytest.raises(Refused) as refused:
        make(world, "analyst", "review", seen_stage="in_review")
    assert refused.value.status == 409


def test_the_page_offers_what_starts_here_and_says_why_not(world: World) -> None:
    world.cast()
    world.requirement("analyst")
    with world.read("analyst") as scene:
        offered = {move.name: move for move in moves.of(scene.actor, item_for(scene.actor, scene.project.id, "REQ-1"))}
    assert set(offered) == {"review", "defer", "reject"}
    assert offered["review"].verdict
    assert [reason.code for reason in offered["reject"].verdict.reasons] == ["no_permission"]
    done = world.client("analyst").send("/p/CRM/i/REQ-1/moves/review", {"seen_stage": "draft"})
    assert done.status_code == 303
    with world.read() as scene:
        assert row(scene.project.id, "REQ-1").stage == "in_review"  # type: ignore[attr-defined]


def test_a_phase_is_implemented_as_a_whole(world: World) -> None:
    world.cast()
    for stage, phase in (("approved", "1"), ("approved", "1"), ("draft", "1"), ("approved", None)):
        world.requirement("analyst", stage=stage, phase=phase)
    with world.write("implementer") as scene:
        done = actions.implement_phase(scene.actor, scene.project, queries.phase_for(scene.project.id, 1))
    assert [item.key for item in done] == ["REQ-1", "REQ-2"]
    with world.read() as scene:
        stages = [item.stage for item in queries.by_keys(scene.project.id, ["REQ-1", "REQ-2", "REQ-3", "REQ-4"])]
    assert stages == ["implemented", "implemented", "draft", "approved"]


def test_an_implementer_sees_agreed_requirements_and_their_scenarios(world: World) -> None:
    world.cast()
    world.scenario("analyst")
    world.scenario("analyst")
    world.requirement("analyst", scenarios=["SCN-1"])
    with world.read("implementer") as scene:
        for key in ("REQ-1", "SCN-1", "SCN-2"):
            with pytest.raises(NotFound):
                item_for(scene.actor, scene.project.id, key)
    put(world, "approved")
    with world.read("implementer") as scene:
        assert item_for(scene.actor, scene.project.id, "REQ-1")
        assert item_for(scene.actor, scene.project.id, "SCN-1")
        with pytest.raises(NotFound):
            item_for(scene.actor, scene.project.id, "SCN-2")
