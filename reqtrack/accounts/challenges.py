"""What was asked of a passkey or of the provider: kept by its digest, answered once, within minutes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update

from reqtrack import clock
from reqtrack.accounts.models import Challenge
from reqtrack.accounts.sessions import digest_of
from reqtrack.db import db, writing
from reqtrack.errors import no

MINUTES = 10
_OPTIONS = {"spine": True, "synchronize_session": False}


def make(purpose: str, user_id: int | None = None, detail: Any = None) -> str:
    """A new challenge (base64url, 256 random bits) in the transaction of the request; what is long past goes."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    past = now - timedelta(minutes=MINUTES)
    db.session.execute(delete(Challenge).where(Challenge.made_at < past), execution_options=_OPTIONS)
    db.session.add(Challenge(id=digest_of(secret), purpose=purpose, user_id=user_id, detail=detail, made_at=now))
    return secret


def use(secret: str, purpose: str, user_id: int | None = None) -> Any:
    """The detail of a challenge that is answered now; from now on it is worth nothing.

    Opens a transaction of its own, which stays whatever becomes of the answer: call it when none is open.

    Raises:
        Refused: 403; unknown, used, out of date, for something or somebody else.
    """
    with writing():
        row = db.session.get(Challenge, digest_of(secret))
        live = row is not None and row.made_at >= clock.now() - timedelta(minutes=MINUTES)
        if row is not None and live and (row.purpose, row.user_id) == (purpose, user_id):
            statement = update(Challenge).where(Challenge.id == row.id, Challenge.used_at.is_(None))
            done: Any = db.session.execute(statement.values(used_at=clock.now()), execution_options=_OPTIONS)
            if done.rowcount:
                return row.detail
    no("challenge", "This was asked too long ago, or answered already. Try once more.").require(403)
    raise AssertionError("unreachable")
