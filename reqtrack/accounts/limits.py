"""How often one address may try what is open to everybody. Per process, in memory (or in Redis where one is set); that an
account rests after wrong passwords is kept in the database, see ``proofs``."""

from __future__ import annotations

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from reqtrack.errors import no

# name → limits; each that is reached refuses. "…_failed" are counted by whoever sees the failure.
LIMITS: dict[str, tuple[RateLimitItem, ...]] = {
    "sign_in": (parse("300 per minute"),),
    "sign_in_failed": (parse("30 per minute"), parse("200 per hour")),
    "link": (parse("60 per minute"),),
    "verify": (parse("120 per minute"),),
    # Whole halls share one address.
    "feedback": (parse("20 per minute"), parse("200 per hour")),
    "feedback_link": (parse("60 per minute"), parse("600 per hour")),
}


def init(app: Flask) -> None:
    """Give an app its counters."""
    storage = storage_from_string(app.config["SETTINGS"].redis_url or "memory://")
    app.extensions["reqtrack_limits"] = FixedWindowRateLimiter(storage)


def _address() -> str:
    return request.remote_addr or "unknown"


def count(name: str, whose: str = "") -> None:
    """Count one try of this request's address, or of something else that is named.

    Raises:
        Refused: 429, a limit is reached.
    """
    strategy = current_app.extensions["reqtrack_limits"]
    # All are counted, so that a refused try does not leave the longer windows untouched.
    within = [strategy.hit(item, name, whose or _address()) for item in LIMITS[name]]
    if not all(within):
        _refuse(bool(whose))


def check(name: str) -> None:
    """Refuse when a limit is reached already, without counting.

    Raises:
        Refused: 429.
    """
    strategy = current_app.extensions["reqtrack_limits"]
    if not all(strategy.test(item, name, _address()) for item in LIMITS[name]):
        _refuse()


def _refuse(by_many: bool = False) -> None:
    if by_many:
        no("too_many", "Too much is being sent here just now. Wait a minute, then try again.").require(429)
    no("too_many", "Too many tries from your network. Wait a minute, then try again.").require(429)
