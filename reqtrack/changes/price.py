"""The price tag of a change, as plain data: what it takes of the budget of all changes, and what to move out where it does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reqtrack.changes.load import NOTHING, PhaseLoad
from reqtrack.changes.swap import Candidate, Swap, choose


@dataclass(frozen=True)
class Budget:
    """What all changes may cost (None: not given), what those in effect have taken, and what this one takes; of days, or of
    money."""

    whole: Decimal | None
    spent: Decimal
    own: Decimal | None

    @property
    def left(self) -> Decimal | None:
        """What is left after this change; below nothing where it takes more than there is."""
        return None if self.whole is None else self.whole - self.spent - (self.own or NOTHING)


@dataclass(frozen=True)
class Movable:
    """A requirement that may be moved out of a phase, with what in it depends on it (keys)."""

    key: str
    title: str
    tier: str
    days: Decimal
    needed_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Offer:
    """What to move out of a phase that the change does not fit into, and where to: the next phase with room for it, or None where
    none has. Without ``items``: all that may be moved would not make room."""

    phase: PhaseLoad
    items: Sequence[Movable] = ()
    days: Decimal = NOTHING
    more: int = 0
    into: PhaseLoad | None = None

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.items]

    @property
    def after(self) -> PhaseLoad:
        """The phase with the change, and without what is moved out."""
        return replace(self.phase, added=self.phase.added - self.days)


def offer(phase: PhaseLoad, phases: Sequence[PhaseLoad], movable: Sequence[Movable]) -> Offer:
    """What to move out of a phase that is over its capacity for the change.

    Args:
        phases: all of the project, with the change, in order.
        movable: what may be moved out.
    """
    candidates = [Candidate(one.key, one.days, one.tier == "should", one.needed_by) for one in movable]
    chosen: Swap | None = choose(candidates, phase.excess)
    if chosen is None:
        return Offer(phase)
    by_key: Mapping[str, Movable] = {one.key: one for one in movable}
    items = [by_key[key] for key in chosen.keys]
    return Offer(phase, items, chosen.days, chosen.more, _room(phase, phases, chosen.days))


def _room(phase: PhaseLoad, phases: Sequence[PhaseLoad], days: Decimal) -> PhaseLoad | None:
    """The first later phase that can take so much more, or of which nobody has said how much it can take."""
    for one in phases:
        if one.number > phase.number and (one.capacity_days is None or one.after + days <= one.capacity_days):
            return one
    return None
