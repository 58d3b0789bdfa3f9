"""The course of a round: how its rows stood at the end of each day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reqtrack.acceptance.counting import Given, counting
from reqtrack.acceptance.models import NO_ROW, Result, Round, RoundScenario
from reqtrack.acceptance.queries.counting import not_revoked
from reqtrack.db import plain
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

# Where a result is, in its round.
Place = tuple[int, int]


@dataclass(frozen=True)
class Day:
    """A day: how many rows had passed, and how many had any result, when it ended."""

    day: date
    passed: int
    tested: int


def by_day(actor: Actor, found: Round, zone: str) -> Sequence[Day]:
    """Each day from the first result of a round to its last, in the project's zone (one statement). Results count as they were
    given, also those whose text moved later; those of machines as far as they count in the round, those revoked not."""
    rows: Any = plain(
        select(Result.acceptance_id, Result.row, Result.verdict, Result.at, Result.number, Result.machine_run)
        .join(Item, Item.id == Result.acceptance_id)
        .join(
            RoundScenario,
            (RoundScenario.round_id == Result.round_id) & (RoundScenario.acceptance_id == Result.acceptance_id),
        )
        .where(Result.round_id == found.id, not_revoked(), Item.retired.is_(False), visible(actor, found.project_id))
        .order_by(Result.number)
    )
    days: dict[datetime, date] = {}
    local = ZoneInfo(zone)

    def day_of(at: datetime) -> date:
        # No zone is a part of a quarter of an hour away from another.
        quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        if quarter not in days:
            days[quarter] = quarter.astimezone(local).date()
        return days[quarter]

    said = _said(rows, found.machine_counts == "alone")
    return course((place, verdict, day_of(at)) for place, verdict, at in said)


def _said(rows: Iterable[Any], alone: bool) -> Iterator[tuple[Place, str, datetime]]:
    """What each row said once a result had come in; "" where nothing counts yet (a machine's pass beside nobody's)."""
    given: dict[Place, list[Given]] = {}
    for acceptance, row, verdict, at, number, run in rows:
        place = (acceptance, NO_ROW if row is None else row)
        one = Given(number, verdict, run is not None)
        # A person's result counts whatever was before it.
        told = given[place] = [*given.get(place, ()), one] if one.machine and not alone else [one]
        counted = counting(told, alone)
        yield place, next((each.verdict for each in told if each.number == counted), ""), at


def course(results: Iterable[tuple[Place, str, date]]) -> list[Day]:
    """The days from the first result to the last; ``results`` as (place, verdict, day), oldest first; a verdict "" says
    nothing. What says that it is of an earlier day than one before it counts with that one."""
    newest: dict[Place, str] = {}
    passed = 0
    days: list[Day] = []
    today = None
    for place, verdict, day in results:
        today = today or day
        while today < day:
            days.append(Day(today, passed, len(newest)))
            today += timedelta(days=1)
        passed += (verdict == "passed") - (newest.get(place) == "passed")
        if verdict:
            newest[place] = verdict
        else:
            newest.pop(place, None)
    return days if today is None else [*days, Day(today, passed, len(newest))]
