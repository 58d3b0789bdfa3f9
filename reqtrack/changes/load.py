"""What the phases carry, before a change and after it; and by how much a phase that carries too much ends later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, select, union_all

from reqtrack import workdays
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import kept
from reqtrack.changes.models import Change
from reqtrack.changes.package import NEW, Edit, restores
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.requirements.models import Phase, Requirement
from reqtrack.requirements.policy import OUT
from reqtrack.workdays import WEEKS, Calendar

NOTHING = Decimal(0)
APPLIED = ("applied", "closed")
# As bars draw them.
ORDER = ("must", "should", "later", "", "change")


@dataclass(frozen=True)
class PhaseLoad:
    """A phase in person-days. ``before`` by tier (must, should, later, "" and "change" for applied changes), ``added`` what this
    change adds in all, ``added_must`` what of that is must; ``must_changes`` what of the applied changes is. ``capacity_days``
    None: not given yet. Its days are counted by the project's ``calendar``."""

    id: int
    number: int
    name: str
    starts_on: date | None
    ends_on: date | None
    capacity_days: Decimal | None
    by_tier: Mapping[str, Decimal] = field(default_factory=dict)
    added: Decimal = NOTHING
    added_must: Decimal = NOTHING
    must_changes: Decimal = NOTHING
    calendar: Calendar = WEEKS

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
    def excess(self) -> Decimal:
        """By how much less it would have to carry for the change not to raise it beyond the capacity."""
        return (
            min(self.after - self.capacity_days, self.added)
            if self.over and self.capacity_days is not None
            else NOTHING
        )

    @property
    def must_before(self) -> Decimal:
        return self.by_tier.get("must", NOTHING) + self.must_changes

    @property
    def must_share_before(self) -> Decimal | None:
        """What part of the load is must, from 0 to 1; None where nothing is estimated."""
        return share(self.must_before, self.before)

    @property
    def must_share_after(self) -> Decimal | None:
        return share(self.must_before + self.added_must, self.after)

    @property
    def projected(self) -> bool:
        """Whether there is all it takes to say when it ends: dates and capacity."""
        return bool(self.capacity_days) and self.starts_on is not None and self.ends_on is not None

    @property
    def days_late(self) -> int | None:
        """By how many working days the phase ends later for this change; None where dates or capacity are not given."""
        return self._overrun(self.after) - self._overrun(self.before) if self.projected else None

    @property
    def end_before(self) -> date | None:
        """When it is projected to end without this change."""
        return self._end(self.before)

    @property
    def end_after(self) -> date | None:
        """When it is projected to end with this change."""
        return self._end(self.after)

    def _end(self, load: Decimal) -> date | None:
        if not self.projected or self.ends_on is None:
            return None
        return self.calendar.later(self.ends_on, self._overrun(load))

    def _overrun(self, load: Decimal) -> int:
        assert self.capacity_days is not None and self.starts_on is not None and self.ends_on is not None
        too_much = max(load - self.capacity_days, NOTHING)
        days = Decimal(max(self.calendar.within(self.starts_on, self.ends_on), 1))
        return int((too_much * days / self.capacity_days).to_integral_value(ROUND_CEILING))


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """A part of a whole, from 0 to 1; None where there is nothing to share."""
    return max(part, NOTHING) / whole if whole > 0 else None


def phases(project_id: int, without: int | None = None) -> list[PhaseLoad]:
    """The phases of a project with what they carry, in order (one query, whose answer is kept until something is
    written in the project).

    Args:
        without: the id of a change whose own effort is left out.
    """
    return list(kept(f"load without {without}", project_id, lambda: _phases(project_id, without)))


def _phases(project_id: int, without: int | None) -> list[PhaseLoad]:
    carried: dict[int, PhaseLoad] = {}
    calendar = workdays.of(db.session.get_one(Project, project_id).calendar)
    for row in db.session.execute(_carried(project_id, without)):
        known = carried.get(row.id)
        if known is None:
            tiers = dict.fromkeys(ORDER, NOTHING)
            known = PhaseLoad(
                row.id, row.number, row.name, row.starts_on, row.ends_on, row.capacity_days, tiers, calendar=calendar
            )
        tiers, musts = dict(known.by_tier), known.must_changes
        if row.effort:
            name = "change" if row.applied else row.tier or ""
            tiers[name] = tiers.get(name, NOTHING) + row.effort
            musts += row.effort if row.applied and row.tier == "must" else NOTHING
        carried[row.id] = replace(known, by_tier=tiers, must_changes=musts)
    return sorted(carried.values(), key=lambda one: one.number)


def _carried(project_id: int, without: int | None) -> Any:
    own, changes = Requirement.__table__, Change.__table__
    columns = (Phase.id, Phase.number, Phase.name, Phase.starts_on, Phase.ends_on, Phase.capacity_days)
    in_phase = and_(Item.phase_id == Phase.id, Item.project_id == Phase.project_id)
    live = and_(in_phase, Item.kind == "requirement", Item.stage.not_in(OUT), Item.retired.is_(False))
    requirements = (
        select(
            *columns,
            Item.tier.label("tier"),
            literal(False).label("applied"),
            func.sum(own.c.effort_days).label("effort"),
        )
        .select_from(Phase)
        .outerjoin(Item, live)
        .outerjoin(own, own.c.id == Item.id)
        .where(Phase.project_id == project_id)
        .group_by(*columns, Item.tier)
    )
    applied = (
        select(
            *columns,
            Item.tier,
            literal(True).label("applied"),
            func.sum(_own()).label("effort"),
        )
        .select_from(Phase)
        .join(Item, and_(Item.phase_id == Phase.id, Item.kind == "change", Item.stage.in_(APPLIED)))
        .join(changes, changes.c.id == Item.id)
        .where(Phase.project_id == project_id, Item.id != (without or 0))
        .group_by(*columns, Item.tier)
    )
    return union_all(requirements, applied)


def change_days(project_id: int) -> Mapping[int, Decimal]:
    """Person-days of applied changes beside the estimates of their requirements, by phase: the hook of
    ``requirements.queries.MORE_LOAD``."""
    own = Change.__table__
    rows = db.session.execute(
        select(Item.phase_id, func.sum(_own()))
        .select_from(Item)
        .join(own, own.c.id == Item.id)
        .where(
            Item.project_id == project_id, Item.kind == "change", Item.stage.in_(APPLIED), Item.phase_id.is_not(None)
        )
        .group_by(Item.phase_id)
    )
    return {phase_id: days or NOTHING for phase_id, days in rows if phase_id is not None}


def _own() -> ColumnElement[Decimal]:
    """``own_days`` of a change in effect, as SQL."""
    own = Change.__table__.c
    beside = own.expected_effort_days - func.coalesce(own.estimated_days, 0)
    return case((beside > 0, beside), else_=literal(NOTHING, own.expected_effort_days.type))


def own_days(expected: Decimal | None, estimated: Decimal) -> Decimal:
    """What of a change's expected effort counts beside the requirements: all but what their estimates say already."""
    return max((expected or NOTHING) - estimated, NOTHING)


@dataclass(frozen=True)
class Weight:
    """What an edited item weighs: its phase and its estimate, whether it counts for its phase's load, and its tier."""

    phase_id: int | None
    effort: Decimal | None
    live: bool
    tier: str = ""

    @property
    def days(self) -> Decimal:
        return (self.effort or NOTHING) if self.live else NOTHING


# Person-days by phase and tier.
Moves = dict[tuple[int, str], Decimal]


def moves(
    edits: Iterable[Edit], weights: Mapping[str, Weight], expected: Decimal | None, phase_id: int | None, tier: str = ""
) -> Moves:
    """What a change adds, by phase and tier: what its edits move there or take away and, in its own phase, its own effort.

    Args:
        weights: of the edited requirements, by key.
        expected: the expected effort of the change (None while it is not assessed).
        phase_id, tier: what the change goes into; new requirements without one go there too.
    """
    pairs = weighed(edits, weights, phase_id, tier)
    mine = {} if phase_id is None else {(phase_id, tier): own_days(expected, estimated(pairs))}
    return total(*(one.moves for one in pairs), mine)


NONE = Weight(None, None, False)


class Weighed(NamedTuple):
    """An edited requirement (what stands for it, where it is new): what it weighs now, and what it will."""

    key: str
    now: Weight
    then: Weight

    @property
    def moves(self) -> Moves:
        """What weighs elsewhere, or otherwise, than before."""
        if self.now == self.then:
            return {}
        return total(
            *(
                {(one.phase_id, one.tier): days}
                for one, days in ((self.now, -self.now.days), (self.then, self.then.days))
                if one.phase_id is not None
            )
        )


def weighed(edits: Iterable[Edit], weights: Mapping[str, Weight], phase_id: int | None, tier: str) -> list[Weighed]:
    """The requirements that a change edits or adds."""
    found: list[Weighed] = []
    by_item: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.op == "new" and edit.kind == "requirement":
            days = edit.new.get("effort_days")
            effort = Decimal(days) if days else None
            then = Weight(edit.new.get("phase") or phase_id, effort, True, edit.new.get("tier") or tier)
            found.append(Weighed(f"{NEW}{edit.position}", NONE, then))
        elif edit.item in weights:
            by_item.setdefault(edit.item, []).append(edit)
    return [*found, *(Weighed(key, weights[key], _edited(weights[key], mine)) for key, mine in by_item.items())]


def estimated(pairs: Iterable[Weighed]) -> Decimal:
    """By how much the estimates of requirements grow: that part of a change's effort counts with them, in their phases. What goes
    into no phase counts nowhere, so it takes nothing off the change."""
    return sum((max(then.days - now.days, NOTHING) for _key, now, then in pairs if then.phase_id is not None), NOTHING)


def total(*told: Moves) -> Moves:
    """Several moves as one."""
    found: Moves = {}
    for one in told:
        for at, days in one.items():
            found[at] = found.get(at, NOTHING) + days
    return {at: days for at, days in found.items() if days}


def _edited(weight: Weight, edits: Iterable[Edit]) -> Weight:
    """What an item weighs after its edits."""
    for edit in edits:
        if edit.op == "retire":
            weight = replace(weight, live=restores(edit))
        elif edit.op == "set" and edit.field == "phase":
            weight = replace(weight, phase_id=edit.new)
        elif edit.op == "set" and edit.field == "effort_days":
            weight = replace(weight, effort=Decimal(edit.new) if edit.new else None)
        elif edit.op == "set" and edit.field == "tier":
            weight = replace(weight, tier=edit.new or "")
    return weight


def in_phases(told: Moves, tier: str | None = None) -> dict[int, Decimal]:
    """What a change adds to each phase; of one tier alone where that is given."""
    found: dict[int, Decimal] = {}
    for (phase, layer), days in told.items():
        if tier is None or layer == tier:
            found[phase] = found.get(phase, NOTHING) + days
    return {phase: days for phase, days in found.items() if days}


def with_change(
    carried: Sequence[PhaseLoad], more: Mapping[int, Decimal], musts: Mapping[int, Decimal] | None = None
) -> list[PhaseLoad]:
    """The phases with what a change adds to each, and what of that is must."""
    musts = musts or {}
    return [replace(one, added=more.get(one.id, NOTHING), added_must=musts.get(one.id, NOTHING)) for one in carried]


def with_moves(carried: Sequence[PhaseLoad], told: Moves) -> list[PhaseLoad]:
    """The same from ``moves``."""
    return with_change(carried, in_phases(told), in_phases(told, "must"))
