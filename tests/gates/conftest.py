"""Gates in a small world: verbs by login, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from reqtrack.audit.record import recorded
from reqtrack.gates import actions, queries
from reqtrack.gates.judging import Answer
from reqtrack.requirements.actions import add_phase
from reqtrack.signoff import actions as signoff
from reqtrack.signoff.queries import signoff_for
from tests.acceptance.conftest import Stage, stage
from tests.support.world import World

__all__ = ["stage"]
LATE = date(2099, 1, 1)


@dataclass
class Door:
    """What is done at gates."""

    world: World
    stage: Stage

    def answer(self, gate: str, phase: str = "", by: str = "auditor") -> Answer:
        with self.world.read(by) as scene:
            found = queries.gates_of(scene.project, queries.phase_given(scene.project.id, phase))
            return found.answers[gate]

    def state(self, gate: str, rule: str, phase: str = "") -> tuple[str, int, int, list[tuple[str, str]]]:
        """State, done, total and findings of a rule."""
        one = next(one for one in self.answer(gate, phase).outcomes if one.name == rule)
        findings = [(each.subject, each.code) for each in one.found.findings]
        return one.state, one.found.done, one.found.total, findings

    def phase(self, name: str, **more: Any) -> None:
        with self.world.write("project_manager") as scene:
            add_phase(scene.actor, scene.project, {"name": name, **more})

    def preset(self, name: str) -> None:
        with self.world.write() as scene, recorded(scene.actor, scene.project.id, "project.changed", scene.project.key):
            scene.project.preset = name

    def ask(
        self, covers: Sequence[tuple[str, str, int | None]], by: str = "project_manager", **more: Any
    ) -> tuple[str, int]:
        """A waiver asked for: its key, and the number of the request to sign it."""
        given = {"owner": "implementer", "expires_on": LATE, "signers": ["business_owner"], **more}
        with self.world.write(by) as scene:
            made, asked = actions.ask(scene.actor, scene.project, given.pop("reason", "Known."), covers=covers, **given)
            return made.key, asked.number

    def sign(self, number: int, by: str = "business_owner") -> None:
        with self.world.write(by) as scene:
            actor = replace(scene.actor, reauthenticated=True)
            signoff.sign(actor, scene.project, signoff_for(actor, scene.project.id, number))

    def waive(self, covers: Sequence[tuple[str, str, int | None]], **more: Any) -> str:
        key, number = self.ask(covers, **more)
        self.sign(number)
        return key

    def withdraw(self, key: str, by: str = "project_manager", reason: str = "Mended.") -> None:
        with self.world.write(by) as scene:
            actions.withdraw(scene.actor, scene.project, queries.waiver_for(scene.actor, scene.project, key), reason)

    def waiver(self, key: str) -> str:
        """How a waiver stands."""
        with self.world.read("auditor") as scene:
            return queries.waiver_for(scene.actor, scene.project, key).state

    def pass_gate(
        self, gate: str, phase: str = "", by: str = "business_owner", proved: bool = True, **more: Any
    ) -> int:
        with self.world.write(by) as scene:
            actor = replace(scene.actor, reauthenticated=proved)
            found = queries.phase_given(scene.project.id, phase)
            return actions.pass_gate(actor, scene.project, gate, found, **more).number

    def set(self, wanted: Any, by: str = "project_manager", **more: Any) -> None:
        with self.world.write(by) as scene:
            actions.set_rules(scene.actor, scene.project, wanted, **more)


@pytest.fixture
def door(world: World, stage: Stage) -> Door:
    """A project with one person for each role."""
    return Door(world, stage)
