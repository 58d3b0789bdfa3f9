"""Phases, what they carry, and what waits to be sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from reqtrack.accounts.models import Project
from reqtrack.db import db, trimmed
from reqtrack.errors import NotFound
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import visible
from reqtrack.items.values import Unfit
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase, Requirement
from reqtrack.requirements.policy import LOCKED, OUT

NOTHING = Decimal(0)
# Set by areas above: project id → person-days by phase id that applied changes add to the load.
MORE_LOAD: list[Callable[[int], Mapping[int, Decimal]]] = []


def phases(project_id: int) -> Sequence[Phase]:
    """The phases of a project in order."""
    wanted = select(Phase).where(Phase.project_id == project_id).order_by(Phase.number)
    return db.session.execute(wanted).scalars().all()


def phase_for(project_id: int, given: Any) -> Phase:
    """A phase by its name, its number or its id (in this order; letter case and outer blanks do not matter).

    Raises:
        NotFound: the project has none such.
    """
    known = phases(project_id)
    wanted = str(given).strip()
    folded = " ".join(wanted.split()).casefold()
    by_name = [phase for phase in known if phase.name.casefold() == folded]
    by_id = [phase for phase in known if str(phase.id) == wanted]
    by_number = [phase for phase in known if str(phase.number) == wanted]
    found = by_name or by_number or by_id
    if not found or isinstance(given, bool):
        raise NotFound(wanted[:80])
    return found[0]


def resolve_phase(project: Project, given: Any) -> int:
    """The hook of ``items.values``: what was sent for a phase field → the phase's id.

    Raises:
        Unfit: the project has no such phase.
    """
    try:
        return phase_for(project.id, given).id
    except NotFound:
        raise Unfit("There is no phase %(given)s in this project.", given=str(given)[:80]) from None


# The parts of a load in the order of every bar: "" not sorted yet, "change" what approved changes add, "add" one change that is
# looked at.
PARTS = ("must", "should", "later", "", "change", "add")


def in_order(days: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """The parts of a load that are there, each with its days, in the order of every bar."""
    return [(part, trimmed(days[part])) for part in PARTS if days.get(part)]


@dataclass(frozen=True)
class Load:
    """What a phase carries, in person-days. ``phase_id`` is None for requirements without a phase.

    ``effort_days`` is the sum of the live requirements' estimates, ``change_days`` what applied changes add;
    ``unestimated`` counts live requirements without an estimate; ``by_tier`` maps must, should, later and "" to days.
    """

    phase_id: int | None
    number: int | None
    name: str
    starts_on: date | None
    ends_on: date | None
    capacity_days: Decimal | None
    requirements: int
    unestimated: int
    effort_days: Decimal
    change_days: Decimal
    by_tier: Mapping[str, Decimal]

    @property
    def total_days(self) -> Decimal:
        return self.effort_days + self.change_days

    @property
    def parts(self) -> list[tuple[str, Decimal]]:
        """The load as bars draw it: tier by tier, then what approved changes add."""
        return in_order({**self.by_tier, "change": self.change_days})

    @property
    def must_share(self) -> Decimal | None:
        """The part of the estimated effort that is *must*, from 0 to 1; None while nothing is estimated."""
        return self.by_tier.get("must", NOTHING) / self.effort_days if self.effort_days else None

    @property
    def over(self) -> bool:
        """Whether it carries more than its capacity; never while the capacity is not given."""
        return self.capacity_days is not None and self.total_days > self.capacity_days


def loads(project_id: int) -> list[Load]:
    """What each phase carries, in order; last, where there are any, the requirements without a phase (two queries)."""
    rows = db.session.execute(
        select(
            Item.phase_id,
            Item.tier,
            func.count().label("requirements"),
            func.count(Requirement.effort_days).label("estimated"),
            func.sum(Requirement.effort_days).label("effort"),
        )
        .select_from(Item)
        .join(Requirement.__table__, Requirement.__table__.c.id == Item.id)
        .where(
            Item.project_id == project_id, Item.kind == "requirement", Item.stage.not_in(OUT), Item.retired.is_(False)
        )
        .group_by(Item.phase_id, Item.tier)
    ).all()
    more: dict[int, Decimal] = {}
    for source in MORE_LOAD:
        for phase_id, days in source(project_id).items():
            more[phase_id] = more.get(phase_id, NOTHING) + days
    found = [_load(phase, [row for row in rows if row.phase_id == phase.id], more) for phase in phases(project_id)]
    homeless = [row for row in rows if row.phase_id is None]
    return [*found, _load(None, homeless, more)] if homeless else found


def _load(phase: Phase | None, rows: Sequence[Any], more: Mapping[int, Decimal]) -> Load:
    by_tier = {row.tier or "": row.effort or NOTHING for row in rows}
    return Load(
        phase_id=phase.id if phase else None,
        number=phase.number if phase else None,
        name=phase.name if phase else "",
        starts_on=phase.starts_on if phase else None,
        ends_on=phase.ends_on if phase else None,
        capacity_days=phase.capacity_days if phase else None,
        requirements=sum(row.requirements for row in rows),
        unestimated=sum(row.requirements - row.estimated for row in rows),
        effort_days=sum(by_tier.values(), NOTHING),
        change_days=more.get(phase.id, NOTHING) if phase else NOTHING,
        by_tier=by_tier,
    )


def with_proposed_tiers(actor: Actor, project_id: int) -> Sequence[Any]:
    """Rows ``(key, title, proposed_tier)`` of requirements whose imported tier nobody has confirmed yet."""
    return db.session.execute(
        select(Item.key, Item.title, Requirement.__table__.c.proposed_tier)
        .select_from(Item)
        .join(Requirement.__table__, Requirement.__table__.c.id == Item.id)
        .where(
            visible(actor, project_id),
            Item.kind == "requirement",
            Item.retired.is_(False),
            Requirement.__table__.c.proposed_tier.is_not(None),
        )
        .order_by(Item.number)
    ).all()


def in_stage(project_id: int, stage: str, phase_id: int | None = None) -> Sequence[Requirement]:
    """The requirements of a stage (of one phase when given), by number."""
    wanted = select(Requirement).where(
        Requirement.project_id == project_id, Requirement.stage == stage, Requirement.retired.is_(False)
    )
    if phase_id is not None:
        wanted = wanted.where(Requirement.phase_id == phase_id)
    return db.session.execute(wanted.order_by(Requirement.number)).scalars().all()


def by_keys(project_id: int, keys: Sequence[str]) -> Sequence[Requirement]:
    """The requirements of these keys, by number."""
    wanted = select(Requirement).where(Requirement.project_id == project_id, Requirement.key.in_(keys))
    return db.session.execute(wanted.order_by(Requirement.number)).scalars().all()


def locked_accepted_by(acceptance_id: int) -> list[str]:
    """Keys of the locked requirements that an acceptance scenario accepts now."""
    rows = db.session.execute(
        select(Item.key)
        .join(Link, Link.target_id == Item.id)
        .where(Link.source_id == acceptance_id, Link.kind == "accepts", Link.until.is_(None), Item.stage.in_(LOCKED))
        .order_by(Item.number)
    )
    return list(rows.scalars())


def implementer_sees(actor: Actor) -> ColumnElement[bool]:
    """The requirements that an implementer may see: those agreed."""
    return Item.stage.in_(("approved", "implemented"))


def implementer_sees_scenarios(actor: Actor) -> ColumnElement[bool]:
    """The scenarios that an implementer may see: those that give rise to an agreed requirement."""
    return _of_agreed()


@cache
def _of_agreed() -> ColumnElement[bool]:
    target = aliased(Item, flat=True)
    return Item.id.in_(
        select(Link.source_id)
        .join(target, target.id == Link.target_id)
        .where(Link.kind == "gives_rise_to", Link.until.is_(None), target.stage.in_(("approved", "implemented")))
    )
