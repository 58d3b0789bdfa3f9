"""By what a person can prove to be themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select

from reqtrack.accounts.models import Authenticator, Identity, Passkey, RecoveryCode, User
from reqtrack.db import db
from reqtrack.errors import NotFound


@dataclass(frozen=True)
class Ways:
    """By what somebody can prove themselves anew."""

    password: bool = True
    code: bool = False
    passkey: bool = False
    provider: bool = False


def ways_of(user_id: int) -> Ways:
    """By what somebody can prove themselves (one query)."""
    app = exists().where(
        Authenticator.user_id == User.id, Authenticator.ended_at.is_(None), Authenticator.confirmed_at.is_not(None)
    )
    key = exists().where(Passkey.user_id == User.id, Passkey.ended_at.is_(None))
    identity = exists().where(Identity.user_id == User.id, Identity.ended_at.is_(None))
    row = db.session.execute(select(User.password != "", app, key, identity).where(User.id == user_id)).one()
    return Ways(*(bool(one) for one in row))


def authenticator(user_id: int) -> Authenticator | None:
    """The authenticator that counts."""
    wanted = _authenticators(user_id).where(Authenticator.confirmed_at.is_not(None))
    found: Authenticator | None = db.session.execute(wanted).scalar()
    return found


def waiting_authenticator(user_id: int) -> Authenticator | None:
    """The newest that waits for its first code."""
    found: Authenticator | None = db.session.execute(
        _authenticators(user_id).where(Authenticator.confirmed_at.is_(None))
    ).scalar()
    return found


def _authenticators(user_id: int) -> Select[Authenticator]:
    wanted = select(Authenticator).where(Authenticator.user_id == user_id, Authenticator.ended_at.is_(None))
    return wanted.order_by(Authenticator.id.desc()).limit(1)


def recovery_codes(user_id: int) -> Sequence[RecoveryCode]:
    """Those that are still good."""
    wanted = select(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.execute(wanted.order_by(RecoveryCode.id)).scalars().all()


def passkeys(user_id: int) -> Sequence[Passkey]:
    """Those that count, the oldest first."""
    wanted = select(Passkey).where(Passkey.user_id == user_id, Passkey.ended_at.is_(None))
    return db.session.execute(wanted.order_by(Passkey.id)).scalars().all()


def passkey_of(user_id: int, number: int) -> Passkey:
    """One of somebody's passkeys.

    Raises:
        NotFound: none of theirs that counts.
    """
    found = db.session.get(Passkey, number)
    if found is None or found.user_id != user_id or found.ended_at is not None:
        raise NotFound(str(number))
    return found


def has_passkey(credential: str) -> bool:
    """Whether there is a passkey of that id, anybody's, also one that was ended."""
    return db.session.execute(select(Passkey.id).where(Passkey.credential == credential)).first() is not None


def identities(user_id: int) -> Sequence[Identity]:
    """Who somebody is at the provider."""
    wanted = select(Identity).where(Identity.user_id == user_id, Identity.ended_at.is_(None))
    return db.session.execute(wanted.order_by(Identity.id)).scalars().all()


def identity_of(user_id: int, number: int) -> Identity:
    """One of somebody's links with the provider.

    Raises:
        NotFound: none of theirs that counts.
    """
    found = db.session.get(Identity, number)
    if found is None or found.user_id != user_id or found.ended_at is not None:
        raise NotFound(str(number))
    return found


def user_at_provider(issuer: str, subject: str) -> User | None:
    """Whose account is linked with somebody at the provider, whether or not it is active."""
    found: User | None = db.session.execute(
        select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.issuer == issuer, Identity.subject == subject, Identity.ended_at.is_(None))
    ).scalar()
    return found
