"""One-time links: their secrets survive capitals, because a QR code is smaller in them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import Flask, current_app, request

SECRET_BYTES = 20
CODE_DIGITS = 6


def new_secret() -> str:
    """160 random bits in small letters and digits; whoever reads it folds the case first (``folded``)."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().lower()


def folded(secret: str) -> str:
    """The secret as it was made, whatever case a link came in."""
    return secret.strip().lower()


def code_of(purpose: str, number: int, digest: str) -> str:
    """The code of a link, that goes another way than the link does. It needs no keeping: it follows from the link and the site's key."""
    told = hmac.digest(str(current_app.secret_key).encode(), f"{purpose} {number} {digest}".encode(), "sha256")
    return str(int.from_bytes(told) % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def same_code(given: str, code: str) -> bool:
    """Whether somebody typed a code, with whatever blanks and in whatever digits (compared in constant time)."""
    digits = "".join(one for one in given if one.isdigit())[:20]
    return hmac.compare_digest("".join(str(int(one)) for one in digits if one.isdecimal()), code)


def absolute(path: str) -> str:
    """The address of a path of ours for people elsewhere: under BASE_URL, else under what this request was sent to."""
    base = str(current_app.config["SETTINGS"].base_url) or request.url_root
    return base.rstrip("/") + path


def set_up_secret(app: Flask) -> str:
    """The secret of the page that makes the first account. It needs no keeping: it follows from the site's key."""
    key = str(app.secret_key).encode()
    return base64.b32encode(hmac.digest(key, b"first administrator", hashlib.sha256)[:SECRET_BYTES]).decode().lower()


def is_set_up_secret(app: Flask, secret: str) -> bool:
    """Whether a secret opens the set-up page (compared in constant time)."""
    return hmac.compare_digest(folded(secret).encode(), set_up_secret(app).encode())
