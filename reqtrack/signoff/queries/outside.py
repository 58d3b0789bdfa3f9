"""One-time links by which people outside sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.links import folded
from reqtrack.accounts.models import Membership, Project, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.signoff.models import SignLink, Signoff
from reqtrack.signoff.outside import MOST_WRONG
from reqtrack.signoff.queries.seating import Taken, seats_of


@dataclass(frozen=True)
class Opened:
    """What a link leads to: at which seat who signs which request."""

    row: SignLink
    signoff: Signoff
    project: Project
    taken: Taken


def opened(secret: str) -> Opened:
    """What the link of a secret leads to.

    Raises:
        NotFound: unknown, used, taken back, out of date, shut by wrong codes, the request settled, the project archived (not told
            apart).
    """
    found = db.session.execute(
        select(SignLink, Signoff, Project)
        .join(Signoff, Signoff.id == SignLink.signoff_id)
        .join(Project, Project.id == SignLink.project_id)
        .where(
            SignLink.digest == digest_of(folded(secret)), SignLink.used_at.is_(None), SignLink.revoked_at.is_(None),
            SignLink.expires_at > clock.now(), SignLink.wrong < MOST_WRONG, Project.archived_at.is_(None),
            Signoff.state == "requested",
        )
    ).first()  # fmt: skip
    if found is None:
        raise NotFound("link")
    row, signoff, project = found
    taken = next(one for one in seats_of([signoff.id])[signoff.id] if one.seat.position == row.position)
    return Opened(row, signoff, project, taken)


def sender(row: SignLink) -> str:
    """The name of who made a link."""
    name = db.session.execute(select(User.name).where(User.login == row.made_by)).scalar()
    return str(name or row.made_by)


def members(project_id: int) -> list[tuple[User, tuple[str, ...]]]:
    """The active members of a project with their roles (one statement)."""
    held: dict[int, tuple[User, tuple[str, ...]]] = {}
    rows = db.session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, Membership.ended_at.is_(None), User.active)
        .order_by(User.name, User.id)
    )
    for user, role in rows:
        held[user.id] = (user, (*held.get(user.id, (user, ()))[1], role))
    return list(held.values())


def state_of(row: SignLink) -> str:
    """open, used, or over."""
    if row.used_at is not None:
        return "used"
    over = row.revoked_at is not None or row.expires_at <= clock.now() or row.wrong >= MOST_WRONG
    return "over" if over else "open"


def links_of(signoff: Signoff) -> Sequence[SignLink]:
    """The links of a request, the newest first."""
    wanted = select(SignLink).where(SignLink.signoff_id == signoff.id).order_by(SignLink.id.desc()).limit(200)
    return db.session.execute(wanted).scalars().all()


def link_for(signoff: Signoff, number: int) -> SignLink:
    """One link of a request.

    Raises:
        NotFound
    """
    row = db.session.get(SignLink, number)
    if row is None or row.signoff_id != signoff.id:
        raise NotFound(str(number))
    return row


def link_dict(row: SignLink) -> dict[str, Any]:
    """A link as the API shows it; its secret is told once, when it is made."""
    version = 1 + (row.used_at is not None or row.revoked_at is not None)
    return {
        "id": row.id, "version": version, "seat": row.position, "made_by": row.made_by, "made_at": clock.iso(row.made_at),
        "expires_at": clock.iso(row.expires_at), "revoked_at": clock.iso(row.revoked_at) if row.revoked_at else None,
        "used_at": clock.iso(row.used_at) if row.used_at else None, "wrong": row.wrong, "state": state_of(row),
    }  # fmt: skip
