"""What a price tag needs to know: what changes have cost so far, and what may be moved out of a phase."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from reqtrack.audit.models import Event
from reqtrack.audit.queries import newest_about
from reqtrack.changes import facts, impact, price
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.impact import Impact
from reqtrack.changes.load import APPLIED, NOTHING, PhaseLoad
from reqtrack.changes.models import Change
from reqtrack.changes.price import Budget, Movable, Offer
from reqtrack.db import db
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Requirement
from reqtrack.requirements.policy import OUT

MOVABLE_TIERS = ("later", "should")
# What is built already is not built later.
BUILT = "implemented"


@dataclass(frozen=True)
class Price:
    """The price tag of a change for a reader. What they may not know is not there: phases and offers for those who see the whole
    project, money for those who see costs. ``decided``: of one that is, when, and the phases as they were then; of a change in
    effect these are its ``phases``."""

    phases: Sequence[PhaseLoad]
    expected: Decimal | None
    variance: Decimal
    days: Budget
    most_must: int
    sees_phases: bool
    sees_cost: bool
    beside: Decimal | None = None
    cost: Decimal | None = None
    money: Budget | None = None
    offers: Sequence[Offer] = ()
    decided: tuple[datetime, Sequence[PhaseLoad]] | None = None


def price_of(actor: Actor, found: Dossier, touched: Impact, events: Sequence[Event]) -> Price:
    """The price tag of a change as it is (at most one statement for the budget, two for each phase it does not fit into).

    Args:
        touched: its impact, with the phases as they would be.
        events: about it, the newest first, as far as they are known.
    """
    project = found.project
    sees_cost = actor.may("cost.read", project.id)
    sees_phases = sees_all(actor, project.id)
    decided = _decided(found.change, events, touched.phases) if sees_phases else None
    in_effect = found.change.stage in facts.IN_EFFECT
    phases = decided[1] if decided is not None and in_effect else touched.phases
    spent, spent_beside = NOTHING, NOTHING
    if project.change_budget_days is not None or project.change_budget_cost is not None:
        spent, spent_beside = _spent(found)
    rate = project.day_rate
    money = None
    if sees_cost:
        gone = spent * (rate or NOTHING) + spent_beside
        money = Budget(project.change_budget_cost, gone.quantize(Decimal("0.01")), found.price)
    return Price(
        phases=phases if sees_phases else (),
        expected=found.expected,
        variance=found.variance,
        days=Budget(project.change_budget_days, spent, found.expected),
        most_must=project.most_must,
        sees_phases=sees_phases,
        sees_cost=sees_cost,
        beside=found.expected_cost if sees_cost else None,
        cost=found.price if sees_cost else None,
        money=money,
        offers=offers(actor, found, touched.phases) if sees_phases and found.open else (),
        decided=decided,
    )


def price_tag(actor: Actor, found: Dossier, events: Sequence[Event]) -> tuple[Price, Impact]:
    """The same for the tier and phase that are chosen before anybody chooses, with the impact."""
    touched = impact.of_dossier(actor, found)
    tier, phase_id = facts.preset(found, touched.phases)
    touched.phases = impact.phases_with(found, touched.phases, phase_id, tier)
    return price_of(actor, found, touched, events), touched


def _decided(
    change: Change, events: Sequence[Event], now: Sequence[PhaseLoad]
) -> tuple[datetime, list[PhaseLoad]] | None:
    """When a change was decided that is, and the phases as they were then."""
    if change.stage not in facts.SETTLED:
        return None
    event = newest_about(change.project_id, change.key, "change.decided", events)
    kept = json.loads(event.after or "{}").get("load") if event is not None else None
    if event is None or kept is None:
        return None
    known = {one.id: one for one in now}
    return event.at, [_then(told, known.get(told["id"])) for told in kept]


def _then(told: Mapping[str, Any], now: PhaseLoad | None) -> PhaseLoad:
    """A phase as ``facts.told_load`` kept it."""
    tiers = {tier: Decimal(days) for tier, days in told["carries"].items()}
    of_changes = Decimal(told["must"]) - tiers.get("must", NOTHING)
    return replace(
        now or PhaseLoad(told["id"], 0, told["phase"], None, None, None),
        capacity_days=None if told["capacity"] is None else Decimal(told["capacity"]),
        by_tier=tiers, must_changes=of_changes, added=Decimal(told["adds"]), added_must=Decimal(told["adds_must"]),
    )  # fmt: skip


def offers(actor: Actor, found: Dossier, phases: Sequence[PhaseLoad]) -> list[Offer]:
    """What to move out of each phase that the change does not fit into."""
    return [price.offer(one, phases, _movable(found, one)) for one in phases if one.over]


def _spent(found: Dossier) -> tuple[Decimal, Decimal]:
    """Person-days, and money beside effort, of the other changes in effect."""
    own = Change.__table__
    days, money = db.session.execute(
        select(func.sum(own.c.expected_effort_days), func.sum(own.c.expected_cost))
        .select_from(Item)
        .join(own, own.c.id == Item.id)
        .where(
            Item.project_id == found.change.project_id,
            Item.kind == "change",
            Item.stage.in_(APPLIED),
            Item.id != found.change.id,
        )
    ).one()
    return days or NOTHING, money or NOTHING


def _movable(found: Dossier, phase: PhaseLoad) -> list[Movable]:
    """The requirements of a phase that may move out: live, not built yet, *later* before *should*, by number; what this change
    edits or ties to something stays where the change wants it."""
    own = Requirement.__table__
    edited = {one.item for one in found.edits}
    tied = {key for one in found.edits if one.op == "link" for key in (*one.new["add"], *one.new["remove"])}
    rows = db.session.execute(
        select(Item.id, Item.key, Item.title, Item.tier, own.c.effort_days)
        .join(own, own.c.id == Item.id)
        .where(*_live(Item, found, phase), Item.tier.in_(MOVABLE_TIERS), Item.stage != BUILT)
        .where(own.c.effort_days > 0)
        .order_by(Item.tier, Item.number)
    ).all()
    rows = [row for row in rows if row.key not in edited | tied]
    needed = _needed(found, phase) if rows else {}
    return [Movable(row.key, row.title, row.tier, row.effort_days, frozenset(needed.get(row.id, ()))) for row in rows]


def _live(item: type[Item], found: Dossier, phase: PhaseLoad) -> list[ColumnElement[bool]]:
    return [
        item.project_id == found.change.project_id,
        item.kind == "requirement",
        item.phase_id == phase.id,
        item.stage.not_in(OUT),
        item.retired.is_(False),
    ]


def _needed(found: Dossier, phase: PhaseLoad) -> dict[int, set[str]]:
    """By the id of a requirement of the phase: the keys of those in it that depend on it."""
    source, target = aliased(Item, flat=True), aliased(Item, flat=True)
    rows = db.session.execute(
        select(Link.target_id, source.key)
        .join(source, source.id == Link.source_id)
        .join(target, and_(target.id == Link.target_id, target.phase_id == source.phase_id))
        .where(*_live(source, found, phase), Link.kind == "depends_on", Link.until.is_(None))
    )
    needed: dict[int, set[str]] = {}
    for target_id, key in rows:
        needed.setdefault(target_id, set()).add(key)
    return needed
