"""What a worker does for acceptance while no job waits: telling how it stood on each day, in projects where something was written."""

from __future__ import annotations

import time
from datetime import date

from flask import current_app
from sqlalchemy import select

from reqtrack import clock
from reqtrack.acceptance.actions.days import keep_days
from reqtrack.acceptance.queries.days import history, kept_days
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import head_of
from reqtrack.db import plain, reading, writing
from reqtrack.jobs.queue import Chore

# Jobs wait no longer than this for it, but for one large project.
MOST_SECONDS = 2.0


def tell_days() -> None:
    """Compute the days anew of those projects in which something was written, or a day began, since they were computed last."""
    told: dict[int, tuple[str | None, date]] = current_app.extensions.setdefault("reqtrack_status_days", {})
    with reading():
        wanted = select(Project.id, Project.key, Project.zone, head_of(Project.id).label("head"))
        projects = plain(wanted.where(Project.archived_at.is_(None)).order_by(Project.id)).all()
    until = time.monotonic() + MOST_SECONDS
    for row in projects:
        now = (row.head, clock.today(row.zone))
        if told.get(row.id) != now:
            _tell(row.id, row.key, row.zone)
            told[row.id] = now
        if time.monotonic() > until:
            return  # the rest comes next time


def _tell(project_id: int, key: str, zone: str) -> None:
    with reading():
        found, kept = history(project_id, zone), dict(kept_days(project_id))
    if found != kept:
        with writing(key):
            keep_days(project_id, found)


CHORE = Chore("status by day", 600, tell_days)
