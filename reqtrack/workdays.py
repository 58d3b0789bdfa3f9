"""Working days: Mondays to Fridays, but for the days off of a project's calendar, and the days worked instead (make-up days)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)
# Of each list of a calendar, and of one range.
MOST_DAYS = 2_000
LONGEST_RANGE = 366
# Nobody is told of a day further away than that many working days (some forty years).
FURTHEST = 10_000
LAST_YEAR = 9_000
_DATE = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*[日号])?"
# The last day of a range, without what it has in common with the first: 2月23日, 2-23, 23日.
_REST = r"(?:(?:(\d{1,2})\s*[-/.月]\s*)?(\d{1,2})\s*[日号]|(\d{1,2})\s*[-/.]\s*(\d{1,2}))"
_TO = r"(?:\.{2,}|[-–—~至到,]+|to)"
# Said of a day in brackets: (周二).
_NOTE = r"(?:\s*\([^()]*\))?"
# One date or two; a name may stand before them or follow (a holiday's), but no further figure, except how many days it is in all.
_LINE = re.compile(
    rf"\D*?{_DATE}{_NOTE}(?:\s*{_TO}?\s*{_DATE}{_NOTE}|\s*{_TO}\s*{_REST}{_NOTE})?\D*(?:共\s*\d+\s*天\D*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Calendar:
    """``off``: nobody works, whatever day of the week it is. ``on``: everybody does, though it is a weekend."""

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        return day not in self.off and (day.weekday() < 5 or day in self.on)

    def after(self, first: date, last: date) -> int:
        """How many working days come after ``first``, up to ``last`` and with it; none where ``last`` is no later."""
        weeks, rest = divmod(max((last - first).days, 0), 7)
        count = weeks * 5 + sum((first + timedelta(days=one + 1)).weekday() < 5 for one in range(rest))
        count += sum(first < day <= last and day.weekday() >= 5 for day in self.on - self.off)
        return count - sum(first < day <= last and day.weekday() < 5 for day in self.off)

    def within(self, first: date, last: date) -> int:
        """How many working days lie between two days, both of them included."""
        return self.after(first, last) + (first <= last and self.works(first))

    def later(self, day: date, number: int) -> date | None:
        """The day that many working days later; None where that is further away than anybody plans."""
        if number > FURTHEST or day.year > LAST_YEAR:
            return None
        while number > 0:
            day += DAY
            number -= self.works(day)
        return day


WEEKS = Calendar()


def of(kept: Mapping[str, Any] | None) -> Calendar:
    """The calendar of a project, from what it keeps: ``{"off": ["2026-10-01"], "on": ["2026-10-10"]}``, or nothing."""
    if not kept:
        return WEEKS
    off, on = (frozenset(map(date.fromisoformat, kept.get(name) or ())) for name in ("off", "on"))
    return Calendar(off, on)


def kept(off: Iterable[date], on: Iterable[date]) -> dict[str, list[str]] | None:
    """What a project keeps of its calendar: None where it is the plain week."""
    told = {"off": sorted({day.isoformat() for day in off}), "on": sorted({day.isoformat() for day in on})}
    return told if any(told.values()) else None


def read(text: str) -> tuple[list[date], list[int]]:
    """The days that a text names, a date or a range on each line; and the numbers of the lines that cannot be read."""
    days: dict[date, None] = {}
    bad: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _days(line)
        if not found:
            bad.append(number)
        days.update(dict.fromkeys(found))
    return sorted(days), bad


def _days(line: str) -> list[date]:
    """The days of one line; none where it cannot be read."""
    told = _LINE.fullmatch(unicodedata.normalize("NFKC", line).strip())
    if told is None:
        return []
    try:
        first = date(*(int(part) for part in told.groups()[:3]))
        last = _last(first, told.groups()[3:])
    except ValueError:
        return []
    if first.year < 1970 or last.year > 2200 or not 0 <= (last - first).days < LONGEST_RANGE:
        return []
    return [first + timedelta(days=one) for one in range((last - first).days + 1)]


def _last(first: date, told: Sequence[str | None]) -> date:
    """The last day of a range: a whole date, or the month and day, or the day alone, that follow the first; the first without any.

    Raises:
        ValueError: there is no such day.
    """
    year, month, day, named_month, named_day, short_month, short_day = (int(part) if part else None for part in told)
    if year is not None:
        return date(year, month or 0, day or 0)
    if named_day is None and short_day is None:
        return first
    month = named_month or short_month
    found = date(first.year, month or first.month, named_day or short_day or 0)
    # 12月30日至1月2日: over the turn of the year.
    return found.replace(year=first.year + 1) if month and found < first else found


def written(days: Iterable[date]) -> str:
    """The days as ``read`` takes them, days in a row as a range."""
    ranges: list[list[date]] = []
    for day in sorted(days):
        if ranges and day - ranges[-1][1] == DAY:
            ranges[-1][1] = day
        else:
            ranges.append([day, day])
    return "\n".join(f"{first}" if first == last else f"{first} – {last}" for first, last in ranges)
