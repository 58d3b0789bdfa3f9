"""Verbs on users, projects, members, tokens and invitations. Passwords arrive hashed: hashing is never done under the lock."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Invitation, Membership, Project, Token, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Reason, invalid, no
from reqtrack.permissions import ROLES, Actor

# Called with (actor, project) when a project was made, by areas above that give it its first content (a phase).
PROJECT_MADE: list[Callable[[Actor, Project], None]] = []
SETTINGS = ("name", "zone", "currency", "day_rate", "starts_on", "ends_on", "first_week_skipped")
INVITATION_DAYS = 14
TOKEN_DAYS = 365


def create_user(
    actor: Actor, login: str, name: str, password_hash: str = "", email: str | None = None, is_admin: bool = False,
    locale: str = "",
) -> User:  # fmt: skip
    """Make an account.

    Raises:
        Invalid: no login or name, or the login is taken.
    """
    login, name = login.strip(), name.strip()
    if not login or not name:
        raise Invalid((Reason("required", "An account needs a login and a name.", {}, "login" if not login else "name"),))
    if db.session.execute(select(User.id).where(User.login == login)).first():
        raise invalid("login", "There is an account with the login %(login)s already.", "taken", login=login)
    with recorded(actor, 0, "user.created", login) as entry:
        user = User(
            login=login, name=name, email=email or None, password=password_hash, is_admin=is_admin, locale=locale,
            fs_uniquifier=secrets.token_hex(16), created_at=entry.at,
        )  # fmt: skip
        db.session.add(user)
        entry.after = {"login": login, "name": name, "is_admin": is_admin}
    return user


def set_password(actor: Actor, user: User, password_hash: str) -> None:
    """Change a password; every browser that was signed in is signed out by ``fs_uniquifier``."""
    with recorded(actor, 0, "user.password_set", user.login):
        user.password = password_hash
        user.fs_uniquifier = secrets.token_hex(16)


def disable_user(actor: Actor, user: User) -> None:
    """Users are disabled, never deleted."""
    with recorded(actor, 0, "user.disabled", user.login):
        user.active = False


def propose_key(name: str) -> str:
    """A project key from a name: its Latin initials or letters, else ``P`` and a number; free in the installation."""
    words = re.findall(r"[A-Za-z0-9]+", unicodedata.normalize("NFKC", name))
    base = ("".join(word[0] for word in words) if len(words) > 1 else "".join(words)).upper()[:8]
    base = base if re.fullmatch(r"[A-Z][A-Z0-9]+", base) else "P1"
    taken = set(db.session.execute(select(Project.key)).scalars())
    key, number = base, 2
    while key in taken:
        key, number = f"{base.rstrip('0123456789') or 'P'}{number}", number + 1
    return key


def create_project(actor: Actor, name: str, key: str = "", settings: Mapping[str, Any] | None = None) -> Project:
    """Make a project; its maker becomes project manager. A name is enough.

    Raises:
        Invalid: no name, a key that is taken or not 2-10 capital letters and digits.
    """
    name = " ".join(name.split())
    if not name:
        raise invalid("name", "A project needs a name.", "required")
    key = key.strip().upper() or propose_key(name)
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,9}", key):
        raise invalid("key", "A key is 2 to 10 capital letters and digits, beginning with a letter.")
    if db.session.execute(select(Project.id).where(Project.key == key)).first():
        raise invalid("key", "There is a project with the key %(key)s already.", "taken", key=key)
    with recorded(actor, 0, "project.created", key) as entry:
        project = Project(key=key, name=name, created_at=entry.at, **dict(settings or {}))
        db.session.add(project)
        entry.after = {"key": key, "name": name}
    with recorded(actor, project.id, "project.created", key) as entry:
        entry.after = {"key": key, "name": name}
        if actor.kind == "user":
            _join(entry.at, project, actor.id, "project_manager")
    for made in PROJECT_MADE:
        made(actor, project)
    return project


def change_project(actor: Actor, project: Project, values: Mapping[str, Any], seen: int | None = None) -> None:
    """Change settings of a project (names in ``SETTINGS``)."""
    if seen is not None and seen != project.version:
        no("stale", "The settings were changed while you edited them.").require(409)
    before = {name: _shown(getattr(project, name)) for name in values}
    changed = {name: value for name, value in values.items() if getattr(project, name) != value and name in SETTINGS}
    if not changed:
        return
    with recorded(actor, project.id, "project.changed", project.key, before=before) as entry:
        for name, value in changed.items():
            setattr(project, name, value)
        entry.after = {name: _shown(value) for name, value in changed.items()}


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else str(value)


def set_role(actor: Actor, project: Project, user: User, role: str) -> None:
    """Give a user a role in a project; nothing happens when they hold it."""
    if role not in ROLES:
        raise invalid("role", "%(role)s is not a role: %(roles)s.", role=role, roles=", ".join(ROLES))
    if _live(project, user.id, role) is not None:
        return
    with recorded(actor, project.id, "member.added", user.login) as entry:
        _join(entry.at, project, user.id, role)
        entry.after = {"login": user.login, "role": role}


def end_role(actor: Actor, project: Project, user: User, role: str) -> None:
    """Take a role from a user.

    Raises:
        Refused: it is the last project manager.
    """
    row = _live(project, user.id, role)
    if row is None:
        raise NotFound(role)
    if role == "project_manager" and _holders(project, role) == 1:
        no("last_manager", "A project needs a project manager; give the role to somebody else first.").require(409)
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


def _join(at: Any, project: Project, user_id: int, role: str) -> None:
    db.session.add(Membership(project_id=project.id, user_id=user_id, role=role, since=at))


def create_token(actor: Actor, user: User, scope: str, name: str = "", days: int = TOKEN_DAYS) -> str:
    """Make an API token and return it; it is shown this once, only its hash is kept."""
    if scope not in ("read", "write", "admin"):
        raise invalid("scope", "A token's scope is read, write or admin.")
    secret = "rt_" + secrets.token_urlsafe(32)
    with recorded(actor, 0, "token.created", user.login) as entry:
        db.session.add(
            Token(
                user_id=user.id, digest=digest_of(secret), name=name, scope=scope, made_at=entry.at,
                expires_at=entry.at + timedelta(days=days),
            )
        )  # fmt: skip
        entry.after = {"scope": scope, "name": name}
    return secret


def invite(actor: Actor, project: Project, roles: Iterable[str], name: str = "") -> str:
    """Make an invitation and return the secret of its link."""
    wanted = [role for role in ROLES if role in set(roles)]
    if not wanted:
        raise invalid("roles", "Choose at least one role.", "required")
    secret = secrets.token_urlsafe(24)
    with recorded(actor, project.id, "invitation.made", name or project.key) as entry:
        db.session.add(
            Invitation(
                project_id=project.id, digest=digest_of(secret), roles=" ".join(wanted), name=name[:200], made_by=actor.id,
                made_at=entry.at, expires_at=entry.at + timedelta(days=INVITATION_DAYS),
            )
        )  # fmt: skip
        entry.after = {"roles": wanted}
    return secret


def accept_invitation(actor: Actor, invitation: Invitation, user: User) -> None:
    """Use an invitation up: the user gets its roles."""
    project = db.session.get_one(Project, invitation.project_id)
    with recorded(actor, project.id, "invitation.used", user.login) as entry:
        invitation.used_at, invitation.used_by = entry.at, user.id
        entry.after = {"roles": invitation.roles.split()}
    for role in invitation.roles.split():
        set_role(actor, project, user, role)


def revoke_invitation(actor: Actor, invitation: Invitation) -> None:
    """Make a link worthless."""
    with recorded(actor, invitation.project_id, "invitation.revoked", invitation.name or str(invitation.id)) as entry:
        invitation.revoked_at = entry.at
