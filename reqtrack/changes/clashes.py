"""Which open changes are about the same items, for lists, checks and agendas: by the rule of a change's own page (``dossier.Rival``).

Two changes meet in an item that both write, or whose scope content a link changes that either tells from its other end. An item
that a change was only said to be about does not count: it wants nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, literal, or_, select, union_all

from reqtrack.changes.dossier import as_edit
from reqtrack.changes.models import Change, ProposedEdit
from reqtrack.changes.package import Edit, implied
from reqtrack.db import db, plain
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link
from reqtrack.workflow.tables import CHANGE_OPEN

# What ``contested`` says: nothing, perhaps (by what a link tells from its other end, or by what is only named), surely.
PERHAPS, SURELY = 1, 2


def _about(name: str, stages: Collection[str]) -> Subquery:
    """``(change_id, item_id, edited)``: what changes in these stages write, and what they touch besides."""
    edited = select(ProposedEdit.change_id, ProposedEdit.item_id, literal(1).label("edited")).where(
        ProposedEdit.item_id.is_not(None)
    )
    touched = select(Link.source_id, Link.target_id, literal(0)).where(Link.kind == "touches", Link.until.is_(None))
    change = Item.__table__.alias(f"{name}_open")
    stands = and_(change.c.stage.in_(stages), change.c.retired.is_(False))
    edited = edited.join(change, change.c.id == ProposedEdit.change_id).where(stands)
    touched = touched.join(change, change.c.id == Link.source_id).where(stands)
    return union_all(edited, touched).subquery(name)


@cache
def contested() -> ColumnElement[int]:
    """Whether another open change meets one: ``SURELY``, ``PERHAPS`` (``meeting`` knows), 0; in SQL, of ``Change``."""
    mine, theirs = ProposedEdit.__table__.alias("mine"), ProposedEdit.__table__.alias("theirs")
    ours, others = Link.__table__.alias("ours"), Link.__table__.alias("others")
    edits = (mine.c.change_id, mine.c.item_id, ()), (theirs.c.change_id, theirs.c.item_id, ())
    touches = tuple(
        (one.c.source_id, one.c.target_id, (one.c.kind == "touches", one.c.until.is_(None))) for one in (ours, others)
    )
    perhaps = (_meets(edits[0], touches[1]), _meets(touches[0], edits[1]), _meets(touches[0], touches[1]))
    return case((_meets(*edits), SURELY), (or_(*perhaps), PERHAPS), else_=0)


def _meets(mine: tuple[Any, Any, Any], theirs: tuple[Any, Any, Any]) -> ColumnElement[bool]:
    """Whether an item of ``Change`` is one of another open change, each told as (change, item, conditions)."""
    rival = Item.__table__.alias("rival")
    return exists().where(
        mine[0] == Change.id, *mine[2], theirs[1] == mine[1], *theirs[2], theirs[0] != mine[0], rival.c.id == theirs[0],
        rival.c.stage.in_(CHANGE_OPEN), rival.c.retired.is_(False),
    )  # fmt: skip


def meeting(
    project_id: int, ids: Collection[int] | None = None, stages: Collection[str] = CHANGE_OPEN
) -> dict[int, list[int]]:
    """The open changes that each open change meets, by id, in number order (one statement; two where links have to be read).

    Args:
        ids: those that are asked about; all of the project when None. stages: what counts as open.
    """
    if ids is not None and not ids:
        return {}
    rows = _pairs(project_id, ids, stages)
    unsure = {one for row in rows if not (row.mine and row.theirs) for one in (row.change_id, row.rival)}
    told = _implied(unsure) if unsure else {}
    found: dict[int, list[int]] = {}
    for row in rows:
        mine = row.mine or row.key in told.get(row.change_id, ())
        theirs = row.theirs or row.key in told.get(row.rival, ())
        if mine and theirs and row.rival not in found.setdefault(row.change_id, []):
            found[row.change_id].append(row.rival)
    return {one: rivals for one, rivals in found.items() if rivals}


def _pairs(project_id: int, ids: Collection[int] | None, stages: Collection[str]) -> list[Any]:
    mine, other = _about("mine", stages), _about("other", stages)
    rival = Item.__table__.alias("rival")
    wanted = (
        select(
            mine.c.change_id, other.c.change_id.label("rival"), Item.key, mine.c.edited.label("mine"),
            other.c.edited.label("theirs"), rival.c.number,
        )
        .distinct()
        .select_from(mine)
        .join(other, and_(other.c.item_id == mine.c.item_id, other.c.change_id != mine.c.change_id))
        .join(rival, rival.c.id == other.c.change_id)
        .join(Item, Item.id == mine.c.item_id)
        .where(Item.project_id == project_id)
        .order_by(rival.c.number)
    )  # fmt: skip
    return list(plain(wanted if ids is None else wanted.where(mine.c.change_id.in_(list(ids)))))


def _implied(ids: Iterable[int]) -> Mapping[int, set[str]]:
    """The keys of the items that changes are about by links told from their other end."""
    fields = {field.name for kind in KINDS.values() for field in kind.fields if field.type == "links"}
    rows = db.session.execute(
        select(ProposedEdit, Item.key)
        .outerjoin(Item, Item.id == ProposedEdit.item_id)
        .where(
            ProposedEdit.change_id.in_(list(ids)),
            or_(
                ProposedEdit.op.in_(("link", "new")),
                and_(ProposedEdit.op == "set", ProposedEdit.field.in_(sorted(fields))),
            ),
        )
    )
    edits: dict[int, list[Edit]] = {}
    for row in rows:
        edits.setdefault(row[0].change_id, []).append(as_edit(row[0], row.key or ""))
    return {one: implied(mine) for one, mine in edits.items()}
