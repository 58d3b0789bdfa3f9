"""What a worker does for the radar while no job waits: keeping how many findings there are, so that each day has its figures.

Whatever was written in a project since the last time is counted again, so what is kept at midnight is the end of the day. A day
on which no worker ran has no figures. Where the worker lives in the process that serves, what it computed is also in memory for the
next reader.
"""

from __future__ import annotations

import time
from datetime import date

from flask import current_app
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import project_for
from reqtrack.audit.kept import head_of
from reqtrack.db import plain, reading, writing
from reqtrack.jobs.queue import Chore
from reqtrack.permissions import SYSTEM
from reqtrack.radar import actions
from reqtrack.radar.queries.findings import numbers

# Jobs wait no longer than this for it.
MOST_SECONDS = 2.0


def keep_tallies() -> None:
    """Count the findings of those projects in which something was written, or a day began, since they were counted last."""
    counted: dict[int, tuple[str | None, date]] = current_app.extensions.setdefault("reqtrack_tallies", {})
    with reading():
        wanted = select(Project.id, Project.key, Project.zone, head_of(Project.id).label("head"))
        projects = plain(wanted.where(Project.archived_at.is_(None)).order_by(Project.id)).all()
    until = time.monotonic() + MOST_SECONDS
    for row in projects:
        now = (row.head, clock.today(row.zone))
        if counted.get(row.id) == now:
            continue
        _keep(row.key, now[1])
        counted[row.id] = now
        if time.monotonic() > until:
            return  # the rest comes next time


def _keep(key: str, day: date) -> None:
    with reading():
        found = numbers(project_for(SYSTEM, key), SYSTEM)
    with writing(key):
        actions.keep_tally(project_for(SYSTEM, key), day, found)


CHORE = Chore("radar tallies", 60, keep_tallies)
