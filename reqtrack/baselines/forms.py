"""What is sent about baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from reqtrack.accounts.models import Project
from reqtrack.baselines.compare import Point, point_now, point_of, point_on
from reqtrack.baselines.queries import baseline_for
from reqtrack.errors import invalid
from reqtrack.permissions import Actor

NOW = "now"
# Set by the areas above: what else two names may stand for, beside ``point``: (actor, project, old, new) → two points, or None.
PAIRS: list[Callable[[Actor, Project, str, str], tuple[Point, Point] | None]] = []


def points(actor: Actor, project: Project, old: str, new: str) -> tuple[Point, Point]:
    """The two points that are named.

    Raises:
        NotFound: there is no such baseline or branch. Invalid: as ``point``.
    """
    for pair in PAIRS:
        if (found := pair(actor, project, old, new)) is not None:
            return found
    return point(actor, project, old), point(actor, project, new)


def point(actor: Actor, project: Project, given: str) -> Point:
    """The point that is named: a baseline (``BL-1``), a day (``2026-11-20``), or ``now`` (also "").

    Raises:
        NotFound: there is no such baseline. Invalid: it is no day.
    """
    given = given.strip()
    if not given or given.lower() == NOW:
        return point_now(project.id, actor)
    if given.upper().startswith("BL-"):
        return point_of(baseline_for(actor, project.id, given), actor)
    try:
        return point_on(project, date.fromisoformat(given), actor)
    except ValueError:
        raise invalid(
            "from", "%(given)s is neither a baseline nor a day such as 2026-11-20.", given=given[:40]
        ) from None


def names(given: Mapping[str, str]) -> tuple[str, str]:
    """The two points that a comparison is asked for; a day that was typed wins over the choice beside it."""
    old = given.get("from_day", "").strip() or given.get("from", "").strip()
    return old, given.get("to", "").strip() or NOW
