"""Changes in figures: how much of what was agreed moves, how long steps take, what was approved, by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import kept
from reqtrack.changes import facts
from reqtrack.changes.models import Change, Decision, Wait
from reqtrack.changes.waits import STEPS, Step
from reqtrack.db import plain
from reqtrack.items.models import Item, Version
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor

MONTHS = 12
# What is agreed, and what was before it went.
AGREED = ("approved", "implemented")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Month:
    """One month. ``changed``: requirements that changes in effect moved; ``agreed``: the agreed ones there were at its end;
    ``effort``: person-days of the changes that took effect; ``kinds``: how many of these, by kind."""

    first: date
    changed: int
    agreed: int
    effort: Decimal
    kinds: Mapping[str, int]

    @property
    def volatility(self) -> float | None:
        """Of a hundred agreed requirements, how many were changed; None where none was agreed."""
        return round(100 * self.changed / self.agreed, 1) if self.agreed else None

    @property
    def number(self) -> int:
        """How many changes took effect."""
        return sum(self.kinds.values())


@dataclass(frozen=True)
class Waited:
    """How long changes waited in a step, in seconds: those that left it in the median, the worst of all, and whose that is."""

    stage: str
    number: int
    median: int | None
    worst: int | None
    worst_key: str


@dataclass(frozen=True)
class Votes:
    """Votes of one person in one role (``name`` "" where nobody voted: ``method`` says how it was decided); ``behalf``: for whom
    they stood in, "" for nobody."""

    seat: str
    name: str
    behalf: str
    method: str
    outcomes: Mapping[str, int]

    @property
    def number(self) -> int:
        return sum(self.outcomes.values())


@dataclass(frozen=True)
class Figures:
    """All figures of a project's changes. ``before``: effort that took effect before the first month."""

    months: Sequence[Month]
    before: Decimal
    waits: Sequence[Waited]
    votes: Sequence[Votes]
    budget: Decimal | None

    @property
    def effort(self) -> Decimal:
        """Person-days of all changes in effect."""
        return self.before + sum((one.effort for one in self.months), NOTHING)


def figures(actor: Actor, project: Project) -> Figures:
    """The figures of the last year, as far as the actor sees the changes (five statements; kept until something is written)."""
    if not sees_all(actor, project.id):
        return _figures(actor, project)
    return kept("figures of changes", project.id, lambda: _figures(actor, project), clock.today(project.zone))


def _figures(actor: Actor, project: Project) -> Figures:
    zone = ZoneInfo(project.zone)
    gone, there = moved(actor, project), agreed(actor, project)
    applied = _applied(actor, project)
    told = [at for at, _item in gone] + [row.applied_at for row in applied]
    firsts = _months(clock.today(project.zone), min(told).astimezone(zone).date() if told else None)
    months = [_month(first, _next(first), zone, gone, there, applied) for first in firsts]
    begins = _begins(firsts[0], zone)
    before = sum((row.expected_effort_days or NOTHING for row in applied if row.applied_at < begins), NOTHING)
    return Figures(months, before, _waits(actor, project), _votes(actor, project), project.change_budget_days)


def _months(today: date, since: date | None) -> list[date]:
    """The first days of the months to show, up to this one: a year at most, two at least."""
    firsts = [today.replace(day=1)]
    while len(firsts) < MONTHS and (len(firsts) < 2 or (since is not None and firsts[0] > since)):
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    return firsts


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _month(
    first: date, then: date, zone: ZoneInfo, moved: Sequence[Any], agreed: Sequence[Any], applied: Sequence[Any]
) -> Month:
    begins, ends = _begins(first, zone), _begins(then, zone)
    taken = [row for row in applied if begins <= row.applied_at < ends]
    kinds: dict[str, int] = {}
    for row in taken:
        kinds[row.change_kind or "normal"] = kinds.get(row.change_kind or "normal", 0) + 1
    return Month(
        first,
        changed=len({item for at, item in moved if begins <= at < ends}),
        agreed=in_force(agreed, ends),
        effort=sum((row.expected_effort_days or NOTHING for row in taken), NOTHING),
        kinds=kinds,
    )


def in_force(agreed: Sequence[Any], at: datetime) -> int:
    """How many agreed requirements there were at an instant: those agreed now, and those gone since."""
    return sum(1 for row in agreed if row.created_at < at and (row.stage in AGREED or row.updated_at >= at))


def changed_between(moved: Sequence[Any], begins: datetime, ends: datetime) -> int:
    """How many requirements changes moved in a span."""
    return len({item for at, item in moved if begins <= at < ends})


def moved(actor: Actor, project: Project) -> list[tuple[datetime, int]]:
    """``(when, which)`` of each requirement that an applied change moved; what it added is not moved by it."""
    change = Item.__table__.alias("change")
    applied = select(change.c.key).where(
        change.c.project_id == project.id, change.c.kind == "change", change.c.stage.in_(facts.IN_EFFECT)
    )
    rows = plain(
        select(Version.at, Version.item_id)
        .join(Item, Item.id == Version.item_id)
        .where(visible(actor, project.id), Item.kind == "requirement", Version.change.in_(applied), Version.number > 1)
    )
    return [(row.at, row.item_id) for row in rows]


def agreed(actor: Actor, project: Project) -> Sequence[Any]:
    """``created_at updated_at stage`` of the agreed requirements, and of those that were."""
    return plain(
        select(Item.created_at, Item.updated_at, Item.stage).where(
            visible(actor, project.id), Item.kind == "requirement", Item.stage.in_((*AGREED, "obsolete"))
        )
    ).all()


def _applied(actor: Actor, project: Project) -> Sequence[Any]:
    own = Change.__table__
    return plain(
        select(own.c.applied_at, own.c.change_kind, own.c.expected_effort_days)
        .join(Item, Item.id == own.c.id)
        .where(visible(actor, project.id), Item.kind == "change", own.c.applied_at.is_not(None))
    ).all()


def _waits(actor: Actor, project: Project) -> list[Waited]:
    own = Change.__table__
    rows = plain(
        select(Wait.stage, Wait.began_at, Wait.ended_at, Wait.paused, own.c.paused_at, Item.key)
        .join(own, own.c.id == Wait.change_id)
        .join(Item, Item.id == Wait.change_id)
        .where(visible(actor, project.id), Item.retired.is_(False))
    )
    spans: dict[str, list[tuple[int, str, bool]]] = {stage: [] for stage in STEPS}
    for row in rows:
        step = Step(row.stage, row.began_at, row.ended_at, row.paused)
        paused_at = row.paused_at if row.ended_at is None else None
        spans[row.stage].append((step.seconds(paused_at), row.key, row.ended_at is not None))
    return [_waited(stage, mine) for stage, mine in spans.items() if mine]


def _waited(stage: str, spans: Sequence[tuple[int, str, bool]]) -> Waited:
    over = [seconds for seconds, _key, ended in spans if ended]
    worst = max(spans)
    return Waited(stage, len(spans), int(median(over)) if over else None, worst[0], worst[1])


def _votes(actor: Actor, project: Project) -> list[Votes]:
    rows = plain(
        select(Decision.seat, Decision.decider_name, Decision.behalf_name, Decision.method, Decision.outcome)
        .join(Item, Item.id == Decision.change_id)
        .where(visible(actor, project.id))
        .order_by(Decision.number)
    )
    found: dict[tuple[str, str, str, str], dict[str, int]] = {}
    for row in rows:
        alone = row.method in ("template", "silence")
        place = ("", "", "", row.method) if alone else (row.seat, row.decider_name, row.behalf_name or "", "")
        outcomes = found.setdefault(place, {})
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + 1
    votes = [Votes(*place, outcomes) for place, outcomes in found.items()]
    return sorted(votes, key=lambda one: (-one.number, one.name, one.behalf))
