"""Loaders and lists of users, projects and members."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Invitation, Membership, Project, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Member:
    """A member of a project with the roles held now."""

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    active: bool


def project_for(actor: Actor, key: str) -> Project:
    """The project of that key, if the actor is a member (or works from the command line).

    Raises:
        NotFound: none, or not theirs.
    """
    project = db.session.execute(select(Project).where(Project.key == key.upper())).scalar()
    if project is None or (actor.kind == "user" and not actor.roles_in(project.id)):
        raise NotFound(key)
    return project


def user_by_login(login: str) -> User:
    """The account of that login.

    Raises:
        NotFound: there is none.
    """
    user = db.session.execute(select(User).where(User.login == login.strip())).scalar()
    if user is None:
        raise NotFound(login)
    return user


def members(project_id: int) -> list[Member]:
    """The members of a project, by name (one query)."""
    found: dict[int, tuple[User, list[str]]] = {}
    for user, role in db.session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, Membership.ended_at.is_(None))
        .order_by(User.name, User.id, Membership.role)
    ):
        found.setdefault(user.id, (user, []))[1].append(role)
    return [Member(user.id, user.login, user.name, tuple(roles), user.active) for user, roles in found.values()]


def names_by_id(ids: set[int]) -> dict[int, str]:
    """Names of users by id."""
    if not ids:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


def open_invitation(secret: str) -> Invitation:
    """The invitation of a link that may still be used.

    Raises:
        NotFound: unknown, used, revoked or out of date (not told apart).
    """
    found = db.session.execute(
        select(Invitation).where(
            Invitation.digest == digest_of(secret),
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
    ).scalar()
    if found is None:
        raise NotFound("invitation")
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
