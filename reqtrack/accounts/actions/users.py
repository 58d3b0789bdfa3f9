"""Verbs on accounts, their passwords and tokens. Passwords arrive hashed: hashing is never done under the lock."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from reqtrack.accounts import links, names, policy, queries, sessions
from reqtrack.accounts.models import PasswordLink, Token, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import invalid, no
from reqtrack.permissions import Actor

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
    return make_user(actor, login, name, password_hash, email, is_admin, locale)


def create_first_user(login: str, name: str, password_hash: str, locale: str = "") -> User:
    """Make the first account of a fresh site, an administrator, by whoever holds the set-up link.

    Raises:
        Refused: 409, there are accounts already. Invalid: as for ``create_user``.
    """
    if queries.any_user():
        no("set_up", "This site is set up already. Sign in.").require(409)
    return make_user(Actor(id=0, login="set-up", name="set-up"), login, name, password_hash, None, True, locale)


def make_user(
    actor: Actor, login: str, name: str, password_hash: str, email: str | None, is_admin: bool, locale: str
) -> User:
    """Make an account, whoever is allowed to was asked before."""
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


def set_administrator(actor: Actor, user: User, is_admin: bool) -> None:
    """Make an account an administrator's, or no longer.

    Raises:
        Refused: no permission (403), or it is the last administrator (409).
    """
    verdict = policy.may_change_administrator(actor, queries.standing(user), is_admin)
    verdict.require(403 if any(one.code == "no_permission" for one in verdict.reasons) else 409)
    if user.is_admin == is_admin:
        return
    with recorded(actor, 0, "user.changed", user.login, before={"is_admin": user.is_admin}) as entry:
        user.is_admin = is_admin
        entry.after = {"is_admin": is_admin}


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


def create_token(actor: Actor, user: User, scope: str, name: str = "", days: int = TOKEN_DAYS) -> str:
    """Make an API token and return it; it is shown this once, only its hash is kept.

    Raises:
        Refused: it is neither the actor's account nor do they run the site. Invalid: no such scope.
    """
    policy.may_set_password(actor, user.id).require()
    if scope not in ("read", "write", "admin"):
        raise invalid("scope", "A token's scope is read, write or admin.")
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
