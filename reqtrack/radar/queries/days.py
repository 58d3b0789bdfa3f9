"""Days, as a project counts them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def day_in(instant: datetime, zone: str) -> date:
    """The calendar date of an instant in an IANA time zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def working_days(first: date, last: date) -> int:
    """Mondays to Fridays after ``first`` up to ``last``; holidays are not known here."""
    weeks, rest = divmod(max((last - first).days, 0), 7)
    return weeks * 5 + sum((first + timedelta(days=one + 1)).weekday() < 5 for one in range(rest))
