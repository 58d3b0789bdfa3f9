"""The course of a round: how its rows stood at the end of each day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reqtrack.acceptance.models import NO_ROW, Result, Round, RoundScenario
from reqtrack.acceptance.queries.counting import not_revoked
from reqtrack.db import db
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
    given, also those whose text moved later; those of machines and of people alike, those revoked not."""
    rows = db.session.execute(
        select(Result.acceptance_id, Result.row, Result.verdict, Result.at)
        .join(Item, Item.id == Result.acceptance_id)
        .join(
            RoundScenario,
            (RoundScenario.round_id == Result.round_id) & (RoundScenario.acceptance_id == Result.acceptance_id),
        )
        .where(Result.round_id == found.id, not_revoked(), Item.retired.is_(False), visible(actor, found.project_id))
        .order_by(Result.number)
    )
    local = ZoneInfo(zone)
    return course(
        ((row.acceptance_id, NO_ROW if row.row is None else row.row), row.verdict, row.at.astimezone(local).date())
        for row in rows
    )


def course(results: Iterable[tuple[Place, str, date]]) -> list[Day]:
    """The days from the first result to the last; ``results`` as (place, verdict, day), oldest first."""
    newest: dict[Place, str] = {}
    counts: Counter[str] = Counter()
    days: list[Day] = []
    for place, verdict, day in results:
        while days and days[-1].day < day - timedelta(days=1):
            days.append(Day(days[-1].day + timedelta(days=1), days[-1].passed, days[-1].tested))
        if place in newest:
            counts[newest[place]] -= 1
        newest[place] = verdict
        counts[verdict] += 1
        now = Day(day, counts["passed"], len(newest))
        if days and days[-1].day >= day:
            days[-1] = Day(days[-1].day, now.passed, now.tested)
        else:
            days.append(now)
    return days
