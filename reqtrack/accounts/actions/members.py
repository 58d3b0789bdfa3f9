"""Verbs on members of projects and invitations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from reqtrack.accounts import links, names, policy
from reqtrack.accounts.actions.users import make_user
from reqtrack.accounts.models import Invitation, Membership, Project, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.audit.record import recorded
from reqtrack.db import db, lock_project
from reqtrack.errors import NotFound, invalid, no
from reqtrack.permissions import ROLES, Actor

INVITATION_DAYS = 14


def set_role(actor: Actor, project: Project, user: User, role: str) -> None:
    """Give a user a role in a project; nothing happens when they hold it.

    Raises:
        Refused: no permission, or the account is disabled. Invalid: no such role.
    """
    policy.may_manage_members(actor, project.id).require()
    if role not in ROLES:
        raise invalid("role", "%(role)s is not a role: %(roles)s.", role=role, roles=ROLES)
    if not user.active:
        no("disabled", "%(login)s is disabled: the account cannot sign in.", login=user.login).require(409)
    _give(actor, project, user, role)


def _give(actor: Actor, project: Project, user: User, role: str) -> None:
    if _live(project, user.id, role) is not None:
        return
    with recorded(actor, project.id, "member.added", user.login) as entry:
        join(entry.at, project, user.id, role)
        entry.after = {"login": user.login, "role": role}


def end_role(actor: Actor, project: Project, user: User, role: str) -> None:
    """Take a role from a user.

    Raises:
        NotFound: they do not hold it. Refused: no permission (403), or it is the last project manager (409).
    """
    row = _live(project, user.id, role)
    if row is None:
        raise NotFound(role)
    verdict = policy.may_end_role(actor, project.id, role, _holders(project, role))
    verdict.require(403 if any(one.code == "no_permission" for one in verdict.reasons) else 409)
    with recorded(actor, project.id, "member.ended", user.login, before={"role": role}) as entry:
        row.ended_at = entry.at


def _holders(project: Project, role: str) -> int:
    live = select(Membership.id).where(
        Membership.project_id == project.id, Membership.role == role, Membership.ended_at.is_(None)
    )
    return len(db.session.execute(live).all())


def _live(project: Project, user_id: int, role: str) -> Membership | None:
    return db.session.execute(
        select(Membership).where(
            Membership.project_id == project.id,
            Membership.user_id == user_id,
            Membership.role == role,
            Membership.ended_at.is_(None),
        )
    ).scalar()


def join(at: datetime, project: Project, user_id: int, role: str) -> None:
    """Add a membership, inside ``recorded()``."""
    db.session.add(Membership(project_id=project.id, user_id=user_id, role=role, since=at))


def invite(actor: Actor, project: Project, roles: Iterable[str], name: str = "") -> str:
    """Make an invitation and return the secret of its link.

    Raises:
        Refused: no permission. Invalid: no role.
    """
    policy.may_manage_members(actor, project.id).require()
    wanted = [role for role in ROLES if role in set(roles)]
    if not wanted:
        raise invalid("roles", "Choose at least one role.", "required")
    secret = links.new_secret()
    with recorded(actor, project.id, "invitation.made", name[:200] or project.key) as entry:
        db.session.add(
            Invitation(
                project_id=project.id, digest=digest_of(secret), roles=" ".join(wanted), name=name.strip()[:200],
                made_by=actor.id or None, made_at=entry.at, expires_at=entry.at + timedelta(days=INVITATION_DAYS),
            )
        )  # fmt: skip
        entry.after = {"roles": wanted}
    return secret


def accept_invitation(actor: Actor, invitation: Invitation, user: User) -> None:
    """Use an invitation up: the user gets its roles. The invitation itself is the permission."""
    project = db.session.get_one(Project, invitation.project_id)
    # The page's address does not name the project, so its lock is taken here, after the site's.
    lock_project(db.session.connection(), project.key)
    with recorded(actor, project.id, "invitation.used", user.login) as entry:
        invitation.used_at, invitation.used_by = entry.at, user.id
        entry.after = {"roles": invitation.roles.split()}
    for role in invitation.roles.split():
        _give(actor, project, user, role)


def join_as_new(
    invitation: Invitation, login: str, name: str, password_hash: str, email: str = "", locale: str = ""
) -> User:
    """Make an account by an invitation and use it up.

    Raises:
        Invalid: no login or name, or the login is taken.
    """
    invited = Actor(id=0, login=names.new_login(login), name=names.new_name(name))
    user = make_user(invited, login, name, password_hash, email, False, locale)
    accept_invitation(Actor(id=user.id, login=user.login, name=user.name), invitation, user)
    return user


def revoke_invitation(actor: Actor, invitation: Invitation) -> None:
    """Make a link worthless.

    Raises:
        Refused: no permission.
    """
    policy.may_manage_members(actor, invitation.project_id).require()
    with recorded(actor, invitation.project_id, "invitation.revoked", invitation.name or str(invitation.id)) as entry:
        invitation.revoked_at = entry.at
