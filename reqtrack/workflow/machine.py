"""A machine as data: its stages, and the moves between them with what each needs.

The one reader is ``moves()``: it lists the moves that start where a thing is, each with a verdict that holds every reason why
not. Who owns the thing adds what only it can know (facts) as further verdicts, by the move's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor


class Staged(Protocol):
    """What a machine moves: an item, or any keyed record with a stage."""

    key: str
    project_id: int
    stage: str


@dataclass(frozen=True)
class Transition:
    """One move.

    ``permission``: "" when nobody presses it (a signature, an applied change or the clock makes it). ``asks``: what it needs to
    be told, ``reason`` or ``until`` (as ``items.moves.Move.asks``), or nothing.
    """

    name: str
    label: Any
    sources: tuple[str, ...]
    to: str
    permission: str = ""
    asks: str = ""

    @property
    def needs_reason(self) -> bool:
        return self.asks == "reason"


@dataclass(frozen=True)
class Machine:
    """The stages of one kind in their order, and its moves."""

    kind: str
    stages: tuple[str, ...]
    transitions: tuple[Transition, ...]

    @property
    def first(self) -> str:
        return self.stages[0]

    def named(self, name: str) -> Transition:
        """The move of that name.

        Raises:
            KeyError: there is none.
        """
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise KeyError(name)

    def leaving(self, stage: str) -> tuple[Transition, ...]:
        """The moves that start from a stage."""
        return tuple(one for one in self.transitions if stage in one.sources)


def may(actor: Actor, item: Staged, transition: Transition, fact: Verdict = YES) -> Verdict:
    """Whether the actor may make a move now: stage, permission and what its owner adds, with every reason."""
    verdict = YES
    if item.stage not in transition.sources:
        verdict += no(
            "wrong_stage", "%(key)s is %(stage)s: this cannot be done from there.", key=item.key, stage=item.stage
        )
    if not transition.permission:
        verdict += no("not_by_hand", "This happens by itself, nobody does it by hand.")
    elif not actor.may(transition.permission, item.project_id):
        verdict += no("no_permission", "Your roles in this project do not let you do this to %(key)s.", key=item.key)
    return verdict + fact


def moves(
    machine: Machine, actor: Actor, item: Staged, facts: Mapping[str, Verdict] | None = None
) -> list[tuple[Transition, Verdict]]:
    """The moves that people make from where an item is, refused ones with their reasons.

    Args:
        facts: further verdicts by the name of the move.
    """
    told = facts or {}
    return [
        (one, may(actor, item, one, told.get(one.name, YES))) for one in machine.leaving(item.stage) if one.permission
    ]


def complete(transition: Transition, reason: str = "", until: str = "") -> Verdict:
    """Whether what a move asks for was given."""
    if transition.asks == "reason" and not reason.strip():
        return no("required", "Say why.", field="reason")
    if transition.asks == "until" and not until.strip():
        return no("required", "Say until when: a phase, a date or a review.", field="until")
    return YES
