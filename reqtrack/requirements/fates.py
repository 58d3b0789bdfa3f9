"""What became of requirements, for those whose words they are made of: wanted, decided, built, put off, or not, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.interviews.fates import Fate
from reqtrack.requirements.models import Phase, Requirement

STATES = {
    "draft": "wanted", "in_review": "wanted", "approved": "decided", "implemented": "built", "deferred": "later",
    "rejected": "no", "obsolete": "no",
}  # fmt: skip
# Of these the reason is told.
TOLD_WHY = ("deferred", "rejected", "obsolete")


def fates(project_id: int, ids: Sequence[int]) -> dict[int, Fate]:
    """What became of each of some requirements (two queries)."""
    own = Requirement.__table__
    rows = db.session.execute(
        select(
            Requirement.id, Requirement.key, Requirement.stage, Requirement.retired, Requirement.tier, Phase.name,
            Phase.starts_on, Phase.ends_on, own.c.deferred_until,
        )
        .outerjoin(Phase, Phase.id == Requirement.phase_id)
        .where(Requirement.project_id == project_id, Requirement.id.in_(ids))
    ).all()  # fmt: skip
    why = _reasons(project_id, [row.key for row in rows if row.stage in TOLD_WHY or row.retired])
    return {
        row.id: Fate(
            state="no" if row.retired else STATES[row.stage],
            tier=row.tier or "",
            phase=row.name or "",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            why=why.get(row.key, ""),
            until=row.deferred_until or "",
        )
        for row in rows
    }


def _reasons(project_id: int, keys: Sequence[str]) -> Mapping[str, str]:
    """The reason of the newest move of each, by key; none where a change moved it: that names the change, which is not theirs to see."""
    if not keys:
        return {}
    rows = db.session.execute(
        select(Event.subject, Event.reason, Event.after)
        .where(
            Event.project_id == project_id,
            Event.subject.in_(keys),
            Event.action.in_(("requirement.moved", "requirement.retired")),
        )
        .order_by(Event.seq)
    )
    return {row.subject: "" if "change" in json.loads(row.after or "{}") else row.reason for row in rows}
