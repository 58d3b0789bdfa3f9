"""Feedback that nobody has answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from sqlalchemy import func, select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.db import plain
from reqtrack.feedback.models import Feedback
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting

_own = Feedback.__table__
_new = (Item.kind == "feedback", Item.stage == "new", Item.retired.is_(False), _own.c.group_id.is_(None))


def waiting_for(actor: Actor) -> list[Waiting]:
    """For each project where the actor answers feedback, one line: how much of it is new, since when (one query)."""
    projects = [project_id for project_id in actor.roles if actor.may("feedback.triage", project_id)]
    if actor.kind != "user" or not projects:
        return []
    rows = plain(
        select(Project.key, func.count().label("number"), func.min(Item.created_at).label("since"))
        .select_from(Item)
        .join(_own, _own.c.id == Item.id)
        .join(Project, Project.id == Item.project_id)
        .where(Item.project_id.in_(projects), Project.archived_at.is_(None), *_new)
        .group_by(Project.key)
        .order_by(Project.key)
    )
    return [
        Waiting(
            project_key=row.key,
            kind="answer",
            key="FB",
            title=_ln("%(num)s piece of feedback to answer", "%(num)s pieces of feedback to answer", int(row.number)),
            href_endpoint="feedback.index",
            href_args={"project": row.key},
            since=row.since,
            action=_l("Read it"),
        )
        for row in rows
    ]


def unanswered(project_id: int, days: int) -> list[tuple[str, datetime]]:
    """``(key, since when)`` of the feedback that has been new for so many days or longer, the oldest first (one query)."""
    rows = plain(
        select(Item.key, Item.created_at)
        .join(_own, _own.c.id == Item.id)
        .where(Item.project_id == project_id, Item.created_at <= clock.now() - timedelta(days=days), *_new)
        .order_by(Item.created_at, Item.id)
    )
    return [(row.key, row.created_at) for row in rows]
