"""Changes that were agreed elsewhere and wait to be confirmed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select

from reqtrack.changes.models import Agreement, Change
from reqtrack.db import plain
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor


def waiting_agreements(actor: Actor, project_id: int) -> list[Any]:
    """``(key, title, agreed_on, waits)`` of those that the actor may see, in number order (one statement); ``waits``: how many of the
    named have not answered."""
    own = Change.__table__
    rows = plain(
        select(Item.key, Item.title, own.c.agreed_on, func.count(Agreement.id).label("waits"))
        .select_from(own)
        .join(Item, Item.id == own.c.id)
        .outerjoin(Agreement, and_(Agreement.change_id == own.c.id, Agreement.answer == ""))
        .where(
            visible(actor, project_id), Item.retired.is_(False), Item.stage == "deciding", own.c.agreed_on.is_not(None)
        )
        .group_by(Item.key, Item.title, Item.number, own.c.agreed_on)
        .order_by(Item.number)
    )
    return list(rows)
