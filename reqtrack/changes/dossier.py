"""Dossiers of changes, loaded in five statements for one as for many. Pages, actions and the API read the same dossier."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)

from reqtrack.accounts.models import Project, User
from reqtrack.changes.agreed import Agreed
from reqtrack.changes.delegation import DELEGATION, Line, Table
from reqtrack.changes.filed import STAKEHOLDER, Dossier, ItemNow, Rival, Said, Touched, expected
from reqtrack.changes.models import (
    Agreement,
    Assessment,
    AssessmentRequest,
    AssessmentRole,
    Change,
    ChangeTemplate,
    Decision,
    DelegationLine,
    ProposedEdit,
    Touch,
)
from reqtrack.changes.package import Edit, ends, implied
from reqtrack.changes.people import around
from reqtrack.changes.standard import Limits
from reqtrack.db import db
from reqtrack.items.models import Attachment, Item, Link, Version
from reqtrack.workflow.presets import flows_of
from reqtrack.workflow.tables import CHANGE_OPEN

__all__ = [
    "STAKEHOLDER", "Dossier", "ItemNow", "Rival", "Said", "expected", "has_file", "in_conflict", "limits_of", "load", "load_many",
    "table_of",
]  # fmt: skip


# The statements are made once: to make them took longer than to ask them.
IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def load(change: Change) -> Dossier:
    """The dossier of a change."""
    return load_many([change])[0]


def load_many(changes: Sequence[Change]) -> list[Dossier]:
    """The dossiers of some changes, in their order, in as many statements as of one."""
    if not changes:
        return []
    ids = [change.id for change in changes]
    edits, rivals = _edits(ids)
    (items, others, by_hand), votes = _items(changes, edits), _votes(ids)
    said, asked, roles = _said(ids)
    people, askers, tables, stand_ins, own = around(changes)
    projects = {one: db.session.get_one(Project, one) for one in {change.project_id for change in changes}}
    flows = {one: flows_of(project.preset, own.get(one, {})) for one, project in projects.items()}
    agreed = _agreed([change.id for change in changes if change.agreed_on is not None])
    limits = _limits({change.template_id for change in changes if change.template_id is not None})
    return [
        Dossier(
            change,
            projects[change.project_id],
            edits.get(change.id, []),
            rivals.get(change.id, []),
            items.get(change.id, {}),
            said.get(change.id, []),
            asked.get(change.id, frozenset()),
            roles.get(change.id, frozenset()),
            votes.get(change.id, []),
            people.get(change.project_id, ()),
            askers.get(change.id, ""),
            by_hand=by_hand.get(change.id, {}),
            table=tables.get(change.project_id, DELEGATION),
            limits=limits.get(change.template_id or 0),
            flows=flows[change.project_id],
            stand_ins=stand_ins.get(change.project_id, ()),
            agreed=agreed.get(change.id, ()),
            others=others.get(change.id, {}),
        )
        for change in changes
    ]


def in_conflict(project_id: int, rows: Sequence[Any]) -> set[int]:
    """The ids of those among some changes of a project that are in conflict (two statements, or none): for lists, which need no
    more of them. ``rows`` have ``id`` and ``stage``."""
    wanted = [Change(id=one.id, stage=one.stage, project_id=project_id) for one in rows if one.stage in CHANGE_OPEN]
    if not wanted:
        return set()
    edits, _rivals = _edits([one.id for one in wanted])
    items, others, _by_hand = _items(wanted, edits)
    nobody = Project()
    told = [
        Dossier(one, nobody, edits[one.id], items=items.get(one.id, {}), others=others.get(one.id, {}))
        for one in wanted
    ]
    return {one.change.id for one in told if one.conflicts}


def table_of(project_id: int) -> Table:
    """The delegation table of a project: its own lines, or the default (one statement)."""
    wanted = select(DelegationLine).where(DelegationLine.project_id == project_id).order_by(DelegationLine.position)
    rows = db.session.execute(wanted).scalars().all()
    return (
        tuple(
            Line(row.most_days, row.must, row.over, tuple(row.seats.split()), row.most_cost, row.change_kind)
            for row in rows
        )
        or DELEGATION
    )


def _limits(ids: Collection[int]) -> dict[int, Limits]:
    """The limits of the templates of standard changes, by id (no statement where there is none)."""
    if not ids:
        return {}
    rows = db.session.execute(select(ChangeTemplate).where(ChangeTemplate.id.in_(ids))).scalars()
    return {row.id: limits_of(row) for row in rows}


def _agreed(ids: Collection[int]) -> dict[int, list[Agreed]]:
    """Who is said to have decided changes elsewhere, and what they say to that (no statement where nothing was)."""
    if not ids:
        return {}
    rows = db.session.execute(
        select(Agreement, User.login, User.name)
        .join(User, User.id == Agreement.user_id)
        .where(Agreement.change_id.in_(ids))
        .order_by(User.name, User.id)
    )
    found: dict[int, list[Agreed]] = {}
    for row in rows:
        one = row[0]
        told = (one.answer, one.reason, one.package_print, one.method, one.answered_at, one.seated)
        found.setdefault(one.change_id, []).append(Agreed(one.user_id, row.login, row.name, *told))
    return found


def limits_of(row: ChangeTemplate) -> Limits:
    """A template as the policy judges by it."""
    return Limits(
        row.name, row.approved_by, row.archived_at is not None, row.most_days, row.most_items,
        frozenset(row.fields.split()), frozenset(row.tiers.split()),
    )  # fmt: skip


@cache
def _ask_edits() -> Any:
    item, other = Item.__table__.alias("item"), Item.__table__.alias("other")
    about = (Link.kind == "touches", Link.until.is_(None))
    mine: Any = union_all(
        select(ProposedEdit.item_id).where(ProposedEdit.change_id.in_(IDS), ProposedEdit.item_id.is_not(None)),
        select(Link.target_id).where(Link.source_id.in_(IDS), *about),
    )
    theirs = select(Link.source_id).where(Link.target_id.in_(mine), *about)
    return (
        select(
            ProposedEdit, item.c.key.label("item_key"), other.c.key.label("change_key"), other.c.title, other.c.stage
        )
        .join(other, other.c.id == ProposedEdit.change_id)
        .outerjoin(item, item.c.id == ProposedEdit.item_id)
        .where(
            or_(
                ProposedEdit.change_id.in_(IDS),
                and_(
                    or_(ProposedEdit.item_id.in_(mine), ProposedEdit.change_id.in_(theirs)),
                    other.c.stage.in_(CHANGE_OPEN),
                ),
            )
        )
        .order_by(other.c.number, ProposedEdit.position, ProposedEdit.id)
    )


def _edits(ids: Sequence[int]) -> tuple[dict[int, list[Edit]], dict[int, list[Rival]]]:
    """The edits of changes, and those of other open changes on the same items."""
    rows = db.session.execute(_ask_edits(), {"ids": ids}).all()
    edits: dict[int, list[Edit]] = {one: [] for one in ids}
    # What each line is about is read once, however many changes are asked about.
    lines: dict[str, list[Any]] = {}
    for row in rows:
        edit = as_edit(row[0], row.item_key or "")
        if row[0].change_id in edits:
            edits[row[0].change_id].append(edit)
        if row.stage in CHANGE_OPEN:
            for key in _about([edit]):
                lines.setdefault(key, []).append(row)
    order = {id(row): at for at, row in enumerate(rows)}
    return edits, {one: _rivals(one, edits[one], lines, order) for one in ids}


def _rivals(
    change_id: int, edits: Sequence[Edit], theirs: Mapping[str, Sequence[Any]], order: Mapping[int, int]
) -> list[Rival]:
    """``theirs``: the lines of open changes by the key of what they are about; ``order``: in which they were read, by ``id``."""
    met = [
        (order[id(row)], key, row)
        for key in _about(edits)
        for row in theirs.get(key, ())
        if row[0].change_id != change_id
    ]
    return [
        Rival(row.change_key, row.title, row.stage, key, _same_field(edits, row[0], row.item_key, key))
        for _at, key, row in sorted(met, key=lambda one: one[:2])
    ]


def _about(edits: Sequence[Edit]) -> set[str]:
    """The keys of what edits change, whichever end they were told from."""
    return {one.item for one in edits if one.item} | implied(edits)


def _same_field(edits: Sequence[Edit], theirs: ProposedEdit, edited: str | None, item: str) -> str:
    """The field that both want to set ("" when they want different things of the item)."""
    if edited != item:
        return ""
    clash = any(one.op == theirs.op == "set" and (one.item, one.field) == (item, theirs.field) for one in edits)
    return theirs.field if clash else ""


def as_edit(row: ProposedEdit, item: str) -> Edit:
    """A row as plain data."""
    return Edit(
        row.id, row.position, row.op, item, row.kind, row.field, row.base_version, row.old, row.new, row.author, row.made_key
    )  # fmt: skip


ByChange = dict[int, dict[str, Any]]


# What an item is loaded for, where that is neither an edit of it, nor a pick (0), nor a hand (the row's id).
NAMED = -1


@cache
def _ask_items(by_key: bool) -> Any:
    edited = select(ProposedEdit.change_id, ProposedEdit.item_id, literal(0).label("touch_id")).where(
        ProposedEdit.change_id.in_(IDS), ProposedEdit.item_id.is_not(None)
    )
    picked = select(Link.source_id, Link.target_id, literal(0)).where(
        Link.source_id.in_(IDS), Link.kind == "touches", Link.until.is_(None)
    )
    touched = select(Touch.change_id, Touch.item_id, Touch.id).where(Touch.change_id.in_(IDS), Touch.until.is_(None))
    accepted = (
        select(ProposedEdit.change_id, Link.target_id, literal(NAMED))
        .join(Link, and_(Link.source_id == ProposedEdit.item_id, Link.kind == "accepts", Link.until.is_(None)))
        .where(ProposedEdit.change_id.in_(IDS))
    )
    named = select(literal(0), Item.id, literal(NAMED)).where(
        Item.project_id.in_(bindparam("projects", expanding=True)), Item.key.in_(bindparam("keys", expanding=True))
    )
    # A union without ALL: an item that several edits are about is there once.
    about = union(edited, picked, touched, accepted, *([named] if by_key else [])).subquery()
    return (
        select(
            about.c.change_id, about.c.touch_id, Item.project_id, Item.id, Item.key, Item.kind, Item.number, Item.title,
            Item.stage, Item.tier, Item.phase_id, Item.owner_id, Item.version, Item.retired, Item.scope_print, Version.content,
            Touch.added, Touch.reason, Touch.author, Touch.at,
        )
        .select_from(about)
        .outerjoin(Touch, Touch.id == about.c.touch_id)
        .join(Item, Item.id == about.c.item_id)
        .join(Version, and_(Version.item_id == Item.id, Version.number == Item.version))
        .order_by(Item.kind, Item.number)
    )  # fmt: skip


def _items(changes: Sequence[Change], edits: Mapping[int, Sequence[Edit]]) -> tuple[ByChange, ByChange, ByChange]:
    """The items that changes are about, with their newest content; what more they name, and what edited acceptance scenarios
    accept; and what was put in or taken out by hand."""
    named = _named(changes, edits)
    asked: dict[str, Any] = {"ids": [change.id for change in changes]}
    if named:
        # Where several projects are asked about, more than is named may come along; nobody takes it up.
        asked |= {"projects": sorted({one for one, _ in named}), "keys": sorted({key for _, key in named})}
    rows = db.session.execute(_ask_items(bool(named)), asked)
    found: ByChange = {}
    others: ByChange = {}
    by_hand: ByChange = {}
    wanted = {change_id: implied(mine) for change_id, mine in edits.items()}
    for row in rows:
        told = {**row._mapping, "content": json.loads(row.content)}
        change_id, touch_id, project_id = (told.pop(name) for name in ("change_id", "touch_id", "project_id"))
        hand = {name: told.pop(name) for name in ("added", "reason", "author", "at")}
        if touch_id == NAMED:
            item = ItemNow(**told)
            for one in (change_id,) if change_id else named.get((project_id, row.key), ()):
                (found if row.key in wanted[one] else others).setdefault(one, {})[row.key] = item
        elif hand["added"] is None:
            found.setdefault(change_id, {})[row.key] = ItemNow(**told)
        else:
            by_hand.setdefault(change_id, {})[row.key] = Touched(ItemNow(**told), **hand)
    return found, others, by_hand


def _named(changes: Sequence[Change], edits: Mapping[int, Sequence[Edit]]) -> dict[tuple[int, str], list[int]]:
    """The changes whose edits name an item at the other end of a link, by its project and key."""
    found: dict[tuple[int, str], list[int]] = {}
    for change in changes:
        for key in implied(edits[change.id]).union(*map(ends, edits[change.id])):
            found.setdefault((change.project_id, key), []).append(change.id)
    return found


SAID = (
    "id", "best", "likely", "worst", "note", "schedule_note", "risk", "graph_print", "package_print", "at", "cost",
    "probability", "effect", "options", "source",
)  # fmt: skip


@cache
def _ask_said() -> Any:
    own = Assessment.__table__
    said = (
        select(own.c.change_id, User.id.label("user_id"), User.name.label("name"), *(own.c[n] for n in SAID))
        .join(own, own.c.assessor_id == User.id)
        .where(own.c.change_id.in_(IDS))
    )
    asked = (
        select(AssessmentRequest.change_id, User.id, User.name, *(null().label(name) for name in SAID))
        .join(AssessmentRequest, AssessmentRequest.user_id == User.id)
        .where(AssessmentRequest.change_id.in_(IDS))
    )
    by_role = select(
        AssessmentRole.change_id, null().label("user_id"), AssessmentRole.role, *(null().label(name) for name in SAID)
    ).where(AssessmentRole.change_id.in_(IDS))
    return union_all(said, asked, by_role)


def _said(
    ids: Sequence[int],
) -> tuple[dict[int, list[Said]], dict[int, frozenset[int]], dict[int, frozenset[str]]]:
    """What assessors said, oldest first; who was named to be asked, and which roles."""
    rows: Sequence[Any] = db.session.execute(_ask_said(), {"ids": ids}).all()
    found: dict[int, list[Said]] = {}
    named: dict[int, set[int]] = {}
    roles: dict[int, set[str]] = {}
    for row in rows:
        if row.user_id is None:
            roles.setdefault(row.change_id, set()).add(row.name)
        elif row.id is None:
            named.setdefault(row.change_id, set()).add(row.user_id)
        else:
            told = dict(row._mapping)
            found.setdefault(told.pop("change_id"), []).append(Said(**told))
    ordered = {change_id: sorted(mine, key=lambda one: one.id) for change_id, mine in found.items()}
    return (
        ordered,
        {change_id: frozenset(mine) for change_id, mine in named.items()},
        {change_id: frozenset(mine) for change_id, mine in roles.items()},
    )


@cache
def _ask_votes() -> Any:
    return select(Decision).where(Decision.change_id.in_(IDS)).order_by(Decision.number)


def _votes(ids: Sequence[int]) -> dict[int, list[Decision]]:
    found: dict[int, list[Decision]] = {}
    for vote in db.session.execute(_ask_votes(), {"ids": ids}).scalars():
        found.setdefault(vote.change_id, []).append(vote)
    return found


def has_file(change: Change) -> bool:
    """Whether a file is attached to a change (one statement)."""
    wanted = select(Attachment.id).where(Attachment.item_id == change.id, Attachment.removed_at.is_(None)).limit(1)
    return db.session.execute(wanted).scalar() is not None
