"""What has moved since a change was assessed: its package, the scope content of what it touches, the links among that."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from reqtrack.audit.models import Event
from reqtrack.changes import facts
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.impact import Impact
from reqtrack.db import db
from reqtrack.items.kinds import LINKS
from reqtrack.items.models import Item, Link, Version
from reqtrack.items.queries import sees_all
from reqtrack.permissions import Actor

# Of so many affected items it is looked at; nobody reads more.
MOST = 5_000


@dataclass(frozen=True)
class MovedLink:
    """A link that came or ended, by the keys of its ends."""

    kind: str
    source: str
    target: str
    came: bool


@dataclass(frozen=True)
class Moved:
    """``package``: the change was edited. ``items``: (key, title) of those whose scope content is another. ``hidden``: how much
    more moved that the reader may not see. ``by_hand``: (key, whether it was put in) of what people put in or took out."""

    package: bool = False
    items: Sequence[tuple[str, str]] = ()
    links: Sequence[MovedLink] = ()
    hidden: int = 0
    by_hand: Sequence[tuple[str, bool]] = ()


def moved(actor: Actor, found: Dossier, touched: Impact, events: Sequence[Event]) -> Moved | None:
    """What moved since the oldest assessment that is out of date; None where all hold (two statements, else none).

    Args:
        events: those about the change, which tell when it was assessed.
    """
    old = [one for one in found.newest_said if not facts.current(one, found, touched.graph_print)]
    if not old:
        return None
    package = any(one.package_print != found.package_print for one in old)
    stale = {one.at for one in old if one.graph_print != touched.graph_print}
    seqs = [event.seq for event in events if event.action == "change.assessed" and event.at in stale]
    if not seqs:
        return Moved(package)
    since = min(seqs)
    seen = {one.id: (one.key, one.title) for one in touched.starts.values()}
    seen.update((one.id, (one.key, one.title)) for one in touched.touched)
    ids = {*touched.starts, *list(touched.reached)[:MOST]}
    changed = _changed(ids, since)
    rows = _links(found.change.project_id, ids, since)
    everything = sees_all(actor, found.change.project_id)
    known = [row for row in rows if everything or (row.source_id in seen and row.target_id in seen)]
    links = [MovedLink(row.kind, row.a, row.b, row.until is None) for row in known]
    items = sorted(seen[one] for one in changed if one in seen)
    hidden = len(rows) - len(known) + sum(one not in seen for one in changed)
    return Moved(package, items, links, hidden, _by_hand(events, since, touched))


def _by_hand(events: Sequence[Event], since: int, touched: Impact) -> list[tuple[str, bool]]:
    """``(key, whether it was put in)`` of what people put in and took out since, as far as it is so still."""
    told: dict[str, bool] = {}
    for event in sorted(events, key=lambda one: one.seq):
        if event.seq > since and event.action in ("change.touched", "change.untouched"):
            told[json.loads(event.after)["item"]] = event.action == "change.touched"
    seen = {one.key for one in touched.reached.values() if one.seen}
    return [(key, put_in) for key, put_in in told.items() if key in seen]


def _changed(ids: Collection[int], since: int) -> set[int]:
    """The items whose scope content is not what it was."""
    newer = select(Version.item_id).where(Version.item_id.in_(ids), Version.since > since)
    rows = db.session.execute(
        select(Version.item_id, Version.scope_print, Version.since)
        .where(Version.item_id.in_(newer))
        .order_by(Version.item_id, Version.number)
    )
    before: dict[int, str] = {}
    after: dict[int, str] = {}
    for item_id, scope_print, at in rows:
        (before if at <= since else after)[item_id] = scope_print
    return {item_id for item_id, scope_print in after.items() if before.get(item_id, scope_print) != scope_print}


def _links(project_id: int, ids: Collection[int], since: int) -> list[Any]:
    """Rows of the links that came among the items, or ended that led on from one."""
    source, target = aliased(Item, flat=True), aliased(Item, flat=True)
    rows = db.session.execute(
        select(Link.kind, Link.source_id, Link.target_id, Link.until, source.key.label("a"), target.key.label("b"))
        .join(source, source.id == Link.source_id)
        .join(target, target.id == Link.target_id)
        .where(
            Link.project_id == project_id,
            or_(Link.source_id.in_(ids), Link.target_id.in_(ids)),
            or_(
                (Link.since > since) & Link.until.is_(None),
                (Link.since <= since) & (Link.until > since),
            ),
        )
        .order_by(Link.id)
    ).all()
    return [row for row in rows if _counts(row, ids)]


def _counts(row: Any, ids: Collection[int]) -> bool:
    """Whether a link was, or is, one of those that lead from the edited items on."""
    drives = LINKS[row.kind].drives
    if drives == "none":
        return False
    if row.until is None:
        return row.source_id in ids and row.target_id in ids
    ends = {"source": (row.source_id,), "target": (row.target_id,), "both": (row.source_id, row.target_id)}[drives]
    return any(end in ids for end in ends)
