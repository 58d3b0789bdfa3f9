"""Everything on file about one change, loaded in five statements: its package, the items it edits as they are now, who was
asked and what they said, the votes, the members. Pages, actions and the API read the same dossier."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import and_, literal, null, or_, select, union_all

from reqtrack.accounts.models import Membership, Project, User
from reqtrack.changes import package
from reqtrack.changes.delegation import ADMINISTRATOR, Origin, Person
from reqtrack.changes.models import Assessment, AssessmentRequest, Change, Decision, ProposedEdit
from reqtrack.changes.package import Edit, Merge
from reqtrack.db import db
from reqtrack.interviews.models import Stakeholder
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link, Version
from reqtrack.permissions import ROLE_PERMISSIONS
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
class Rival:
    """Another open change on the same item: the same field, or the same item only (``field`` "")."""

    key: str
    title: str
    stage: str
    item: str
    field: str


@dataclass(frozen=True)
class Said:
    """One assessment. ``expected`` is (best + 4 likely + worst) / 6, or the likely number."""

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

    @property
    def expected(self) -> Decimal:
        return expected(self.likely, self.best, self.worst)


def expected(likely: Decimal, best: Decimal | None, worst: Decimal | None) -> Decimal:
    """The expected effort of one assessment, to the hundredth of a day."""
    if best is None and worst is None:
        return likely
    three = (best if best is not None else likely) + 4 * likely + (worst if worst is not None else likely)
    return (three / 6).quantize(Decimal("0.01"))


@dataclass
class Dossier:
    """See the module. ``rivals`` are the edits of other open changes on the same items."""

    change: Change
    project: Project
    edits: Sequence[Edit] = ()
    rivals: Sequence[Rival] = ()
    items: Mapping[str, ItemNow] = field(default_factory=dict)
    said: Sequence[Said] = ()
    asked: frozenset[int] = frozenset()
    votes: Sequence[Decision] = ()
    people: tuple[Person, ...] = ()
    asker_login: str = ""

    @property
    def open(self) -> bool:
        return self.change.stage in CHANGE_OPEN

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
            editors=frozenset(one.author for one in self.edits),
            typed=asked != change.created_by,
            confirmed=change.confirmed_print == self.package_print,
        )

    @cached_property
    def newest_said(self) -> list[Said]:
        """What each assessor said last."""
        last: dict[int, Said] = {}
        for one in self.said:
            last[one.user_id] = one
        return sorted(last.values(), key=lambda one: one.id)

    @property
    def expected(self) -> Decimal | None:
        """The expected effort: what each assessor said last, together; None while nobody has."""
        if not self.newest_said:
            return None
        return sum((one.expected for one in self.newest_said), Decimal(0))

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
        """``(item key, field)`` of edits whose field moved since their base; field "" where the item was retired."""
        if not self.open:
            return []
        found = [(one.item, one.field) for one in self.edits if one.op == "set" and self._moved(one)]
        gone = {one.item for one in self.edits if one.op in ("set", "link") and self._retired(one)}
        return [*found, *((key, "") for key in sorted(gone))]

    def _moved(self, edit: Edit) -> bool:
        merged = self.merges.get(edit.id)
        return merged is not None and merged.state == "conflict"

    def _retired(self, edit: Edit) -> bool:
        now = self.items.get(edit.item)
        return now is not None and now.retired

    @property
    def able(self) -> dict[int, bool]:
        """Who among the members may assess, by id."""
        return {one.id: any("change.assess" in ROLE_PERMISSIONS.get(r, ()) for r in one.roles) for one in self.people}

    def named(self, login: str) -> Person | None:
        return next((one for one in self.people if one.login == login), None)


def load(change: Change) -> Dossier:
    """The dossier of a change."""
    project = db.session.get_one(Project, change.project_id)
    edits, rivals = _edits(change)
    found = Dossier(change, project, edits, rivals, _items(change, edits))
    found.said, found.asked = _assessments(change)
    found.votes = _votes(change)
    found.people, found.asker_login = _people(change)
    return found


def _edits(change: Change) -> tuple[list[Edit], list[Rival]]:
    """The edits of a change, and those of other open changes on the same items."""
    item, other = Item.__table__.alias("item"), Item.__table__.alias("other")
    mine = select(ProposedEdit.item_id).where(ProposedEdit.change_id == change.id, ProposedEdit.item_id.is_not(None))
    rows = db.session.execute(
        select(
            ProposedEdit, item.c.key.label("item_key"), other.c.key.label("change_key"), other.c.title, other.c.stage
        )
        .join(other, other.c.id == ProposedEdit.change_id)
        .outerjoin(item, item.c.id == ProposedEdit.item_id)
        .where(
            or_(
                ProposedEdit.change_id == change.id,
                and_(ProposedEdit.item_id.in_(mine), other.c.stage.in_(CHANGE_OPEN)),
            )
        )
        .order_by(other.c.number, ProposedEdit.position, ProposedEdit.id)
    ).all()
    edits = [as_edit(row[0], row.item_key or "") for row in rows if row[0].change_id == change.id]
    rivals = [
        Rival(row.change_key, row.title, row.stage, row.item_key, _same_field(edits, row[0], row.item_key))
        for row in rows
        if row[0].change_id != change.id
    ]
    return edits, rivals


def _same_field(edits: Sequence[Edit], theirs: ProposedEdit, item: str) -> str:
    """The field that both want to set ("" when they want different things of the item)."""
    clash = any(one.op == theirs.op == "set" and (one.item, one.field) == (item, theirs.field) for one in edits)
    return theirs.field if clash else ""


def as_edit(row: ProposedEdit, item: str) -> Edit:
    """A row as plain data."""
    return Edit(
        row.id, row.position, row.op, item, row.kind, row.field, row.base_version, row.old, row.new, row.author, row.made_key
    )  # fmt: skip


def _items(change: Change, edits: Sequence[Edit]) -> dict[str, ItemNow]:
    """The items edited, and those picked without an edit, with their newest content."""
    edited = select(ProposedEdit.item_id).where(ProposedEdit.change_id == change.id)
    picked = select(Link.target_id).where(Link.source_id == change.id, Link.kind == "touches", Link.until.is_(None))
    rows = db.session.execute(
        select(
            Item.id, Item.key, Item.kind, Item.number, Item.title, Item.stage, Item.tier, Item.phase_id, Item.owner_id,
            Item.version, Item.retired, Item.scope_print, Version.content,
        )
        .join(Version, and_(Version.item_id == Item.id, Version.number == Item.version))
        .where(or_(Item.id.in_(edited), Item.id.in_(picked)))
        .order_by(Item.kind, Item.number)
    )  # fmt: skip
    return {row.key: ItemNow(**{**row._mapping, "content": json.loads(row.content)}) for row in rows}


def _assessments(change: Change) -> tuple[list[Said], frozenset[int]]:
    """What assessors said, oldest first, and who was named to be asked."""
    own = Assessment.__table__
    names = ("id", "best", "likely", "worst", "note", "schedule_note", "risk", "graph_print", "package_print", "at")
    said = (
        select(
            literal("said").label("what"), User.id.label("user_id"), User.name.label("name"), *(own.c[n] for n in names)
        )
        .join(own, own.c.assessor_id == User.id)
        .where(own.c.change_id == change.id)
    )
    asked = (
        select(literal("asked").label("what"), User.id, User.name, *(null().label(name) for name in names))
        .join(AssessmentRequest, AssessmentRequest.user_id == User.id)
        .where(AssessmentRequest.change_id == change.id)
    )
    rows: Sequence[Any] = db.session.execute(union_all(said, asked)).all()
    found = [
        Said(
            row.id, row.user_id, row.name, row.best, row.likely, row.worst, row.note, row.schedule_note, row.risk,
            row.graph_print, row.package_print, row.at,
        )
        for row in rows
        if row.what == "said"
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.id), frozenset(row.user_id for row in rows if row.what == "asked")


def _votes(change: Change) -> list[Decision]:
    wanted = select(Decision).where(Decision.change_id == change.id).order_by(Decision.number)
    return list(db.session.execute(wanted).scalars())


def _people(change: Change) -> tuple[tuple[Person, ...], str]:
    """The active members with their roles; and the login of the stakeholder who asked, where that one is a member."""
    asked = (change.asked_by or "").removeprefix(STAKEHOLDER)
    number = int(asked) if (change.asked_by or "").startswith(STAKEHOLDER) and asked.isdigit() else 0
    rows = db.session.execute(
        select(User.id, User.login, User.name, User.is_admin, Membership.role, Stakeholder.id.label("asked"))
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Stakeholder, and_(Stakeholder.user_id == User.id, Stakeholder.id == number))
        .where(Membership.project_id == change.project_id, Membership.ended_at.is_(None), User.active)
        .order_by(User.name, User.id)
    ).all()
    roles: dict[int, set[str]] = {}
    for row in rows:
        roles.setdefault(row.id, {ADMINISTRATOR} if row.is_admin else set()).add(row.role)
    people = {row.id: Person(row.id, row.login, row.name, frozenset(roles[row.id])) for row in rows}
    return tuple(people.values()), next((row.login for row in rows if row.asked is not None), "")
