"""The codes of authenticator apps (TOTP, RFC 6238: six figures, new every half minute) and recovery codes.

What a code is worth once it was used is in ``proofs``; here is only what fits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import current_app

KEY_BYTES = 20
STEP_SECONDS = 30
RECOVERY_CODES = 10
_FIGURES = re.compile(r"\s*(\d{3})\s?(\d{3})\s*", re.ASCII)


def new_key() -> bytes:
    """The key of a new authenticator."""
    return secrets.token_bytes(KEY_BYTES)


def spelled(key: bytes) -> str:
    """A key to type by hand: groups of four letters and figures."""
    letters = base64.b32encode(key).decode("ascii")
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def address(key: bytes, login: str) -> str:
    """The ``otpauth://`` address of a key, which apps read from a QR code."""
    return _totp(key).get_provisioning_uri(login, "reqtrack")


def figures(typed: str) -> str:
    """The six figures of a code as people type them ("123 456"); "" when it is no code. No password is as short."""
    found = _FIGURES.fullmatch(typed)
    return "".join(found.groups()) if found else ""


def step_of(key: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The half minute whose code this is: the present one, the one before (slow fingers) or the next (a clock ahead), but none
    up to ``last_step``, whose codes were used. None when it fits none."""
    present = int(now.timestamp()) // STEP_SECONDS
    totp = _totp(key)
    fitting = [
        step
        for step in (present - 1, present, present + 1)
        if hmac.compare_digest(totp.generate(step * STEP_SECONDS), code.encode("ascii")) and step > last_step
    ]
    return fitting[-1] if fitting else None


def new_recovery_codes() -> list[str]:
    """Fresh recovery codes of fifty random bits, such as ``k3mf2-x7wqp``."""
    letters = [base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()[:10] for _ in range(RECOVERY_CODES)]
    return [f"{one[:5]}-{one[5:]}" for one in letters]


def recovery_digest(user_id: int, code: str) -> str:
    """How a recovery code is kept: with the key of the site, because fifty bits alone could be tried through."""
    plain = re.sub(r"[\s-]", "", code).lower()
    key = str(current_app.secret_key).encode()
    return hmac.digest(key, f"recovery code {user_id} {plain}".encode(), hashlib.sha256).hex()


def _totp(key: bytes) -> TOTP:
    # SHA-1 and six figures are what every app understands; as a keyed hash it is sound (RFC 4226, appendix B).
    return TOTP(key, 6, SHA1(), STEP_SECONDS, enforce_key_length=False)  # noqa: S303
