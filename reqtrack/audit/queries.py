"""What happened, read from the chain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.audit.models import Event
from reqtrack.db import db


def as_dict(row: Event) -> dict[str, Any]:
    """An event as the API shows it: ``seq at actor actor_name on_behalf action subject before after reason hash previous``."""
    return {
        "seq": row.seq,
        "at": clock.iso(row.at),
        "actor": row.actor,
        "actor_name": row.actor_name,
        "on_behalf": row.on_behalf or None,
        "action": row.action,
        "subject": row.subject,
        "before": json.loads(row.before) if row.before else None,
        "after": json.loads(row.after) if row.after else None,
        "reason": row.reason or None,
        "seals": json.loads(row.seals) if row.seals else [],
        "hash": row.hash,
        "previous": row.previous,
    }


def events_after(project_id: int, after: int = 0, limit: int = 50) -> Sequence[Event]:
    """Events of a chain in order, those after a sequence."""
    wanted = select(Event).where(Event.project_id == project_id, Event.seq > after).order_by(Event.seq).limit(limit)
    return db.session.execute(wanted).scalars().all()


# As many as a history shows at once.
NEWEST = 200


def newest_about(project_id: int, subject: str, action: str, known: Sequence[Event] = ()) -> Event | None:
    """The newest event of an action about a subject (no statement where it is known).

    Args:
        known: what ``events_about`` gave.
    """
    found = next((one for one in known if one.action == action), None)
    if found is not None or 0 < len(known) < NEWEST:
        return found
    wanted = select(Event).where(Event.project_id == project_id, Event.subject == subject, Event.action == action)
    return db.session.execute(wanted.order_by(Event.seq.desc()).limit(1)).scalar()


def events_about(project_id: int, subject: str, limit: int = NEWEST, before: int | None = None) -> Sequence[Event]:
    """The newest events whose subject is ``subject``, newest first; ``before`` (a sequence) goes on."""
    wanted = select(Event).where(Event.project_id == project_id, Event.subject == subject)
    if before is not None:
        wanted = wanted.where(Event.seq < before)
    wanted = wanted.order_by(Event.seq.desc()).limit(limit)
    return db.session.execute(wanted).scalars().all()
