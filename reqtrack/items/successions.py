"""What became of an item whose key leads on: it was merged into another, or split into two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, select
from sqlalchemy.orm import aliased

from reqtrack.db import db
from reqtrack.items.models import Item, Succession
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

MERGED, SPLIT = "merged", "split"


@dataclass(frozen=True)
class Heir:
    """An item that goes on for another (``way``: merged, split); ``title`` is "" where the actor may not see it."""

    way: str
    key: str
    title: str
    since: int


def heirs(actor: Actor, project_id: int, ids: Iterable[int]) -> dict[int, list[Heir]]:
    """By the old item's id, the items that it lives on in, as far as the actor may see them."""
    wanted = list(ids)
    found: dict[int, list[Heir]] = {}
    for at in range(0, len(wanted), 400):
        rows = db.session.execute(
            select(Succession.old_id, Succession.way, Succession.since, Item.key, Item.title)
            .join(Item, Item.id == Succession.new_id)
            .where(Succession.old_id.in_(wanted[at : at + 400]), visible(actor, project_id))
            .order_by(Item.kind, Item.number)
        )
        for row in rows:
            found.setdefault(row.old_id, []).append(Heir(row.way, row.key, row.title, row.since))
    return found


def origins(actor: Actor, item: Item) -> list[Heir]:
    """The items that live on in this one."""
    old = aliased(Item, flat=True)
    rows = db.session.execute(
        select(Succession.way, Succession.since, old.key, old.title)
        .join(old, old.id == Succession.old_id)
        .where(Succession.new_id == item.id, old.id.in_(select(Item.id).where(visible(actor, item.project_id))))
        .order_by(old.kind, old.number)
    )
    return [Heir(row.way, row.key, row.title, row.since) for row in rows]


def now(item: Item) -> Item:
    """What a merged item is now, also where that was merged in its turn; itself where it was not merged."""
    seen = set[int]()
    while item.retired and item.id not in seen:
        seen.add(item.id)
        into = select(Item).join(Succession, Succession.new_id == Item.id)
        found = db.session.execute(into.where(Succession.old_id == item.id, Succession.way == MERGED)).scalar()
        item = found or item
    return item


def at_last(actor: Actor, item: Item) -> str | None:
    """The key of what a merged item is now; None where it was not merged, or the actor may not see it."""
    found = now(item)
    if found is item:
        return None
    wanted = select(Item.key).where(Item.id == found.id, visible(actor, item.project_id))
    return db.session.execute(wanted).scalar()


def ends(project_id: int) -> CTE:
    """``(old_id, new_id)`` of a project's items that live on in others, at the end of the way: also where those were merged or
    split in their turn."""
    live = select(Succession.old_id, Succession.new_id).where(Succession.project_id == project_id)
    way = live.cte("succession_ways", recursive=True)
    way = way.union(select(way.c.old_id, Succession.new_id).join(Succession, Succession.old_id == way.c.new_id))
    goes_on = select(Succession.id).where(Succession.old_id == way.c.new_id).exists()
    return select(way.c.old_id, way.c.new_id).where(~goes_on).cte("succession_ends")


def told(actor: Actor, project_id: int, rows: Sequence[Any]) -> dict[int, Mapping[str, Any]]:
    """What the API says of those among some items that live on in others: ``merged_into``, ``split_into``."""
    gone = [row.id for row in rows if row.retired]
    found: dict[int, Mapping[str, Any]] = {}
    for number, led in (heirs(actor, project_id, gone) if gone else {}).items():
        if led[0].way == MERGED:
            found[number] = {"merged_into": led[0].key}
        else:
            found[number] = {"split_into": [one.key for one in led]}
    return found
