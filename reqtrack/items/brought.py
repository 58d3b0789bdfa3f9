"""By which change versions and events of an item came, as far as their reader may see it: somebody who sees the item need not see
the change behind it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.items.models import Item, Version
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor

# What stands for the key of a change that the reader may not see.
HIDDEN = "…"


def visible_changes(actor: Actor, project_id: int, keys: Collection[str]) -> set[str]:
    """Those of some changes that the actor may see (a statement where anything is hidden from them)."""
    if not keys or sees_all(actor, project_id):
        return set(keys)
    wanted = select(Item.key).where(visible(actor, project_id), Item.key.in_(keys))
    return set(db.session.execute(wanted).scalars())


def hidden_changes(actor: Actor, project_id: int, versions: Iterable[Version]) -> set[str]:
    """The keys of the changes that brought these versions and that the actor may not see; the reason is such a change's title."""
    keys = {one.change for one in versions if one.change}
    return keys - visible_changes(actor, project_id, keys)


def hidden_events(actor: Actor, item: Item, events: Iterable[Event]) -> set[int]:
    """The sequences of those of an item's events that a change brought which the actor may not see: their reason names it (a
    statement, where anything is hidden from them; one more where a change moved the item and made no version of it)."""
    if sees_all(actor, item.project_id):
        return set()
    seen = Version.change.in_(select(Item.key).where(visible(actor, item.project_id), Item.kind == "change"))
    rows = db.session.execute(
        select(Version.since, Version.change, seen.label("seen")).where(
            Version.item_id == item.id, Version.change != ""
        )
    ).all()
    came_by = {row.since: row.change for row in rows}
    for event in events:
        told = json.loads(event.after) if event.after else None
        if isinstance(told, dict) and isinstance(told.get("change"), str):
            came_by[event.seq] = told["change"]
    known = {row.change: bool(row.seen) for row in rows}
    others = set(came_by.values()) - set(known)
    known.update(dict.fromkeys(visible_changes(actor, item.project_id, others), True))
    return {seq for seq, change in came_by.items() if not known.get(change)}
