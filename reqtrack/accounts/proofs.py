"""Checking a password: slow on purpose, never under the write lock, and counted so that guessing locks the account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from reqtrack import clock
from reqtrack.accounts import sessions
from reqtrack.accounts.models import User
from reqtrack.db import db, reading, writing
from reqtrack.errors import no

MOST_FAILURES = 8
LOCK_MINUTES = 15
# Hashed against when the login is unknown, so that the answer takes as long.
_NOBODY = User(login="", password="")


def check(login: str, password: str) -> User:
    """The user whose password this is. Opens short transactions of its own: call it when none is open.

    Raises:
        Refused: 403 wrong, or 429 locked after too many wrong ones.
    """
    with reading():
        user = db.session.execute(select(User).where(User.login == login, User.active)).scalar()
        db.session.expunge_all()
    if user is not None and user.locked_until is not None and user.locked_until > clock.now():
        no("locked", "Too many wrong passwords. Try again in %(minutes)s minutes.", minutes=LOCK_MINUTES).require(429)
    right = sessions.proves(user or _nobody(), password)
    if user is None or not right:
        if user is not None:
            _count(user)
        no("wrong_password", "Login or password is wrong.", field="password").require(403)
        raise AssertionError("unreachable")
    if user.failures:
        _forget(user)
    return user


def _nobody() -> User:
    if not _NOBODY.password:
        _NOBODY.password = sessions.hashed("nobody has this password")
    return _NOBODY


def _count(user: User) -> None:
    failures = user.failures + 1
    until = clock.now() + timedelta(minutes=LOCK_MINUTES) if failures >= MOST_FAILURES else None
    _set(user, failures=0 if until else failures, locked_until=until)


def _forget(user: User) -> None:
    _set(user, failures=0, locked_until=None)


def _set(user: User, **values: object) -> None:
    # Not a change of what the account is, so no event: failures are in the access log.
    with writing():
        db.session.execute(update(User).where(User.id == user.id).values(**values), execution_options={"spine": True})
