"""What a worker does for changes while no job waits: it follows the chain and closes those whose acceptance has passed since."""

from __future__ import annotations

import time

from flask import current_app
from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.kept import head_of
from reqtrack.changes.actions.verifying import close_if_passed
from reqtrack.changes.queries.page import change_for
from reqtrack.changes.queries.verifying import passed, to_look_at
from reqtrack.db import plain, reading, writing
from reqtrack.jobs.queue import Chore
from reqtrack.permissions import SYSTEM

# Jobs wait no longer than this for it.
MOST_SECONDS = 2.0


def close_passed() -> None:
    """Look at the changes in effect of those projects in which something was written since they were looked at last."""
    looked: dict[int, str | None] = current_app.extensions.setdefault("reqtrack_changes_looked", {})
    with reading():
        wanted = select(Project.id, Project.key, head_of(Project.id).label("head"))
        projects = plain(wanted.where(Project.archived_at.is_(None)).order_by(Project.id)).all()
    until = time.monotonic() + MOST_SECONDS
    for row in projects:
        if looked.get(row.id) == row.head:
            continue
        with reading():
            ready = [one.key for one in to_look_at(row.id) if passed(one) is not None]
        if ready:
            with writing(row.key):
                for key in ready:
                    close_if_passed(change_for(SYSTEM, row.id, key))
        looked[row.id] = row.head
        if time.monotonic() > until:
            return  # the rest comes next time


CHORE = Chore("closing verified changes", 15, close_passed)
