"""The one clock. Everything that asks for the time asks here, so that tests and the demo can say what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_told: ContextVar[datetime | None] = ContextVar("told_time", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC, to the microsecond."""
    return _told.get() or datetime.now(UTC)


def is_told() -> bool:
    """Whether somebody says what time it is."""
    return _told.get() is not None


def today(zone: str) -> date:
    """The calendar date in an IANA time zone such as ``Asia/Shanghai``."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Make ``now()`` answer ``instant`` (aware) inside the block."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _told.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)


def iso(instant: datetime) -> str:
    """``2026-11-25T08:00:00.000000Z``: fixed width, so that text order is time order."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(text: str) -> datetime:
    """The instant of an ISO 8601 text.

    Raises:
        ValueError: the text is not an instant with a zone.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return instant.astimezone(UTC)
