"""Whether a business process was walked end to end (2-workflows.md, *Acceptance*): the acceptance scenarios along its steps passed
in one round, in order, carrying the same business record. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Walk:
    """How far a process was walked. ``broken_at``: the place (from 1) of the first step that nobody got through, None where it is
    done; ``acceptance``: the key of what did not pass there, "" where nothing was run."""

    done: bool
    broken_at: int | None = None
    acceptance: str = ""


@dataclass(frozen=True)
class Pass:
    """A fresh pass of an example row in a round: the steps that its scenario covers, when it was recorded, what record it carries."""

    round_id: int
    steps: frozenset[int]
    at: int
    record: tuple[str, ...]


def walked(steps: Sequence[int], passes: Iterable[Pass]) -> Walk:
    """The furthest that any record got in any round.

    Args:
        steps: the numbers of the process's steps, in order; those before the first that anybody runs are run by nobody.
    """
    if not steps:
        return Walk(False)
    by_chain: dict[tuple[int, tuple[str, ...]], list[Pass]] = {}
    for one in passes:
        by_chain.setdefault((one.round_id, one.record), []).append(one)
    furthest = max((_got(steps, chain) for chain in by_chain.values()), default=0)
    return Walk(True) if furthest == len(steps) else Walk(False, furthest + 1)


def _got(steps: Sequence[int], passes: Sequence[Pass]) -> int:
    """How many steps one record got through: each no earlier than the one before. The earliest pass that still follows is the best
    choice, for it leaves most to what comes after."""
    at = 0
    for place, step in enumerate(steps):
        later = [one.at for one in passes if step in one.steps and one.at >= at]
        if not later:
            return place
        at = min(later)
    return len(steps)


def covered(
    steps: Sequence[int], scenes: Mapping[int, frozenset[int]], arising: Mapping[int, frozenset[int]]
) -> dict[int, frozenset[int]]:
    """Which steps of a process each requirement covers, by its id.

    Args:
        scenes: the steps that the process's scenarios tell, by scenario.
        arising: the scenarios that a requirement arises from, by requirement.
    """
    mine = frozenset(steps)
    return {
        requirement: found
        for requirement, sources in arising.items()
        if (found := frozenset(step for one in sources for step in scenes.get(one, ()) if step in mine))
    }
