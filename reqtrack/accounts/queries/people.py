"""Loaders and lists of users, projects and members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select

from reqtrack import clock
from reqtrack.accounts.models import Membership, Project, SignIn, Token, User
from reqtrack.accounts.names import normal_login
from reqtrack.accounts.policy import Standing
from reqtrack.accounts.sessions import IDLE_DAYS, SIGN_IN_DAYS
from reqtrack.db import db
from reqtrack.errors import NotFound, no
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Member:
    """A member of a project with the roles held now."""

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    active: bool


# Asked again and again: put together once.
_PROJECT = select(Project).where(Project.key == bindparam("key"))
_USER = select(User).where(User.login == bindparam("login"))


def project_for(actor: Actor, key: str) -> Project:
    """The project of that key, if the actor is a member (or works from the command line).

    Raises:
        NotFound: none, or not theirs.
    """
    project: Project | None = db.session.execute(_PROJECT, {"key": key.upper()}).scalar()
    if project is None or (actor.kind == "user" and not actor.roles_in(project.id)):
        raise NotFound(key)
    return project


def user_by_login(login: str) -> User:
    """The account of that login.

    Raises:
        NotFound: there is none.
    """
    user: User | None = db.session.execute(_USER, {"login": normal_login(login)}).scalar()
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


def user_by_id(number: int) -> User:
    """The account of that id.

    Raises:
        NotFound: there is none.
    """
    user = db.session.get(User, number)
    if user is None:
        raise NotFound(str(number))
    return user


@dataclass(frozen=True)
class Account:
    """A line of the list of accounts; ``seen_at`` is when one of its browsers was last at work, to the hour."""

    id: int
    login: str
    name: str
    email: str | None
    active: bool
    is_admin: bool
    has_password: bool
    seen_at: datetime | None
    projects: int


ACCOUNTS_PAGE = 50


def accounts(words: str = "", after: str = "", limit: int = ACCOUNTS_PAGE) -> tuple[list[Account], str | None]:
    """Accounts by login, a page of them from behind the login ``after``, and where the next begins (one query)."""
    wanted = _accounts().order_by(User.login).limit(limit + 1)
    if words.strip():
        part = words.strip()
        wanted = wanted.where(
            or_(User.login.contains(normal_login(part), autoescape=True), User.name.icontains(part, autoescape=True))
        )
    if after:
        wanted = wanted.where(User.login > after)
    rows = db.session.execute(wanted).all()
    found = [_account(row) for row in rows[:limit]]
    return found, found[-1].login if len(rows) > limit else None


def account(number: int) -> Account:
    """One account, as a line of the list.

    Raises:
        NotFound: there is none.
    """
    row = db.session.execute(_accounts().where(User.id == number)).first()
    if row is None:
        raise NotFound(str(number))
    return _account(row)


def _accounts() -> Select[Any]:
    seen = select(func.max(SignIn.seen_at)).where(SignIn.user_id == User.id).scalar_subquery()
    held = (
        select(func.count(func.distinct(Membership.project_id)))
        .where(Membership.user_id == User.id, Membership.ended_at.is_(None))
        .scalar_subquery()
    )
    return select(User, seen.label("seen"), held.label("held"))


def _account(row: Any) -> Account:
    user: User = row.User
    return Account(
        user.id, user.login, user.name, user.email, user.active, user.is_admin, bool(user.password), row.seen, row.held
    )


def standing(user: User) -> Standing:
    """What ``policy.may_disable`` asks about an account."""
    others = select(User.id).where(User.is_admin, User.active, User.id != user.id).limit(1)
    last_admin = bool(user.is_admin and user.active and db.session.execute(others).first() is None)
    return Standing(user.id, user.login, user.active, last_admin)


def memberships(user_id: int) -> list[tuple[str, str, list[str]]]:
    """``(key, name, roles)`` of the projects that an account is in now, by name."""
    found: dict[str, tuple[str, list[str]]] = {}
    for key, name, role in db.session.execute(
        select(Project.key, Project.name, Membership.role)
        .join(Membership, Membership.project_id == Project.id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Project.name, Membership.role)
    ):
        found.setdefault(key, (name, []))[1].append(role)
    return [(key, name, roles) for key, (name, roles) in found.items()]


def live_tokens(user_id: int) -> Sequence[Token]:
    """The API tokens of an account that still work, newest first."""
    wanted = select(Token).where(Token.user_id == user_id, Token.ended_at.is_(None), Token.expires_at > clock.now())
    return db.session.execute(wanted.order_by(Token.id.desc())).scalars().all()


def token_of(user_id: int, number: int) -> Token:
    """One token of an account.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = db.session.get(Token, number)
    if found is None or found.user_id != user_id:
        raise NotFound(str(number))
    return found


def browsers(user_id: int) -> Sequence[SignIn]:
    """The browsers in which an account is signed in now, those seen last first."""
    now = clock.now()
    wanted = select(SignIn).where(
        SignIn.user_id == user_id,
        SignIn.ended_at.is_(None),
        SignIn.made_at > now - timedelta(days=SIGN_IN_DAYS),
        SignIn.seen_at > now - timedelta(days=IDLE_DAYS),
    )
    return db.session.execute(wanted.order_by(SignIn.seen_at.desc(), SignIn.made_at.desc())).scalars().all()


def browser_of(user_id: int, sign_in: str) -> SignIn:
    """One signed-in browser of an account.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = db.session.get(SignIn, sign_in)
    if found is None or found.user_id != user_id:
        raise NotFound(sign_in[:12])
    return found


def names_by_id(ids: set[int]) -> dict[int, str]:
    """Names of users by id."""
    if not ids:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


def only_project() -> Project:
    """The one project of the installation, for commands that name none.

    Raises:
        Refused: there are several, or none.
    """
    found = db.session.execute(select(Project).order_by(Project.id).limit(2)).scalars().all()
    if len(found) != 1:
        no("which_project", "Say which project: --project KEY.").require(409)
    return found[0]
