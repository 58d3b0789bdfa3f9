"""Which processes were walked end to end, as acceptance tells it."""

from __future__ import annotations

from collections.abc import Mapping

from reqtrack.acceptance.queries import walks
from reqtrack.acceptance.walking import come_through
from reqtrack.gates.facts import Walk
from reqtrack.permissions import SYSTEM


def walked(project_id: int) -> Mapping[int, Walk]:
    """The walk of each process that came furthest, by its id."""
    return {one.id: _told(one) for one in walks.along(SYSTEM, project_id)}


def _told(along: walks.Along) -> Walk:
    best = along.best
    if best.done or not come_through(best.stops):
        return Walk(best.done)
    stop = best.stop
    place = next(
        (at for at, one in enumerate(along.steps, 1) if stop is not None and one.number == stop.step.number), None
    )
    failed = next((one.key for one in stop.seen if one.status != "passed"), "") if stop is not None else ""
    return Walk(False, place, failed)
