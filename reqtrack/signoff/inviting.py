"""The part of a sign-off's page that lets people outside sign by a one-time link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reqtrack.permissions import Actor
from reqtrack.signoff import outside, queries
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.policy import Facts, may_request
from reqtrack.signoff.queries.outside import links_of, members, state_of


def panel(actor: Actor, signoff: Signoff, taken: Sequence[queries.Taken], facts: Facts) -> dict[str, Any] | None:
    """Who outside may be sent a link, and the links that there are; None where nobody outside is asked, or it is not the reader's."""
    names = {one.seat.position: one.name for one in taken if one.seat.outside}
    if not names:
        return None
    may = bool(may_request(actor, signoff.project_id))
    people = members(signoff.project_id)
    rows = [_row(actor, signoff, row, people, names) for row in links_of(signoff)]
    if not may:
        rows = [one for one in rows if one["state"] == "open" and one["may_tell"]]
    seats = [one.seat for one in taken if one.seat.outside and outside.waits(signoff, facts, one.seat)] if may else []
    if not (seats or rows):
        return None
    return {"seats": [(one.position, one.outside) for one in seats], "rows": rows, "days": outside.DAYS}


def _row(actor: Actor, signoff: Signoff, row: Any, people: Sequence[Any], names: dict[int, str]) -> dict[str, Any]:
    able = outside.tellers(people, row.made_by)
    return {
        "link": row,
        "name": names.get(row.position, ""),
        "state": state_of(row) if signoff.state == "requested" or row.used_at else "over",
        "may_tell": bool(outside.may_tell(actor, row.made_by, able)),
        "may_end": bool(outside.may_revoke(actor, signoff.project_id, row.made_by)),
        "tellers": [one.name for one in able],
    }
