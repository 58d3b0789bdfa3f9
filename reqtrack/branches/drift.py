"""How a branch and the main line have come apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reqtrack.audit.record import newest_seq
from reqtrack.baselines.compare import Comparison, Point, compare
from reqtrack.baselines.content import ItemState, Print, contents_at, in_order, visible_keys
from reqtrack.branches import content
from reqtrack.branches.models import BranchChoice, ScopeBranch
from reqtrack.branches.queries import Standing
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class LeftOut:
    """An item that the main line has and the branch deliberately has not."""

    state: ItemState
    choice: BranchChoice


@dataclass(frozen=True)
class Drift:
    """What leads from a branch to the main line: ``added`` has come there since, ``removed`` the branch alone holds. What was
    left out of the branch is apart: it is no drift. ``versions``: by key, that of the branch and that of the main line."""

    comparison: Comparison
    left_out: Sequence[LeftOut]
    versions: Mapping[str, tuple[int | None, int | None]]

    @cached_property
    def differing(self) -> list[str]:
        """The keys of which the main line does not say what the branch says."""
        found = self.comparison
        said = [one.key for one in (*found.changed, *found.moved)]
        return list(dict.fromkeys([*said, *(one.key for one in found.removed)]))


def drift(found: Standing, actor: Actor | None = None) -> Drift:
    """How the main line differs from a branch, now.

    Args:
        actor: who looks; None: all of it.
    """
    mine, main = _lines(found, actor)
    comparison = compare(found.branch.project_id, *_points(found, mine, main))
    out = {key: one for key, one in found.left_out.items() if key in main}
    states = contents_at(found.branch.project_id, [main[key] for key in out])
    left_out = [LeftOut(states[one.key], out[one.key]) for one in in_order(main[key] for key in out)]
    told = [*out, *(one.key for one in comparison.added), *(one.key for one in comparison.removed)]
    told += [one.key for one in (*comparison.changed, *comparison.moved)]
    return Drift(comparison, left_out, {key: (_version(mine, key), _version(main, key)) for key in told})


def points(found: Standing, actor: Actor | None = None) -> tuple[Point, Point]:
    """A branch and the main line beside it, as two points to be compared."""
    return _points(found, *_lines(found, actor))


def _points(found: Standing, mine: Mapping[str, Print], main: Mapping[str, Print]) -> tuple[Point, Point]:
    branch, there = found.branch, [key for key in main if key not in found.left_out]
    old = Point(branch.seq, mine.keys(), branch.key, branch.at, mine)
    return old, Point(newest_seq(branch.project_id), there, "", None, main)


def _lines(found: Standing, actor: Actor | None) -> tuple[dict[str, Print], dict[str, Print]]:
    """What the branch and the main line hold, as far as the actor may see it."""
    mine, main = found.held, _beside(found.branch, found.held, found.left_out)
    if actor is None:
        return mine, main
    seen = set(visible_keys(actor, found.branch.project_id, sorted({*mine, *main})))
    held, beside = ({key: one for key, one in part.items() if key in seen} for part in (mine, main))
    return held, beside


def _version(prints: Mapping[str, Print], key: str) -> int | None:
    return prints[key].version if key in prints else None


def _beside(branch: ScopeBranch, mine: Collection[str], out: Collection[str]) -> dict[str, Print]:
    """The part of the main line that a branch is compared with: that of its phase, where it follows one, and what it holds."""
    main = content.main_line(branch.project_id)
    if branch.phase_id is None:
        return main
    wanted = content.phase_now(branch.project_id, branch.phase_id).union(mine, out)
    return {key: one for key, one in main.items() if key in wanted}
