"""Secrets that must be read again (an authenticator's key) are kept encrypted with the key of the site, which is not in the
database: a copy of the database alone reads none of them."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class Locked(Exception):
    """The key of the site is another one than when the secret was put away."""


def put_away(secret: bytes) -> str:
    """A secret, encrypted, as text for a column."""
    return _fernet().encrypt(secret).decode("ascii")


def taken_out(kept: str) -> bytes:
    """The secret that ``put_away`` encrypted.

    Raises:
        Locked: it was encrypted with another key, or altered since.
    """
    try:
        return _fernet().decrypt(kept.encode("ascii"))
    except InvalidToken as problem:
        raise Locked from problem


def _fernet() -> Fernet:
    key = str(current_app.secret_key).encode()
    derived = HKDF(SHA256(), length=32, salt=None, info=b"reqtrack secrets of accounts").derive(key)
    return Fernet(base64.urlsafe_b64encode(derived))
