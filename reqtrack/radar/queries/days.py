"""Days, as a project counts them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def day_in(instant: datetime, zone: str) -> date:
    """The calendar date of an instant in an IANA time zone."""
    return instant.astimezone(ZoneInfo(zone)).date()
