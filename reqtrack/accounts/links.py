"""One-time links: their secrets survive capitals, because a QR code is smaller in them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import Flask, current_app, request

SECRET_BYTES = 20


def new_secret() -> str:
    """160 random bits in small letters and digits; whoever reads it folds the case first (``folded``)."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().lower()


def folded(secret: str) -> str:
    """The secret as it was made, whatever case a link came in."""
    return secret.strip().lower()


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
