"""One-time links by which somebody is asked to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.accounts.links import folded
from reqtrack.accounts.models import Membership, Project, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.changes.asking import MOST_WRONG as MOST_WRONG
from reqtrack.changes.models import AskLink, Change
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.workflow.tables import CHANGE_OPEN


@dataclass(frozen=True)
class Opened:
    """What a link leads to: who is asked to decide which change."""

    row: AskLink
    change: Change
    project: Project
    user: User


def opened(secret: str) -> Opened:
    """What the link of a secret leads to.

    Raises:
        NotFound: unknown, used, taken back, out of date, shut by wrong codes, the change decided, the account disabled or no
            member any more, the project archived (not told apart).
    """
    member = select(Membership.id).where(
        Membership.project_id == AskLink.project_id,
        Membership.user_id == AskLink.user_id,
        Membership.ended_at.is_(None),
    )
    found = db.session.execute(
        select(AskLink, Change, Project, User)
        .join(Change, Change.id == AskLink.change_id)
        .join(Project, Project.id == AskLink.project_id)
        .join(User, User.id == AskLink.user_id)
        .where(
            AskLink.digest == digest_of(folded(secret)), AskLink.used_at.is_(None), AskLink.revoked_at.is_(None),
            AskLink.expires_at > clock.now(), AskLink.wrong < MOST_WRONG, User.active, Project.archived_at.is_(None),
            Change.retired.is_(False), Change.stage.in_(CHANGE_OPEN), member.exists(),
        )
    ).first()  # fmt: skip
    if found is None:
        raise NotFound("link")
    return Opened(*found)


def sender(found: Opened) -> str:
    """The name of who made a link."""
    name = db.session.execute(select(User.name).where(User.login == found.row.asked_by)).scalar()
    return str(name or found.row.asked_by)


@dataclass(frozen=True)
class Asked:
    """A link as the page of its change tells of it; ``state``: open, used, over."""

    id: int
    login: str
    name: str
    by: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    wrong: int
    state: str


def asks(change: Change) -> list[Asked]:
    """The links of a change, the newest first (one statement)."""
    who, by = aliased(User), aliased(User)
    rows = db.session.execute(
        select(AskLink, who.login, who.name, by.name.label("by"))
        .join(who, who.id == AskLink.user_id)
        .outerjoin(by, by.login == AskLink.asked_by)
        .where(AskLink.change_id == change.id)
        .order_by(AskLink.id.desc())
        .limit(200)
    )
    return [_asked(row) for row in rows]


def _asked(row: Any) -> Asked:
    one: AskLink = row[0]
    over = one.revoked_at is not None or one.expires_at <= clock.now() or one.wrong >= MOST_WRONG
    return Asked(
        one.id, row.login, row.name, row.by or one.asked_by, one.asked_by, one.asked_at, one.expires_at, one.revoked_at,
        one.used_at, one.wrong, "used" if one.used_at is not None else "over" if over else "open",
    )  # fmt: skip


def ask_for(change: Change, number: int) -> AskLink:
    """One link of a change.

    Raises:
        NotFound
    """
    row = db.session.get(AskLink, number)
    if row is None or row.change_id != change.id:
        raise NotFound(str(number))
    return row
