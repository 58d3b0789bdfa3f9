"""How many findings there were on each day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.db import plain
from reqtrack.items.queries import sees_all
from reqtrack.permissions import Actor
from reqtrack.radar.checks import CHECKS
from reqtrack.radar.models import Tally
from reqtrack.radar.queries.findings import Radar

# The name under which the sum of a day is kept: there is one for each day that was counted, also where nothing was found.
TOTAL = ""


@dataclass(frozen=True)
class Day:
    """The findings of a day; None where nobody counted."""

    day: date
    total: int | None = None
    serious: int | None = None


def days(actor: Actor, project: Project, today: Radar, window: int, name: str = "") -> list[Day] | None:
    """The last days up to today, whose figures are those of now; of one check where it is named.

    None for a reader from whom something is hidden: what was counted is all that there was.
    """
    if not sees_all(actor, project.id):
        return None
    last = clock.today(project.zone)
    first = last - timedelta(days=window - 1)
    rows = plain(
        select(Tally.day, Tally.name, Tally.number).where(
            Tally.project_id == project.id, Tally.day >= first, Tally.day < last
        )
    )
    counted: dict[date, dict[str, int]] = {}
    for row in rows:
        counted.setdefault(row.day, {})[row.name] = row.number
    found = [first + timedelta(days=at) for at in range(window - 1)]
    now = {one.check.name: one.count for one in today.findings}
    numbers = {**counted, last: {TOTAL: sum(now.values()), **now}}
    return [_day(day, numbers.get(day), name) for day in (*found, last)]


def _day(day: date, numbers: Mapping[str, int] | None, name: str) -> Day:
    if numbers is None:
        return Day(day)
    if name:
        return Day(day, numbers.get(name, 0))
    serious = sum(numbers.get(check.name, 0) for check in CHECKS.values() if check.severity == "serious")
    return Day(day, numbers.get(TOTAL, 0), serious)
