"""What became of a baseline's requirements: whose scope content is no longer the baseline's, and by which versions.

The scope content of a requirement is its scope_print and the sorted (key, text_print) of what accepts it. The cost
follows what was written since the baseline, not its size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from reqtrack.baselines.content import CHUNK, accepting_at, prints_at, prints_now
from reqtrack.db import db
from reqtrack.items.models import Item, Link, Version


@dataclass(frozen=True)
class Touch:
    """A version that changed scope content: of which item, when (event sequence), by which change ("": none)."""

    key: str
    version: int
    since: int
    change: str


@dataclass(frozen=True)
class Drifted:
    """A requirement that no longer is what the baseline holds, and the versions since that made it so."""

    key: str
    title: str
    stage: str
    touches: tuple[Touch, ...]


def drift(project_id: int, seq: int, keys: Collection[str]) -> dict[str, Drifted]:
    """The requirements among ``keys`` whose scope content differs from that at ``seq``, by key, in order."""
    return _judged(project_id, seq, _touches(project_id, seq), set(keys))


def _judged(project_id: int, seq: int, touches: Mapping[int, list[Touch]], keys: Collection[str]) -> dict[str, Drifted]:
    rows = _named(set(touches), keys)
    ids = set(rows)
    then, then_accepted = prints_at(project_id, seq, ids), accepting_at(project_id, seq, ids)
    now, now_accepted = prints_now(ids), accepting_at(project_id, None, ids)
    found = {}
    for item_id, row in sorted(rows.items(), key=lambda one: one[1].number):
        was = (then[item_id].scope_print if item_id in then else "", then_accepted[item_id])
        if was != (now[item_id].scope_print, now_accepted[item_id]):
            found[row.key] = Drifted(row.key, row.title, row.stage, tuple(_in_order(touches[item_id])))
    return found


def touches_of(item: Item, seq: int) -> list[Touch]:
    """The versions since a point that changed one requirement's scope content, in order (two queries at most)."""
    return _in_order(_touches(item.project_id, seq, item.id).get(item.id, []))


def _in_order(touches: Iterable[Touch]) -> list[Touch]:
    return sorted(set(touches), key=lambda one: (one.since, one.key))


def _touches(project_id: int, seq: int, only: int | None = None) -> dict[int, list[Touch]]:
    """Versions since a point that changed scope content, by the requirement whose scope content they changed."""
    previous = aliased(Version, flat=True)
    wanted = (
        select(Version.item_id, Version.number, Version.since, Version.change, Item.kind, Item.key)
        .select_from(Version)
        .join(Item, Item.id == Version.item_id)
        .outerjoin(previous, and_(previous.item_id == Version.item_id, previous.number == Version.number - 1))
        .where(
            Version.project_id == project_id,
            Version.since > seq,
            Item.kind.in_(("requirement", "acceptance")),
            or_(previous.number.is_(None), previous.scope_print != Version.scope_print),
        )
    )
    if only is not None:
        accepting_it = select(Link.source_id).where(Link.target_id == only, Link.kind == "accepts")
        wanted = wanted.where(or_(Version.item_id == only, Version.item_id.in_(accepting_it)))
    touches: dict[int, list[Touch]] = {}
    accepting: dict[int, list[Touch]] = {}
    for row in db.session.execute(wanted):
        kept = touches if row.kind == "requirement" else accepting
        kept.setdefault(row.item_id, []).append(Touch(row.key, row.number, row.since, row.change))
    for link in _accepts(set(accepting), seq):
        for touch in accepting[link.source_id]:
            # Only what the scenario said while it accepted the requirement; what made or ended the link counts.
            if link.since <= touch.since and (link.until is None or touch.since <= link.until):
                touches.setdefault(link.target_id, []).append(touch)
    return touches


def _accepts(acceptance_ids: Collection[int], seq: int) -> list[Any]:
    found: list[Any] = []
    ids = sorted(acceptance_ids)
    for at in range(0, len(ids), CHUNK):
        found += db.session.execute(
            select(Link.source_id, Link.target_id, Link.since, Link.until).where(
                Link.source_id.in_(ids[at : at + CHUNK]),
                Link.kind == "accepts",
                or_(Link.until.is_(None), Link.until > seq),
            )
        ).all()
    return found


def _named(item_ids: Collection[int], keys: Collection[str]) -> Mapping[int, Any]:
    """Rows ``(id, key, number, title, stage)`` of those items whose key is among ``keys``."""
    found: dict[int, Any] = {}
    ids = sorted(item_ids)
    for at in range(0, len(ids), CHUNK):
        rows = db.session.execute(
            select(Item.id, Item.key, Item.number, Item.title, Item.stage).where(Item.id.in_(ids[at : at + CHUNK]))
        )
        found.update((row.id, row) for row in rows if row.key in keys)
    return found
