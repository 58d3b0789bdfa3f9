"""What is on file about one change, as plain data: its package, the items it edits as they are now, who was asked and what they
said, the votes, the members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.changes import package
from reqtrack.changes.agreed import Agreed
from reqtrack.changes.delegation import DELEGATION, Origin, Person, StandIn, Table
from reqtrack.changes.models import Change, Decision
from reqtrack.changes.package import Edit, Merge
from reqtrack.changes.standard import Limits
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import ROLE_PERMISSIONS
from reqtrack.workflow.flows import Added, Flow, Flows
from reqtrack.workflow.presets import PRESETS, Preset, flows_of
from reqtrack.workflow.tables import CHANGE_OPEN

STAKEHOLDER = "stakeholder:"


@dataclass(frozen=True)
class ItemNow:
    """An item that a change edits or is about, as it is now, with its content."""

    id: int
    key: str
    kind: str
    number: int
    title: str
    stage: str
    tier: str | None
    phase_id: int | None
    owner_id: int | None
    version: int
    retired: bool
    scope_print: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Touched:
    """An item that somebody put by hand into what a change touches (``added``), or took out of what was computed, and why."""

    item: ItemNow
    added: bool
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Rival:
    """Another open change on the same item: the same field, or the same item only (``field`` "")."""

    key: str
    title: str
    stage: str
    item: str
    field: str


@dataclass(frozen=True)
class Said:
    """One assessment. ``expected`` is (best + 4 likely + worst) / 6, or the likely number; ``cost`` is beside effort; ``options``
    are other ways to do it: ``{"name", "days", "note"}``, *do_nothing* and *smaller* among them. ``source``: "" an assessment,
    ``agreed`` the estimate of who wrote up what was agreed elsewhere."""

    id: int
    user_id: int
    name: str
    best: Decimal | None
    likely: Decimal
    worst: Decimal | None
    note: str
    schedule_note: str
    risk: str
    graph_print: str
    package_print: str
    at: datetime
    cost: Decimal | None = None
    probability: int | None = None
    effect: int | None = None
    options: Sequence[Mapping[str, Any]] | None = None
    source: str = ""

    @property
    def expected(self) -> Decimal:
        return expected(self.likely, self.best, self.worst)

    @property
    def variance(self) -> Decimal:
        """((worst - best) / 6)², what is not given being the likely number."""
        low, high = (self.likely if one is None else one for one in (self.best, self.worst))
        return (high - low) ** 2 / 36

    @property
    def risk_level(self) -> int | None:
        """Probability × effect, from 1 to 25."""
        return None if self.probability is None or self.effect is None else self.probability * self.effect


@dataclass(frozen=True)
class Ask:
    """Whose word is asked for: one person's, or that of any one holder of a ``role``."""

    people: tuple[Person, ...]
    role: str = ""

    @property
    def name(self) -> str:
        """Who may give it."""
        return " / ".join(one.name for one in self.people)


def expected(likely: Decimal, best: Decimal | None, worst: Decimal | None) -> Decimal:
    """The expected effort of one assessment, to the hundredth of a day."""
    if best is None and worst is None:
        return likely
    three = (best if best is not None else likely) + 4 * likely + (worst if worst is not None else likely)
    return (three / 6).quantize(Decimal("0.01"))


@dataclass
class Dossier:
    """See the module. ``items`` are those that it edits, those whose scope content its edits change from another end, and those
    picked; ``others`` what more of items its edits name, and what the edited acceptance scenarios accept; ``rivals`` are the edits
    of other open changes on the same items, ``by_hand`` what was put into what it touches or taken out, by key."""

    change: Change
    project: Project
    edits: Sequence[Edit] = ()
    rivals: Sequence[Rival] = ()
    items: Mapping[str, ItemNow] = field(default_factory=dict)
    said: Sequence[Said] = ()
    asked: frozenset[int] = frozenset()
    asked_roles: frozenset[str] = frozenset()
    votes: Sequence[Decision] = ()
    people: tuple[Person, ...] = ()
    asker_login: str = ""
    by_hand: Mapping[str, Touched] = field(default_factory=dict)
    table: Table = DELEGATION
    limits: Limits | None = None
    flows: Flows = field(default_factory=lambda: flows_of("lean", {}))
    stand_ins: tuple[StandIn, ...] = ()
    agreed: Sequence[Agreed] = ()
    others: Mapping[str, ItemNow] = field(default_factory=dict)

    @property
    def flow(self) -> Flow:
        """How its project has the stages of its kind of change."""
        return self.flows.of(self.change.change_kind)

    @property
    def preset(self) -> Preset:
        return PRESETS[self.flows.preset]

    @property
    def step(self) -> Added | None:
        """The added stage in which it stands."""
        return self.flow.at(self.change.stage, self.change.sub_stage)

    @property
    def open(self) -> bool:
        return self.change.stage in CHANGE_OPEN

    @property
    def named_still(self) -> frozenset[int]:
        """The ids of those named as having decided it elsewhere whose word on it as it stands is still needed."""
        return frozenset(one.user_id for one in self.agreed if not one.stands(self.package_print))

    @cached_property
    def implied(self) -> frozenset[str]:
        """The keys of the items that it is about because of what its edits link to them."""
        return frozenset(package.implied(self.edits))

    @cached_property
    def moved(self) -> dict[str, ItemNow]:
        """The items whose scope content its edits change, wherever they were told from: what rule, templates and signatures go
        by."""
        edited = {one.item for one in self.edits if one.item}
        tested = [self.items[key] for key in edited if key in self.items and self.items[key].kind == "acceptance"]
        known = {**self.others, **self.items}
        named = {key for one in tested for key in one.content.get("accepts") or () if key in known}
        accepted = {key for key in named if not known[key].retired}
        return {key: known[key] for key in sorted(edited | self.implied | accepted) if key in known}

    @cached_property
    def picked(self) -> list[ItemNow]:
        """Items that the change is about without editing them."""
        edited = {one.item for one in self.edits}
        return [one for one in self.items.values() if one.key not in edited]

    @cached_property
    def package(self) -> dict[str, Any]:
        """The canonical package: what votes stand for."""
        touches = [one.key for one in self.picked]
        return package.package(self.change.title, self.change.reason or "", touches, self.edits)

    @cached_property
    def package_print(self) -> str:
        return package.print_of(self.package)

    @cached_property
    def origin(self) -> Origin:
        """Whom the change comes from."""
        change = self.change
        given = (change.asked_by or "").strip()
        asked = change.created_by if not given else self.asker_login if given.startswith(STAKEHOLDER) else given
        return Origin(
            logged_by=change.created_by,
            asked_by=asked,
            editors=frozenset((change.editors or "").split()).union(*(one.author.split() for one in self.edits)),
            typed=asked != change.created_by,
            confirmed=change.confirmed_print == self.package_print,
        )

    @cached_property
    def asks(self) -> list[Ask]:
        """Whose word is asked for: those named who still may assess, and each role that somebody holds; none: any analyst's."""
        may = self.able
        able = [one for one in self.people if may[one.id]]
        named = [Ask((one,)) for one in able if one.id in self.asked]
        holders = {role: tuple(one for one in able if one.holds(role)) for role in sorted(self.asked_roles)}
        return [*named, *(Ask(who, role) for role, who in holders.items() if who)]

    @cached_property
    def typed(self) -> Said | None:
        """The estimate of who wrote up what was agreed elsewhere, while that stands."""
        if self.change.agreed_on is None:
            return None
        return next((one for one in reversed(self.said) if one.source == "agreed"), None)

    @property
    def newest_said(self) -> list[Said]:
        """What the change is measured by: the assessments that count, or the estimate of what was agreed elsewhere, whichever is
        more: who writes that up never makes it smaller than its assessors did."""
        if self.typed is None or sum((one.expected for one in self.heard), Decimal(0)) > self.typed.expected:
            return self.heard
        return [self.typed]

    @cached_property
    def heard(self) -> list[Said]:
        """The assessments that count, oldest first: of each who is named the newest, also where they have left since; of a role
        that of any one holder; the newest one alone where nobody is asked by name or role (any more). What was decided keeps
        those it was decided by."""
        said = [one for one in self.said if not one.source]
        if not said:
            return []
        if not self.open:
            return self._decided_by(said)
        if not self.asks and said[-1].user_id not in self.asked:
            return [said[-1]]
        counted = {one.user_id: one for one in said if one.user_id in self.asked}
        counted.update((one.user_id, one) for one in self._answers(said).values())
        return sorted(counted.values(), key=lambda one: one.id)

    def _decided_by(self, said: Sequence[Said]) -> list[Said]:
        """Of a change that is decided: who has left since, or holds the role no more, has spoken all the same."""
        last = {one.user_id: one for one in said}
        named = [one for user_id, one in last.items() if user_id in self.asked]
        others = [one for user_id, one in last.items() if user_id not in self.asked]
        if not named and not self.asked_roles:
            return [said[-1]]
        by_role = sorted(others, key=lambda one: one.id)[-len(self.asked_roles) :] if self.asked_roles else []
        return sorted([*named, *by_role], key=lambda one: one.id) or [said[-1]]

    def _answers(self, said: Sequence[Said]) -> dict[int, Said]:
        """By the number of the ask: the newest word on it. Who is named speaks for their role only if nobody else of it does."""
        found: dict[int, Said] = {}
        for at, ask in enumerate(self.asks):
            holders = {one.id for one in ask.people}
            others = holders - self.asked if ask.role else holders
            mine = [one for one in said if one.user_id in others] or [one for one in said if one.user_id in holders]
            if mine:
                found[at] = mine[-1]
        return found

    def unanswered(self, said: Sequence[Said]) -> list[Ask]:
        """Whose word is still needed, if these assessments are those that hold."""
        answers = self._answers(said)
        return [ask for at, ask in enumerate(self.asks) if at not in answers]

    @property
    def expected(self) -> Decimal | None:
        """The expected effort: the assessments that count, together; None while there is none."""
        if not self.newest_said:
            # Nobody assesses a standard change: its author's estimate holds.
            return self.change.expected_effort_days if self.change.change_kind == "standard" else None
        return sum((one.expected for one in self.newest_said), Decimal(0))

    @property
    def variance(self) -> Decimal:
        """Of the assessments that count, together: they are taken to be independent."""
        return sum((one.variance for one in self.newest_said), Decimal(0)).quantize(Decimal("0.01"))

    @property
    def expected_cost(self) -> Decimal | None:
        """What it costs beside effort; None where nobody said anything of it."""
        given = [one.cost for one in self.heard if one.cost is not None]
        return sum(given, Decimal(0)) if given else None

    @property
    def price(self) -> Decimal | None:
        """What it costs in all, effort by the project's day rate; None while effort or rate are not known."""
        rate = self.project.day_rate
        if self.expected is None or rate is None:
            return None
        return (self.expected * rate + (self.expected_cost or 0)).quantize(Decimal("0.01"))

    @cached_property
    def merges(self) -> dict[int, Merge]:
        """By the id of a *set* edit: how it meets the item as it is now."""
        found: dict[int, Merge] = {}
        for one in self.edits:
            now = self.items.get(one.item)
            if one.op == "set" and now is not None:
                found[one.id] = package.merge(
                    KINDS[now.kind].field(one.field), one.old, one.new, now.content.get(one.field)
                )
        return found

    @property
    def conflicts(self) -> list[tuple[str, str]]:
        """``(item key, field)`` of edits whose field moved since their base; field "" where the item, or one that they link it to,
        was retired."""
        if not self.open:
            return []
        found = [(one.item, one.field) for one in self.edits if one.op == "set" and self._moved(one)]
        back = {one.item for one in self.edits if package.restores(one)}
        named = {one.item for one in self.edits if one.op in ("set", "link")}.union(*map(package.ends, self.edits))
        gone = {key for key in named - back if self._retired(key)}
        return [*found, *((key, "") for key in sorted(gone))]

    @property
    def menders(self) -> list[Person]:
        """Whose choice it waits for while it is in conflict: its authors, as far as they still may write it."""
        if not self.conflicts:
            return []
        mine = [one for one in self.people if one.login in self.origin.authors]
        return [one for one in mine if any("change.create" in ROLE_PERMISSIONS.get(role, ()) for role in one.roles)]

    def _moved(self, edit: Edit) -> bool:
        merged = self.merges.get(edit.id)
        return merged is not None and merged.state == "conflict"

    def _retired(self, key: str) -> bool:
        now = self.items.get(key) or self.others.get(key)
        return now is not None and now.retired

    @property
    def able(self) -> dict[int, bool]:
        """Who among the members may assess, by id."""
        return {one.id: any("change.assess" in ROLE_PERMISSIONS.get(r, ()) for r in one.roles) for one in self.people}

    def named(self, login: str) -> Person | None:
        return next((one for one in self.people if one.login == login), None)
