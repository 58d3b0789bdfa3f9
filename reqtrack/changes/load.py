"""What the phases carry, before a change and after it; and by how much a phase that carries too much ends later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import and_, func, literal, select, union_all

from reqtrack.audit.kept import kept
from reqtrack.changes.models import Change
from reqtrack.changes.package import Edit
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.requirements.models import Phase, Requirement
from reqtrack.requirements.policy import OUT

NOTHING = Decimal(0)
APPLIED = ("applied", "closed")
# As bars draw them.
ORDER = ("must", "should", "later", "", "change")


@dataclass(frozen=True)
class PhaseLoad:
    """A phase in person-days. ``before`` by tier (must, should, later, "" and "change" for applied changes), ``added`` what this
    change adds in all; ``capacity_days`` None: not given yet."""

    id: int
    number: int
    name: str
    starts_on: date | None
    ends_on: date | None
    capacity_days: Decimal | None
    by_tier: Mapping[str, Decimal] = field(default_factory=dict)
    added: Decimal = NOTHING

    @property
    def before(self) -> Decimal:
        return sum(self.by_tier.values(), NOTHING)

    @property
    def after(self) -> Decimal:
        return self.before + self.added

    @property
    def over(self) -> bool:
        """Whether the change raises the load beyond the capacity: a phase that is over anyway counts only if it gets more."""
        return self.capacity_days is not None and self.added > 0 and self.after > self.capacity_days

    @property
    def days_late(self) -> int | None:
        """By how many working days the phase ends later for this change; None where dates or capacity are not given."""
        if self.capacity_days is None or self.starts_on is None or self.ends_on is None or not self.capacity_days:
            return None
        return self._overrun(self.after) - self._overrun(self.before)

    @property
    def end_after(self) -> date | None:
        """When it is projected to end with this change."""
        late = self.days_late
        if late is None or self.ends_on is None:
            return None
        return later(self.ends_on, self._overrun(self.after))

    def _overrun(self, load: Decimal) -> int:
        assert self.capacity_days is not None and self.starts_on is not None and self.ends_on is not None
        too_much = max(load - self.capacity_days, NOTHING)
        days = Decimal(max(working_days(self.starts_on, self.ends_on), 1))
        return int((too_much * days / self.capacity_days).to_integral_value(ROUND_CEILING))


def working_days(first: date, last: date) -> int:
    """How many days from Monday to Friday lie between two dates, both included."""
    return sum((first + timedelta(days=at)).weekday() < 5 for at in range((last - first).days + 1))


def later(day: date, number: int) -> date:
    """The day that many working days later."""
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def phases(project_id: int, without: int | None = None) -> list[PhaseLoad]:
    """The phases of a project with what they carry, in order (one query, whose answer is kept until something is
    written in the project).

    Args:
        without: the id of a change whose own effort is left out.
    """
    return list(kept(f"load without {without}", project_id, lambda: _phases(project_id, without)))


def _phases(project_id: int, without: int | None) -> list[PhaseLoad]:
    carried: dict[int, PhaseLoad] = {}
    for row in db.session.execute(_carried(project_id, without)):
        known = carried.get(row.id)
        if known is None:
            tiers = dict.fromkeys(ORDER, NOTHING)
            known = PhaseLoad(row.id, row.number, row.name, row.starts_on, row.ends_on, row.capacity_days, tiers)
        tiers = dict(known.by_tier)
        if row.effort:
            tiers[row.tier or ""] = tiers.get(row.tier or "", NOTHING) + row.effort
        carried[row.id] = replace(known, by_tier=tiers)
    return sorted(carried.values(), key=lambda one: one.number)


def _carried(project_id: int, without: int | None) -> Any:
    own, changes = Requirement.__table__, Change.__table__
    columns = (Phase.id, Phase.number, Phase.name, Phase.starts_on, Phase.ends_on, Phase.capacity_days)
    in_phase = and_(Item.phase_id == Phase.id, Item.project_id == Phase.project_id)
    live = and_(in_phase, Item.kind == "requirement", Item.stage.not_in(OUT), Item.retired.is_(False))
    requirements = (
        select(*columns, Item.tier.label("tier"), func.sum(own.c.effort_days).label("effort"))
        .select_from(Phase)
        .outerjoin(Item, live)
        .outerjoin(own, own.c.id == Item.id)
        .where(Phase.project_id == project_id)
        .group_by(*columns, Item.tier)
    )
    applied = (
        select(*columns, literal("change").label("tier"), func.sum(changes.c.expected_effort_days).label("effort"))
        .select_from(Phase)
        .join(Item, and_(Item.phase_id == Phase.id, Item.kind == "change", Item.stage.in_(APPLIED)))
        .join(changes, changes.c.id == Item.id)
        .where(Phase.project_id == project_id, Item.id != (without or 0))
        .group_by(*columns)
    )
    return union_all(requirements, applied)


def change_days(project_id: int) -> Mapping[int, Decimal]:
    """Person-days that applied changes add, by phase: the hook of ``requirements.queries.MORE_LOAD``."""
    own = Change.__table__
    rows = db.session.execute(
        select(Item.phase_id, func.sum(own.c.expected_effort_days))
        .select_from(Item)
        .join(own, own.c.id == Item.id)
        .where(
            Item.project_id == project_id, Item.kind == "change", Item.stage.in_(APPLIED), Item.phase_id.is_not(None)
        )
        .group_by(Item.phase_id)
    )
    return {phase_id: days or NOTHING for phase_id, days in rows if phase_id is not None}


@dataclass(frozen=True)
class Weight:
    """What an edited item weighs now: its phase and its estimate, and whether it counts for its phase's load."""

    phase_id: int | None
    effort: Decimal | None
    live: bool


def added(
    edits: Iterable[Edit], weights: Mapping[str, Weight], expected: Decimal | None, phase_id: int | None
) -> dict[int, Decimal]:
    """What a change adds to each phase: its own effort in its phase, and what its edits move there or take away.

    Args:
        weights: of the edited requirements, by key.
        expected: the expected effort of the change (None while it is not assessed).
        phase_id: the phase that the change goes into; new requirements without one go there too.
    """
    found: dict[int, Decimal] = {}

    def add(phase: int | None, days: Decimal | None) -> None:
        if phase is not None and days:
            found[phase] = found.get(phase, NOTHING) + days

    add(phase_id, expected)
    by_item: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.op == "new" and edit.kind == "requirement":
            days = edit.new.get("effort_days")
            add(edit.new.get("phase") or phase_id, Decimal(days) if days else None)
        elif edit.item in weights and weights[edit.item].live:
            by_item.setdefault(edit.item, []).append(edit)
    for key, mine in by_item.items():
        weight = weights[key]
        phase, effort = weight.phase_id, weight.effort
        for edit in mine:
            if edit.op == "set" and edit.field == "phase":
                phase = edit.new
            elif edit.op == "set" and edit.field == "effort_days":
                effort = Decimal(edit.new) if edit.new else None
        if any(edit.op == "retire" for edit in mine):
            phase = None
        if (phase, effort) != (weight.phase_id, weight.effort):
            add(weight.phase_id, -(weight.effort or NOTHING))
            add(phase, effort)
    return {phase: days for phase, days in found.items() if days}


def with_change(carried: Sequence[PhaseLoad], more: Mapping[int, Decimal]) -> list[PhaseLoad]:
    """The phases with what a change adds to each."""
    return [replace(one, added=more.get(one.id, NOTHING)) for one in carried]
