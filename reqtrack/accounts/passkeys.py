"""Passkeys (WebAuthn): what is asked of a device, and whether its answer holds.

The library checks signatures, origin, counter and that the person unlocked the device; the challenge is ours (``challenges``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from sqlalchemy import select, update

from reqtrack import clock
from reqtrack.accounts import challenges
from reqtrack.accounts.models import Passkey, User
from reqtrack.db import db, reading, writing
from reqtrack.errors import no

REGISTER, PROVE, SIGN_IN = "register", "prove", "sign_in"
MOST_CREDENTIAL = 20_000
_WRONG = "This passkey was not accepted. Try once more, or use another way."


@dataclass(frozen=True)
class Site:
    """Whom passkeys are made for: the host, and the origin that browsers tell."""

    host: str
    origin: str


@dataclass(frozen=True)
class Registered:
    """A passkey whose first answer held."""

    credential: str
    public_key: str
    sign_count: int


def site() -> Site | None:
    """Whom passkeys are made for; None where browsers give none: without https, but for http://localhost.

    The configured address counts and no header of a request; without one, only what is opened on the machine itself.
    """
    base = str(current_app.config["SETTINGS"].base_url)
    parts = urlsplit(base or request.url_root)
    host = parts.hostname or ""
    secure = parts.scheme == "https" and bool(base)
    if not (secure or (parts.scheme == "http" and host == "localhost")):
        return None
    return Site(host, f"{parts.scheme}://{parts.netloc}")


def _site() -> Site:
    found = site()
    if found is None:
        no(
            "no_https", "Passkeys need https: browsers give none to a site without it. An authenticator app works here."
        ).require(409)
        raise AssertionError("unreachable")
    return found


def ask_to_register(user: User, present: Iterable[Passkey]) -> str:
    """What a browser needs to make a passkey (JSON). In the transaction of the request.

    Raises:
        Refused: 409, there is no https here.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes, structs

    here = _site()
    wanted = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = generate_registration_options(
        rp_id=here.host,
        rp_name="reqtrack",
        user_id=hmac.digest(str(current_app.secret_key).encode(), f"passkeys of {user.id}".encode(), hashlib.sha256),
        user_name=user.login,
        user_display_name=user.name,
        challenge=base64url_to_bytes(challenges.make(REGISTER, user.id)),
        authenticator_selection=wanted,
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in present
        ],
    )
    return options_to_json(options)


def ask(purpose: str, user_id: int | None = None, present: Iterable[Passkey] = ()) -> str:
    """What a browser needs to answer with a passkey (JSON): one of those ``present``, or any that the device has for us.

    Raises:
        Refused: 409, there is no https here.
    """
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import base64url_to_bytes, structs

    options = generate_authentication_options(
        rp_id=_site().host,
        challenge=base64url_to_bytes(challenges.make(purpose, user_id)),
        allow_credentials=[
            structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in present
        ],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def registered(answer: str, user_id: int) -> Registered:
    """Check what a browser answered to ``ask_to_register``. Opens transactions of its own: call it when none is open.

    Raises:
        Refused: 403, it does not hold; 409, there is no https here.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    here, sent = _site(), _read(answer)
    challenge = _challenge_of(sent)
    challenges.use(challenge, REGISTER, user_id)
    try:
        held = verify_registration_response(
            credential=sent,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=here.host,
            expected_origin=here.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        no("passkey", _WRONG).require(403)
        raise
    return Registered(
        bytes_to_base64url(held.credential_id), bytes_to_base64url(held.credential_public_key), held.sign_count
    )


def proved(answer: str, purpose: str, user_id: int | None = None) -> User:
    """Whose passkey answered to ``ask``. Opens transactions of its own: call it when none is open.

    Raises:
        Refused: 403, it does not hold, or is not theirs; 409, there is no https here.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    here, sent = _site(), _read(answer)
    challenge = _challenge_of(sent)
    challenges.use(challenge, purpose, user_id)
    user, key = _owner(str(sent.get("id", "")))
    if user is None or key is None or user_id not in (None, user.id):
        no("passkey", _WRONG).require(403)
        raise AssertionError("unreachable")
    try:
        held = verify_authentication_response(
            credential=sent,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=here.host,
            expected_origin=here.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        no("passkey", _WRONG).require(403)
        raise
    if not _count(key, held.new_sign_count):
        no("passkey", _WRONG).require(403)
    return user


def _read(answer: str) -> dict[str, Any]:
    try:
        sent = json.loads(answer) if len(answer) <= MOST_CREDENTIAL else None
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        no("passkey", _WRONG).require(403)
        raise AssertionError("unreachable")
    return sent


def _challenge_of(sent: dict[str, Any]) -> str:
    """The challenge that an answer says it answers; that it really does is checked with its signature."""
    from webauthn.helpers import base64url_to_bytes

    try:
        told = json.loads(base64url_to_bytes(sent["response"]["clientDataJSON"]))
        return str(told["challenge"])
    except (ValueError, TypeError, KeyError, RecursionError):
        no("passkey", _WRONG).require(403)
        raise


def _owner(credential: str) -> tuple[User | None, Passkey | None]:
    with reading():
        row = db.session.execute(
            select(User, Passkey)
            .join(Passkey, Passkey.user_id == User.id)
            .where(Passkey.credential == credential, Passkey.ended_at.is_(None), User.active)
        ).first()
        db.session.expunge_all()
    return (row[0], row[1]) if row else (None, None)


def _count(key: Passkey, count: int) -> bool:
    """Keep the counter of a device; of two answers with the same counter one is refused."""
    with writing():
        statement = update(Passkey).where(
            Passkey.id == key.id, Passkey.sign_count == key.sign_count, Passkey.ended_at.is_(None)
        )
        options = {"spine": True, "synchronize_session": False}
        values = {"sign_count": count, "used_at": clock.now()}
        done: Any = db.session.execute(statement.values(**values), execution_options=options)
    return bool(done.rowcount)
