"""What a change did that is in effect, as the edits that undo it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from reqtrack.audit.models import Event
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import Change
from reqtrack.changes.package import link_field, restores
from reqtrack.db import db
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Version

ENDED = ("rejected", "withdrawn")


@dataclass(frozen=True)
class Undone:
    """One item as a change found and left it. ``before`` is None where the change made it; ``last`` is the version it left."""

    item: Item
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    last: int


def undoing(change: Change) -> list[tuple[str, str]]:
    """``(key, stage)`` of the changes that undo this one, but for those that came to nothing."""
    own, items = Change.__table__, Item.__table__
    rows = db.session.execute(
        select(items.c.key, items.c.stage)
        .join(own, own.c.id == items.c.id)
        .where(own.c.reverts_id == change.id, items.c.stage.not_in(ENDED))
        .order_by(items.c.number)
    )
    return [(row.key, row.stage) for row in rows]


def undone_by(change: Change) -> str:
    """The key of the change that this one undoes; "" where it undoes none."""
    if change.reverts_id is None:
        return ""
    return db.session.execute(select(Item.key).where(Item.id == change.reverts_id)).scalar_one()


def merged_or_split(found: Dossier) -> list[str]:
    """The items that the change let go on in others: nothing brings these back."""
    return sorted(one.item for one in found.edits if one.op == "retire" and one.new and not restores(one))


def what_it_did(change: Change) -> list[Undone]:
    """Each item that the change made a version of, as it was before and as it was left (two statements)."""
    wrote = (
        select(Version.item_id, func.min(Version.number).label("first"), func.max(Version.number).label("last"))
        .where(Version.project_id == change.project_id, Version.change == change.key, Version.item_id != change.id)
        .group_by(Version.item_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Version.item_id, Version.number, Version.content, wrote.c.first, wrote.c.last)
        .join(wrote, wrote.c.item_id == Version.item_id)
        .where(or_(Version.number == wrote.c.first - 1, Version.number == wrote.c.last))
    ).all()
    items = {one.id: one for one in _items(row.item_id for row in rows)}
    told = {(row.item_id, row.number): json.loads(row.content) for row in rows}
    ends = {row.item_id: (row.first, row.last) for row in rows}
    return [
        Undone(item, told.get((item.id, ends[item.id][0] - 1)), told[item.id, ends[item.id][1]], ends[item.id][1])
        for item in sorted(items.values(), key=lambda one: (one.kind, one.number))
    ]


def _items(ids: Iterable[int]) -> list[Item]:
    wanted = sorted(set(ids))
    found: list[Item] = []
    for at in range(0, len(wanted), 500):
        found += db.session.execute(select(Item).where(Item.id.in_(wanted[at : at + 500]))).scalars()
    return found


def links_of(change: Change, found: Dossier) -> dict[str, list[list[str]]]:
    """The links that it made and ended, ``{"added": [[kind, source, target]], "ended": …}``: as its event tells, or, where that
    is older than such telling, as its edits say."""
    told = applied(change).get("links")
    if told is not None:
        return {name: [list(one) for one in told[name]] for name in ("added", "ended")}
    edits = [one for one in found.edits if one.op == "link" and link_field(one.kind) is None]
    return {
        name: [[one.kind, one.item, key] for one in edits for key in one.new[part]]
        for name, part in (("added", "add"), ("ended", "remove"))
    }


def applied(change: Change) -> Mapping[str, Any]:
    """What the event tells that put it into effect."""
    told = db.session.execute(
        select(Event.after).where(Event.project_id == change.project_id, Event.seq == change.applied_seq)
    ).scalar()
    return json.loads(told) if told else {}


def fields_moved(one: Undone) -> Sequence[str]:
    """The fields that the change left otherwise than it found them."""
    if one.before is None:
        return ()
    return [name for name in KINDS[one.item.kind].names if one.before.get(name) != one.after.get(name)]
