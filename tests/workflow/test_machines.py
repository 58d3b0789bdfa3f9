"""The table of machines: sound in itself, and read by one function that gives every reason."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import pytest

from reqtrack.errors import no
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import PERMISSIONS, Actor
from reqtrack.workflow.machine import complete, may, moves
from reqtrack.workflow.tables import CHANGE, CHANGE_OPEN, LEAN, MACHINES, REQUIREMENT, folded

KINDS_AT = {
    "requirement": "reqtrack.requirements.models",
    "interview": "reqtrack.interviews.models",
    "scenario": "reqtrack.scenarios.models",
    "acceptance": "reqtrack.acceptance.models",
    "defect": "reqtrack.acceptance.models",
    "change": "reqtrack.changes.models",
    "process": "reqtrack.scenarios.models",
    "feedback": "reqtrack.feedback.models",
}


@dataclass
class Thing:
    key: str
    project_id: int
    stage: str


def actor(*roles: str) -> Actor:
    return Actor(1, "a", "A", {7: frozenset(roles)})


@pytest.mark.parametrize("kind", MACHINES)
def test_every_move_joins_known_stages_and_needs_a_known_permission(kind: str) -> None:
    machine = MACHINES[kind]
    for one in machine.transitions:
        assert set(one.sources) <= set(machine.stages), one.name
        assert one.to in machine.stages, one.name
        assert one.permission in PERMISSIONS | {""}, one.name
        assert one.asks in ("", "reason", "until"), one.name
    assert len({one.name for one in machine.transitions}) == len(machine.transitions)


@pytest.mark.parametrize("kind", MACHINES)
def test_every_stage_is_reached_from_the_first(kind: str) -> None:
    machine = MACHINES[kind]
    reached, frontier = {machine.first}, [machine.first]
    while frontier:
        stage = frontier.pop()
        for one in machine.leaving(stage):
            if one.to not in reached:
                reached.add(one.to)
                frontier.append(one.to)
    # A change without anybody to assess it waits in "submitted": where submitting leads is decided by the action.
    assert set(machine.stages) - reached <= {"submitted"}


def test_kinds_begin_where_their_machines_begin() -> None:
    for kind in MACHINES:
        import_module(KINDS_AT[kind])
        assert KINDS[kind].first_stage == MACHINES[kind].first


def test_a_refused_move_is_listed_with_every_reason() -> None:
    thing = Thing("REQ-1", 7, "draft")
    found = {
        one.name: verdict
        for one, verdict in moves(REQUIREMENT, actor("analyst"), thing, {"review": no("x", "Not yet.")})
    }
    assert set(found) == {"review", "defer", "reject"}
    assert [reason.code for reason in found["review"].reasons] == ["x"]
    assert [reason.code for reason in found["reject"].reasons] == ["no_permission"]


def test_stage_and_permission_are_both_named() -> None:
    verdict = may(actor("tester"), Thing("REQ-1", 7, "approved"), REQUIREMENT.named("review"))
    assert [reason.code for reason in verdict.reasons] == ["wrong_stage", "no_permission"]


def test_what_happens_by_itself_is_offered_to_nobody() -> None:
    listed = {one.name for one, _ in moves(REQUIREMENT, actor("project_manager"), Thing("REQ-1", 7, "implemented"))}
    assert listed == {"unimplement"}
    assert not may(actor("project_manager"), Thing("REQ-1", 7, "draft"), REQUIREMENT.named("sign"))


def test_a_move_that_asks_for_something_says_what() -> None:
    assert complete(REQUIREMENT.named("reject"), reason=" ").reasons[0].field == "reason"
    assert complete(REQUIREMENT.named("defer")).reasons[0].field == "until"
    assert complete(REQUIREMENT.named("defer"), until="Phase 2")


def test_the_lean_preset_folds_every_stage_of_a_change() -> None:
    assert {folded(stage) for stage in CHANGE.stages} == {shown for shown, _ in LEAN}
    assert folded("needs_information", "deciding") == "deciding"
    assert folded("deferred") == "deciding" and folded("rejected") == "closed"
    assert set(CHANGE_OPEN) <= set(CHANGE.named("withdraw").sources)
