"""The links by which anybody may say something, and by which a sender sees what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from reqtrack import clock
from reqtrack.accounts.links import folded
from reqtrack.accounts.models import Project, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.feedback import policy
from reqtrack.feedback.models import Feedback, FeedbackLink


def open_link(secret: str) -> tuple[FeedbackLink, Project]:
    """The link of a secret that still takes feedback, and its project.

    Raises:
        NotFound: unknown, ended, out of date, or its project is archived (not told apart).
    """
    found = db.session.execute(
        select(FeedbackLink, Project)
        .join(Project, Project.id == FeedbackLink.project_id)
        .where(FeedbackLink.digest == digest_of(folded(secret)))
    ).first()
    if found is None:
        raise NotFound("link")
    link, project = found
    if not policy.is_open(link.expires_at, link.revoked_at, project.archived_at, clock.now()):
        raise NotFound("link")
    return link, project


def sent_by(secret: str) -> tuple[Feedback, Project]:
    """What a sender's own link leads to.

    Raises:
        NotFound: unknown, or its project is archived (not told apart).
    """
    found = db.session.execute(
        select(Feedback, Project)
        .join(Project, Project.id == Feedback.project_id)
        .where(Feedback.receipt == digest_of(folded(secret)), Project.archived_at.is_(None))
    ).first()
    if found is None:
        raise NotFound("link")
    return found[0], found[1]


@dataclass(frozen=True)
class Shown:
    """A link as the project's people see it. ``state``: open, expired or revoked; ``last_at``: when it last brought something."""

    id: int
    name: str
    state: str
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    number: int
    last_at: datetime | None

    @property
    def until(self) -> datetime | None:
        """Its last moment: of the last day, where it ends with one."""
        return self.expires_at - timedelta(seconds=1) if self.expires_at is not None else None


def links_of(project_id: int) -> list[Shown]:
    """The links of a project, open ones first, each with how much it brought (one query)."""
    brought = (
        select(Feedback.__table__.c.link_id, func.count().label("number"), func.max(Feedback.id).label("last"))
        .group_by(Feedback.__table__.c.link_id)
        .subquery()
    )
    rows = db.session.execute(
        select(FeedbackLink, User.name.label("maker"), brought.c.number, Feedback.created_at)
        .outerjoin(brought, brought.c.link_id == FeedbackLink.id)
        .outerjoin(Feedback, Feedback.id == brought.c.last)
        .outerjoin(User, User.login == FeedbackLink.made_by)
        .where(FeedbackLink.project_id == project_id)
        .order_by(FeedbackLink.id.desc())
    )
    return sorted((_shown(row) for row in rows), key=lambda one: one.state != "open")


def _shown(row: Any) -> Shown:
    link: FeedbackLink = row[0]
    expired = link.expires_at is not None and link.expires_at <= clock.now()
    state = "revoked" if link.revoked_at is not None else "expired" if expired else "open"
    return Shown(
        link.id, link.name, state, row.maker or link.made_by, link.made_at, link.expires_at, link.revoked_at,
        row.number or 0, row.created_at,
    )  # fmt: skip


def link_for(project_id: int, number: int) -> FeedbackLink:
    """One link of a project.

    Raises:
        NotFound: there is none, or it is another project's.
    """
    found = db.session.get(FeedbackLink, number)
    if found is None or found.project_id != project_id:
        raise NotFound(f"link {number}")
    return found
