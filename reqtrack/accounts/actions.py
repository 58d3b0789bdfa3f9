"""Verbs on users, projects, members, tokens and invitations. Passwords arrive hashed: hashing is never done under the lock."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from reqtrack.accounts import links, names, policy, queries, sessions
from reqtrack.accounts.models import Invitation, Membership, PasswordLink, Project, Token, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.audit.record import recorded
from reqtrack.db import db, lock_project
from reqtrack.errors import NotFound, invalid, no
from reqtrack.permissions import ROLES, Actor

# Called with (actor, project) when a project was made, by areas above that give it its first content (a phase).
PROJECT_MADE: list[Callable[[Actor, Project], None]] = []
SETTINGS = ("name", "zone", "currency", "day_rate", "starts_on", "ends_on", "first_week_skipped")
INVITATION_DAYS = 14
TOKEN_DAYS = 365
PASSWORD_LINK_DAYS = 3


def create_user(
    actor: Actor, login: str, name: str, password_hash: str = "", email: str | None = None, is_admin: bool = False,
    locale: str = "",
) -> User:  # fmt: skip
    """Make an account. Without a password it signs in for the first time by a link (``make_password_link``).

    Raises:
        Refused: no permission. Invalid: no login or name, or the login is taken.
    """
    policy.may_manage_users(actor).require()
    return _make_user(actor, login, name, password_hash, email, is_admin, locale)


def create_first_user(login: str, name: str, password_hash: str, locale: str = "") -> User:
    """Make the first account of a fresh site, an administrator, by whoever holds the set-up link.

    Raises:
        Refused: 409, there are accounts already. Invalid: as for ``create_user``.
    """
    if queries.any_user():
        no("set_up", "This site is set up already. Sign in.").require(409)
    return _make_user(Actor(id=0, login="set-up", name="set-up"), login, name, password_hash, None, True, locale)


def _make_user(
    actor: Actor, login: str, name: str, password_hash: str, email: str | None, is_admin: bool, locale: str
) -> User:
    login, name = names.new_login(login), names.new_name(name)
    if db.session.execute(select(User.id).where(User.login == login)).first():
        raise invalid("login", "There is an account with the login %(login)s already.", "taken", login=login)
    with recorded(actor, 0, "user.created", login) as entry:
        user = User(
            login=login, name=name, email=(email or "").strip() or None, password=password_hash, is_admin=is_admin,
            locale=locale, fs_uniquifier=secrets.token_hex(16), created_at=entry.at,
        )  # fmt: skip
        db.session.add(user)
        entry.after = {"login": login, "name": name, "is_admin": is_admin}
    return user


def set_password(actor: Actor, user: User, password_hash: str) -> None:
    """Change a password; every browser that was signed in is signed out, and links made before are worth nothing.

    Raises:
        Refused: it is neither the actor's nor do they run the site.
    """
    policy.may_set_password(actor, user.id).require()
    _set_password(actor, user, password_hash)


def _set_password(actor: Actor, user: User, password_hash: str) -> None:
    with recorded(actor, 0, "user.password_set", user.login) as entry:
        user.password = password_hash
        user.fs_uniquifier = secrets.token_hex(16)
        user.failures, user.locked_until = 0, None
        for link in queries.password_links(user.id):
            link.used_at = entry.at
    sessions.end_all(user.id)


def make_password_link(actor: Actor, user: User) -> str:
    """Make a link by which a user sets their password once, and return its secret; earlier ones are worth nothing.

    Raises:
        Refused: no permission, or the account is disabled.
    """
    policy.may_manage_users(actor).require()
    if not user.active:
        no("disabled", "%(login)s is disabled already.", login=user.login).require(409)
    secret = links.new_secret()
    with recorded(actor, 0, "user.password_link_made", user.login) as entry:
        for link in queries.password_links(user.id):
            link.used_at = entry.at
        db.session.add(
            PasswordLink(
                user_id=user.id, digest=digest_of(secret), made_by=actor.login, made_at=entry.at,
                expires_at=entry.at + timedelta(days=PASSWORD_LINK_DAYS),
            )
        )  # fmt: skip
    return secret


def use_password_link(link: PasswordLink, password_hash: str) -> User:
    """Set the password of a link's user, as that user; the link is used up. Returns the user."""
    user = db.session.get_one(User, link.user_id)
    _set_password(Actor(id=user.id, login=user.login, name=user.name), user, password_hash)
    return user


def disable_user(actor: Actor, user: User) -> None:
    """Users are disabled, never deleted: their browsers are signed out, their tokens and links end.

    Raises:
        Refused: no permission, the actor's own account, or the last administrator.
    """
    verdict = policy.may_disable(actor, queries.standing(user))
    verdict.require(403 if any(one.code == "no_permission" for one in verdict.reasons) else 409)
    with recorded(actor, 0, "user.disabled", user.login) as entry:
        user.active = False
        for token in queries.live_tokens(user.id):
            token.ended_at = entry.at
        for link in queries.password_links(user.id):
            link.used_at = entry.at
    sessions.end_all(user.id)


def enable_user(actor: Actor, user: User) -> None:
    """Let a disabled account sign in again, with the roles it still has; browsers and tokens stay ended.

    Raises:
        Refused: no permission.
    """
    policy.may_manage_users(actor).require()
    if user.active:
        return
    with recorded(actor, 0, "user.enabled", user.login):
        user.active = True
        user.failures, user.locked_until = 0, None


def change_account(actor: Actor, user: User, values: Mapping[str, Any]) -> None:
    """Change one's own ``name``, ``email`` or ``locale``.

    Raises:
        Refused: it is somebody else's. Invalid: no name.
    """
    policy.may_set_password(actor, user.id).require()
    wanted = {name: value for name, value in values.items() if name in ("name", "email", "locale")}
    if "name" in wanted:
        wanted["name"] = names.new_name(wanted["name"])
    if "email" in wanted:
        wanted["email"] = (wanted["email"] or "").strip() or None
    changed = {name: value for name, value in wanted.items() if getattr(user, name) != value}
    if not changed:
        return
    before = {name: getattr(user, name) for name in changed}
    with recorded(actor, 0, "user.changed", user.login, before=before) as entry:
        for name, value in changed.items():
            setattr(user, name, value)
        entry.after = changed


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
    policy.may_create_project(actor).require()
    name = " ".join(name.split())[:200]
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
    """Change settings of a project (names in ``SETTINGS``).

    Raises:
        Refused: no permission, or 409 when they were changed since version ``seen``. Invalid: no name, dates out of order.
    """
    policy.may_manage_project(actor, project.id).require()
    if seen is not None and seen != project.version:
        no("stale", "The settings were changed while you edited them.").require(409)
    _check_settings(project, values)
    before = {name: _shown(getattr(project, name)) for name in values}
    changed = {name: value for name, value in values.items() if getattr(project, name) != value and name in SETTINGS}
    if not changed:
        return
    with recorded(actor, project.id, "project.changed", project.key, before=before) as entry:
        for name, value in changed.items():
            setattr(project, name, value)
        entry.after = {name: _shown(value) for name, value in changed.items()}


def _check_settings(project: Project, values: Mapping[str, Any]) -> None:
    if "name" in values and not (values["name"] or "").strip():
        raise invalid("name", "A project needs a name.", "required")
    starts_on, ends_on = (values.get(name, getattr(project, name)) for name in ("starts_on", "ends_on"))
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise invalid("ends_on", "A project cannot end before it begins.")


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else str(value)


def set_role(actor: Actor, project: Project, user: User, role: str) -> None:
    """Give a user a role in a project; nothing happens when they hold it.

    Raises:
        Refused: no permission, or the account is disabled. Invalid: no such role.
    """
    policy.may_manage_members(actor, project.id).require()
    if role not in ROLES:
        raise invalid("role", "%(role)s is not a role: %(roles)s.", role=role, roles=", ".join(ROLES))
    if not user.active:
        no("disabled", "%(login)s is disabled: the account cannot sign in.", login=user.login).require(409)
    _give(actor, project, user, role)


def _give(actor: Actor, project: Project, user: User, role: str) -> None:
    if _live(project, user.id, role) is not None:
        return
    with recorded(actor, project.id, "member.added", user.login) as entry:
        _join(entry.at, project, user.id, role)
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


def _join(at: Any, project: Project, user_id: int, role: str) -> None:
    db.session.add(Membership(project_id=project.id, user_id=user_id, role=role, since=at))


def create_token(actor: Actor, user: User, scope: str, name: str = "", days: int = TOKEN_DAYS) -> str:
    """Make an API token and return it; it is shown this once, only its hash is kept.

    Raises:
        Refused: it is neither the actor's account nor do they run the site. Invalid: no such scope.
    """
    policy.may_set_password(actor, user.id).require()
    if scope not in ("read", "write", "admin"):
        raise invalid("scope", "A token's scope is read, write or admin.")
    if scope == "admin" and not user.is_admin:
        raise invalid("scope", "Only an administrator's token can have the scope admin.")
    secret = "rt_" + secrets.token_urlsafe(32)
    with recorded(actor, 0, "token.created", user.login) as entry:
        db.session.add(
            Token(
                user_id=user.id, digest=digest_of(secret), name=name.strip()[:200], scope=scope, made_at=entry.at,
                expires_at=entry.at + timedelta(days=min(max(days, 1), 10 * TOKEN_DAYS)),
            )
        )  # fmt: skip
        entry.after = {"scope": scope, "name": name.strip()[:200]}
    return secret


def end_token(actor: Actor, token: Token, login: str) -> None:
    """End a token of the account ``login``: the next request with it is refused.

    Raises:
        Refused: it is neither the actor's nor do they run the site.
    """
    policy.may_set_password(actor, token.user_id).require()
    if token.ended_at is not None:
        return
    with recorded(actor, 0, "token.ended", login) as entry:
        token.ended_at = entry.at


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
    user = _make_user(invited, login, name, password_hash, email, False, locale)
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
