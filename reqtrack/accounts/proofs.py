"""Checking a password (slow on purpose, never under the write lock) or a code: counted, so that guessing makes the account rest.

Whether a login exists is not to be learned here: unknown, disabled, resting and wrong take as long and sound the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, select, update

from reqtrack import clock
from reqtrack.accounts import codes, sessions, vault
from reqtrack.accounts.models import Authenticator, RecoveryCode, SignIn, User
from reqtrack.accounts.names import MOST_PASSWORD, normal_login
from reqtrack.audit.record import recorded
from reqtrack.db import db, reading, writing
from reqtrack.errors import no
from reqtrack.permissions import Actor

MOST_FAILURES = 8
LOCK_MINUTES = 15
# Hashed against when the login is unknown, so that the answer takes as long.
_NOBODY = User(login="", password="")


@dataclass(frozen=True)
class Attempt:
    """What came of a password or code: ``user`` when it was theirs; ``known`` is the login when there is such an account.

    ``by`` is what it was (password, totp, recovery_code); ``second_step``: their authenticator's code is wanted beside it.
    """

    user: User | None
    known: str
    resting: bool = False
    by: str = "password"
    second_step: bool = False


def attempt(login: str, password: str) -> Attempt:
    """Try a password. Opens short transactions of its own: call it when none is open."""
    user, app = _found(User.login == normal_login(login))
    right = sessions.proves(user or _nobody(), password[:MOST_PASSWORD])
    if user is None:
        return Attempt(None, "")
    # Before the second step nothing is proved: whoever knows the password would else guess codes without end.
    return _counted(user, right, "password", second_step=app is not None)


def attempt_code(user_id: int, code: str, recovery: bool = False) -> Attempt:
    """Try the code of somebody's authenticator, or with ``recovery`` one of their recovery codes too; each is good once.

    Opens short transactions of its own: call it when none is open.
    """
    user, app = _found(User.id == user_id)
    if user is None:
        return Attempt(None, "")
    if _rests(user):
        return Attempt(None, user.login, resting=True)
    if codes.figures(code):
        return _counted(user, app is not None and _use_code(app, codes.figures(code)), "totp")
    return _counted(user, recovery and app is not None and _use_recovery_code(user, code), "recovery_code")


def check(login: str, given: str) -> str:
    """Take the password or the authenticator's code of whoever is signed in: the sign-in of this request's browser counts as
    fresh from now on. Returns by what it was proved: password or totp.

    Opens short transactions of its own: call it when none is open.

    Raises:
        Refused: 403 wrong, or 429 while the account rests after too many wrong ones.
    """
    tried = _either(login, given)
    if tried.resting:
        message = "Too many wrong passwords: this account rests. Try again in %(minutes)s minutes."
        no("locked", message, minutes=LOCK_MINUTES).require(429)
    if tried.user is None and tried.by == "totp":
        no("wrong_code", "This code is wrong, out of date or used. Wait for the next one.", field="password").require(
            403
        )
    if tried.user is None:
        no("wrong_password", "This is not your password.", field="password").require(403)
        raise AssertionError("unreachable")
    refresh(tried.user.id, tried.by)
    return tried.by


def _either(login: str, given: str) -> Attempt:
    if codes.figures(given):
        user, app = _found(User.login == normal_login(login))
        if user is not None and app is not None:
            return replace(attempt_code(user.id, given), by="totp")
    return attempt(login, given)


def refresh(user_id: int, by: str) -> None:
    """They have just proved themselves in this request's browser. Opens a transaction of its own."""
    found = sessions.of_this_browser()
    if found:
        with writing():
            now: datetime = clock.now()
            statement = update(SignIn).where(SignIn.id == found, SignIn.user_id == user_id)
            values = {"proved_at": now, "proved_by": by}
            db.session.execute(
                statement.values(**values), execution_options={"spine": True, "synchronize_session": False}
            )


def _found(whose: ColumnElement[bool]) -> tuple[User | None, Authenticator | None]:
    """An active account and its authenticator."""
    with reading():
        row = db.session.execute(
            select(User, Authenticator)
            .outerjoin(Authenticator, and_(Authenticator.user_id == User.id, live_authenticator()))
            .where(whose, User.active)
        ).first()
        db.session.expunge_all()
    return (row[0], row[1]) if row else (None, None)


def live_authenticator() -> ColumnElement[bool]:
    """That an authenticator counts: confirmed, and not ended."""
    return and_(Authenticator.ended_at.is_(None), Authenticator.confirmed_at.is_not(None))


def _rests(user: User) -> bool:
    return user.locked_until is not None and user.locked_until > clock.now()


def _counted(user: User, right: bool, by: str, second_step: bool = False) -> Attempt:
    if _rests(user):
        return Attempt(None, user.login, resting=True)
    if not right:
        _count(user)
        return Attempt(None, user.login, by=by)
    if user.failures and not second_step:
        _set(user, failures=0, locked_until=None)
    return Attempt(user, user.login, by=by, second_step=second_step)


def _use_code(app: Authenticator, code: str) -> bool:
    """Whether a code fits, and was not used: of two requests with the same code one is told no."""
    try:
        step = codes.step_of(vault.taken_out(app.secret), code, clock.now(), app.last_step)
    except vault.Locked:
        return False
    if step is None:
        return False
    statement = update(Authenticator).where(
        Authenticator.id == app.id, Authenticator.last_step < step, live_authenticator()
    )
    with writing():
        # Like a password that was counted: in the access log, no event.
        options = {"spine": True, "synchronize_session": False}
        done: Any = db.session.execute(statement.values(last_step=step), execution_options=options)
    return bool(done.rowcount)


def _use_recovery_code(user: User, code: str) -> bool:
    digest = codes.recovery_digest(user.id, code)
    with writing():
        row = db.session.execute(
            select(RecoveryCode).where(RecoveryCode.digest == digest, RecoveryCode.used_at.is_(None))
        ).scalar()
        if row is None:
            return False
        with recorded(
            Actor(id=user.id, login=user.login, name=user.name), 0, "user.recovery_code_used", user.login
        ) as entry:
            row.used_at = entry.at
    return True


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
