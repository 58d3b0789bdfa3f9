"""Invitations, links that set a password, the link that makes the first account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.links import folded, set_up_secret
from reqtrack.accounts.models import Invitation, PasswordLink, Project, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db
from reqtrack.errors import NotFound


def any_user() -> bool:
    """Whether the site has an account yet."""
    return db.session.execute(select(User.id).limit(1)).first() is not None


def set_up_path(app: Flask) -> str:
    """The path of the page that makes the first account, for whoever starts the server; "" where there is an account."""
    return "" if any_user() else f"/set-up/{set_up_secret(app)}"


def password_links(user_id: int) -> Sequence[PasswordLink]:
    """The links by which an account may still set its password."""
    wanted = select(PasswordLink).where(PasswordLink.user_id == user_id, PasswordLink.used_at.is_(None))
    return db.session.execute(wanted).scalars().all()


def open_password_link(secret: str) -> tuple[PasswordLink, User]:
    """The link of a secret that may still be used, and whose it is.

    Raises:
        NotFound: unknown, used or out of date, or the account is disabled (not told apart).
    """
    found = db.session.execute(
        select(PasswordLink, User)
        .join(User, User.id == PasswordLink.user_id)
        .where(
            PasswordLink.digest == digest_of(folded(secret)),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > clock.now(),
            User.active,
        )
    ).first()
    if found is None:
        raise NotFound("link")
    return found.PasswordLink, found.User


@dataclass(frozen=True)
class Invited:
    """An open invitation as its page shows it."""

    invitation: Invitation
    project_id: int
    project_key: str
    project_name: str
    roles: tuple[str, ...]
    inviter: str


def invited(secret: str) -> Invited:
    """What an invitation's link leads to.

    Raises:
        NotFound: unknown, used, revoked or out of date (not told apart).
    """
    invitation = open_invitation(secret)
    row: Any = db.session.execute(
        select(Project.id, Project.key, Project.name, User.name.label("inviter"))
        .select_from(Invitation)
        .join(Project, Project.id == Invitation.project_id)
        .outerjoin(User, User.id == Invitation.made_by)
        .where(Invitation.id == invitation.id)
    ).one()
    return Invited(invitation, row.id, row.key, row.name, tuple(invitation.roles.split()), row.inviter or "")


def open_invitation(secret: str) -> Invitation:
    """The invitation of a link that may still be used.

    Raises:
        NotFound: unknown, used, revoked or out of date (not told apart).
    """
    found = db.session.execute(
        select(Invitation).where(
            Invitation.digest == digest_of(folded(secret)),
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
    ).scalar()
    if found is None:
        raise NotFound("invitation")
    return found


def invitation_of(project_id: int, number: int) -> Invitation:
    """One open invitation of a project.

    Raises:
        NotFound: there is none, or it is another project's.
    """
    found = next((one for one in invitations(project_id) if one.id == number), None)
    if found is None:
        raise NotFound(str(number))
    return found


def invitations(project_id: int) -> list[Invitation]:
    """The invitations of a project that may still be used."""
    return list(
        db.session.execute(
            select(Invitation)
            .where(
                Invitation.project_id == project_id,
                Invitation.used_at.is_(None),
                Invitation.revoked_at.is_(None),
                Invitation.expires_at > clock.now(),
            )
            .order_by(Invitation.id.desc())
        ).scalars()
    )
