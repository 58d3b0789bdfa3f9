"""Signing in: Flask-Security hashes and verifies, the server knows each signed-in browser and can end it.

Flask-Security registers no routes of its own; its datastore's commits become flushes, because only the web layer commits.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, session
from flask_login.utils import _user_context_processor
from flask_principal import Principal
from flask_security.core import RoleMixin, Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import hash_password, verify_password
from sqlalchemy import and_, bindparam, select, update

from reqtrack import clock
from reqtrack.accounts.models import Membership, Project, SignIn, Token, User
from reqtrack.audit.kept import head_of, know
from reqtrack.db import db, writing
from reqtrack.permissions import Actor

SIGN_IN_DAYS = 30
IDLE_DAYS = 14
PROOF_MINUTES = 10
# How old ``seen_at`` may be before it is written again: a browser at work costs one small write an hour.
SEEN_AGAIN = timedelta(hours=1)
COOKIE = "sign_in"
LAST_USER = "last_user"
FORM_TOKEN = "csrf_token"  # noqa: S105 - Flask-WTF's name for it
CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}


# What pages keep of a project hangs on its chain (audit/kept.py): read here, it costs no statement of its own.
HEAD = head_of(Project.id).label("head")


class Datastore(SQLAlchemyUserDatastore):
    """Flask-Security's datastore, whose commits become flushes."""

    def commit(self) -> None:
        self.db.session.flush()


class Role(RoleMixin):
    """Flask-Security wants a role model; ours are per project (Membership), so this one is never filled."""


def init(app: Flask) -> None:
    """Set up Flask-Security without its routes."""
    cheap = app.config["SETTINGS"].cheap_passwords
    app.config.update(
        SECURITY_PASSWORD_SALT="reqtrack",  # noqa: S106 - argon2 salts each hash itself; Flask-Security insists on a name
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=CHEAP if cheap else {},
        SECURITY_REGISTER_BLUEPRINT=False,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"login": {"mapper": str}}],
        SECURITY_CHANGE_EMAIL=False,
    )
    Security(app, Datastore(db, User, Role), register_blueprint=False)
    _look_up_nobody(app)
    app.after_request(_seen_later)


def _look_up_nobody(app: Flask) -> None:
    """Take out what Flask-Login and Flask-Principal do before each request and page: who asks, and what they may, is ours to
    say (web/transaction.py)."""
    before, contexts = app.before_request_funcs[None], app.template_context_processors[None]
    before[:] = [hook for hook in before if not isinstance(getattr(hook, "__self__", None), Principal)]
    contexts.remove(_user_context_processor)


def digest_of(secret: str) -> str:
    """How tokens, links and sign-ins are kept: the SHA-256 of a long random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hashed(password: str) -> str:
    """The argon2 hash of a password (about a quarter of a second: never under the write lock)."""
    return str(hash_password(_normal(password)))


def proves(user: User, password: str) -> bool:
    """Whether the password is the user's (as slow as hashing)."""
    return bool(user.password) and bool(verify_password(_normal(password), user.password))


def _normal(password: str) -> str:
    """The same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def start(user: User, address: str, agent: str, by: str = "password", proved_at: datetime | None = None) -> None:
    """Sign a browser in: a row here, its secret in the cookie. Any earlier cookie content is dropped (no fixation).

    The form token alone is kept, and only where the same person was signed in here before: a page left open in another tab
    can then still be sent. It is made here for others, so that the cookie need not be sent again with their first page.
    ``by`` says how they proved themselves, ``proved_at`` when, where that was not just now.
    """
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        SignIn(
            id=digest_of(secret), user_id=user.id, made_at=now, seen_at=now, proved_at=proved_at or now,
            proved_by=by, address=address[:64], agent=agent[:300],
        )
    )  # fmt: skip
    same = session.get(LAST_USER) == user.id
    form_token = session.get(FORM_TOKEN) if same else None
    session.clear()
    session[FORM_TOKEN] = form_token or secrets.token_hex(20)
    session[COOKIE] = secret
    session[LAST_USER] = user.id
    session.permanent = True


def end(sign_in: str) -> None:
    """Sign a browser out: its cookie is worth nothing from now on."""
    row = db.session.get(SignIn, sign_in)
    if row is not None and row.ended_at is None:
        row.ended_at = clock.now()
    if sign_in == of_this_browser():
        session.pop(COOKIE, None)


def end_all(user_id: int) -> None:
    """Sign all browsers of a user out (a password change, a disabled account)."""
    statement = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    db.session.execute(statement, execution_options={"spine": True, "synchronize_session": "fetch"})


def of_this_browser() -> str:
    """The id of the sign-in that this request's cookie names; "" when there is none, or no request."""
    secret = session.get(COOKIE) if has_request_context() else None
    return digest_of(secret) if isinstance(secret, str) else ""


def _seen_later(response: Response) -> Response:
    """Once an hour, after the response is sent: this browser (or token) was seen."""
    due = g.pop("seen_due", None)
    if due is not None:
        app, (model, identity) = current_app._get_current_object(), due  # type: ignore[attr-defined]

        def write() -> None:
            with app.app_context(), writing():
                statement = update(model).where(model.id == identity).values(seen_at=clock.now())
                db.session.execute(statement, execution_options={"spine": True, "synchronize_session": False})

        response.call_on_close(write)
    return response


def actor_of_cookie() -> tuple[Actor, dict[str, Project]] | None:
    """The signed-in actor of this request and their projects by key; None when nobody is signed in (one query)."""
    sign_in = of_this_browser()
    if not sign_in:
        return None
    now = clock.now()
    asked = {"sign_in": sign_in, "made": now - timedelta(days=SIGN_IN_DAYS), "seen": now - timedelta(days=IDLE_DAYS)}
    rows = db.session.execute(_of_cookie(), asked).all()
    if not rows:
        return None
    found = rows[0]
    if found.seen_at < now - SEEN_AGAIN:
        g.seen_due = (SignIn, found.id)
    know({row.Project.id: row.head for row in rows if row.Project is not None})
    fresh = found.proved_at > now - timedelta(minutes=PROOF_MINUTES)
    return _actor(found.User, rows, sign_in=found.id, reauthenticated=fresh, proved_by=found.proved_by)


# These are asked on every request: their statements are put together once.
@cache
def _of_cookie() -> Any:
    return (
        _with_roles(
            select(User, SignIn.id, SignIn.proved_at, SignIn.proved_by, SignIn.seen_at, Membership.role, Project, HEAD)
        )
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.id == bindparam("sign_in"),
            SignIn.ended_at.is_(None),
            SignIn.made_at > bindparam("made"),
            SignIn.seen_at > bindparam("seen"),
            User.active,
        )
    )


@cache
def _of_token() -> Any:
    return (
        _with_roles(select(User, Token.id, Token.scope, Token.seen_at, Membership.role, Project, HEAD))
        .join(Token, Token.user_id == User.id)
        .where(
            Token.digest == bindparam("digest"),
            Token.ended_at.is_(None),
            Token.expires_at > bindparam("now"),
            User.active,
        )
    )


def actor_of_token(secret: str) -> tuple[Actor, dict[str, Project]] | None:
    """The actor of an API token and their projects by key; None when it is unknown, ended or out of date."""
    rows = db.session.execute(_of_token(), {"digest": digest_of(secret), "now": clock.now()}).all()
    if not rows:
        return None
    found = rows[0]
    if found.seen_at is None or found.seen_at < clock.now() - SEEN_AGAIN:
        g.seen_due = (Token, found.id)
    know({row.Project.id: row.head for row in rows if row.Project is not None})
    return _actor(found.User, rows, scope=found.scope)


def actor_of(user: User, **more: Any) -> tuple[Actor, dict[str, Project]]:
    """An actor for a user, with the roles they hold now, and their projects by key."""
    return _actor(user, db.session.execute(_held_by(), {"user": user.id}).all(), **more)


@cache
def _held_by() -> Any:
    return (
        select(Membership.role, Project)
        .join(Project, Project.id == Membership.project_id)
        .where(Membership.user_id == bindparam("user"), Membership.ended_at.is_(None))
    )


def _with_roles(wanted: Any) -> Any:
    """A statement about a user, with a row for each role they hold now: ``role`` and ``Project`` are None where there is none."""
    live = and_(Membership.user_id == User.id, Membership.ended_at.is_(None))
    return wanted.select_from(User).outerjoin(Membership, live).outerjoin(Project, Project.id == Membership.project_id)


def _actor(user: User, rows: Iterable[Any], **more: Any) -> tuple[Actor, dict[str, Project]]:
    """The actor of a user and of rows with ``role`` and ``Project``."""
    roles: dict[int, set[str]] = {}
    projects: dict[str, Project] = {}
    for row in rows:
        if row.Project is not None:
            roles.setdefault(row.Project.id, set()).add(row.role)
            projects[row.Project.key] = row.Project
    held = {project_id: frozenset(names) for project_id, names in roles.items()}
    archived = frozenset(project.id for project in projects.values() if project.archived_at is not None)
    actor = Actor(
        id=user.id, login=user.login, name=user.name, roles=held, is_admin=user.is_admin, locale=user.locale,
        archived=archived, **more,
    )  # fmt: skip
    return actor, projects
