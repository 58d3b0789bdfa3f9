"""What a worker does for small changes to which nobody objected: they take effect on the day after."""

from __future__ import annotations

import logging

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.changes.actions.silence import pass_by_silence
from reqtrack.changes.models import Change
from reqtrack.changes.queries.page import change_for
from reqtrack.db import plain, reading, writing
from reqtrack.items.models import Item
from reqtrack.jobs.queue import Chore
from reqtrack.permissions import SYSTEM

log = logging.getLogger("reqtrack.worker")


def pass_unobjected() -> None:
    """Put into effect what nobody objected to in time, each change in a transaction of its own."""
    own = Change.__table__
    with reading():
        wanted = (
            select(Item.key, Project.id, Project.key.label("project"), Project.zone, own.c.silent_until)
            .select_from(own)
            .join(Item, Item.id == own.c.id)
            .join(Project, Project.id == Item.project_id)
            .where(own.c.silent_until.is_not(None), Item.stage == "deciding", Project.archived_at.is_(None))
            .order_by(Item.id)
        )
        rows = [row for row in plain(wanted) if row.silent_until < clock.today(row.zone)]
    for row in rows:
        try:
            with writing(row.project):
                pass_by_silence(SYSTEM, change_for(SYSTEM, row.id, row.key))
        except Exception:
            # One that cannot be applied must not keep the others.
            log.exception("%s of %s", row.key, row.project)


CHORE = Chore("changes nobody objected to", 60, pass_unobjected)
