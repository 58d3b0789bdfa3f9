"""Checking a password: slow on purpose, never under the write lock, and counted so that guessing makes the account rest.

Whether a login exists is not to be learned here: unknown, disabled, resting and wrong take as long and sound the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, literal, select, update

from reqtrack import clock
from reqtrack.accounts import sessions
from reqtrack.accounts.models import SignIn, User
from reqtrack.accounts.names import MOST_PASSWORD, normal_login
from reqtrack.db import db, reading, writing
from reqtrack.errors import no

MOST_FAILURES = 8
LOCK_MINUTES = 15
# Hashed against when the login is unknown, so that the answer takes as long.
_NOBODY = User(login="", password="")


@dataclass(frozen=True)
class Attempt:
    """What came of a password: ``user`` when it was theirs; ``known`` is the login when there is such an account."""

    user: User | None
    known: str
    resting: bool = False


def attempt(login: str, password: str) -> Attempt:
    """Try a password. Opens short transactions of its own: call it when none is open."""
    with reading():
        user = db.session.execute(select(User).where(User.login == normal_login(login), User.active)).scalar()
        db.session.expunge_all()
    right = sessions.proves(user or _nobody(), password[:MOST_PASSWORD])
    if user is None:
        return Attempt(None, "")
    resting = user.locked_until is not None and user.locked_until > clock.now()
    if resting:
        return Attempt(None, user.login, resting=True)
    if not right:
        _count(user)
        return Attempt(None, user.login)
    if user.failures:
        _set(user, failures=0, locked_until=None)
    return Attempt(user, user.login)


def check(login: str, password: str) -> User:
    """The user whose password this is, proved again: the sign-in of this request's browser counts as fresh from now on.

    Opens short transactions of its own: call it when none is open.

    Raises:
        Refused: 403 wrong, or 429 while the account rests after too many wrong ones.
    """
    tried = attempt(login, password)
    if tried.resting:
        message = "Too many wrong passwords: this account rests. Try again in %(minutes)s minutes."
        no("locked", message, minutes=LOCK_MINUTES).require(429)
    if tried.user is None:
        no("wrong_password", "This is not your password.", field="password").require(403)
        raise AssertionError("unreachable")
    _refresh(tried.user)
    return tried.user


def _nobody() -> User:
    if not _NOBODY.password:
        _NOBODY.password = sessions.hashed("nobody has this password")
    return _NOBODY


def _count(user: User) -> None:
    """One failure more, counted by the database: guesses sent at once are all counted."""
    until = literal(clock.now() + timedelta(minutes=LOCK_MINUTES), User.locked_until.type)
    full = User.failures + 1 >= MOST_FAILURES
    _set(
        user,
        failures=case((full, 0), else_=User.failures + 1),
        locked_until=case((full, until), else_=User.locked_until),
    )


def _set(user: User, **values: object) -> None:
    # Not a change of what the account is, so no event: failures are in the access log.
    with writing():
        statement = update(User).where(User.id == user.id).values(**values)
        db.session.execute(statement, execution_options={"spine": True, "synchronize_session": False})


def _refresh(user: User) -> None:
    found = sessions.of_this_browser()
    if found:
        with writing():
            now: datetime = clock.now()
            statement = update(SignIn).where(SignIn.id == found, SignIn.user_id == user.id).values(proved_at=now)
            db.session.execute(statement, execution_options={"spine": True, "synchronize_session": False})
