"""Walks over links: what is driven by an item, and why it exists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from reqtrack.db import db
from reqtrack.items.kinds import driven_directions
from reqtrack.items.models import Item, Link

CHUNK = 400
DEPTH = 6


@dataclass(frozen=True)
class Step:
    """An item reached: through which item and kind of link, at which distance from the start."""

    id: int
    parent: int
    link: str
    depth: int


def downstream(starts: Iterable[int], depth: int = DEPTH) -> dict[int, Step]:
    """The items driven by the starts (ids), by shortest paths, ties by key; the starts are not in it."""
    forward, backward = driven_directions()
    return _walk(starts, depth, forward, backward)


def upstream(starts: Iterable[int], depth: int = DEPTH) -> dict[int, Step]:
    """The items that drive the starts: why they exist."""
    forward, backward = driven_directions()
    return _walk(starts, depth, backward, forward)


def _walk(starts: Iterable[int], depth: int, forward: Sequence[str], backward: Sequence[str]) -> dict[int, Step]:
    starting = set(starts)
    reached: dict[int, Step] = {}
    # The order in which parents are asked decides ties; starts come by key, later levels are sorted by key as they are found.
    frontier = _by_key(starting)
    order = {item_id: at for at, item_id in enumerate(frontier)}
    for level in range(1, depth + 1):
        found: dict[int, Step] = {}
        for parent, link, child in _neighbours(frontier, forward, backward):
            if child in reached or child in starting:
                continue
            known = found.get(child)
            if known is None or (order[parent], link) < (order[known.parent], known.link):
                found[child] = Step(child, parent, link, level)
        if not found:
            break
        reached.update(found)
        frontier = _by_key(found)
        order = {item_id: at for at, item_id in enumerate(frontier)}
    return reached


def _by_key(ids: Iterable[int]) -> list[int]:
    """Ids in the order of their keys (prefix, then number)."""
    rows: list[tuple[str, int, int]] = []
    for chunk in _chunks(list(ids)):
        rows.extend(
            (row.kind, row.number, row.id)
            for row in db.session.execute(select(Item.kind, Item.number, Item.id).where(Item.id.in_(chunk)))
        )
    return [row[2] for row in sorted(rows)]


def _neighbours(ids: Sequence[int], forward: Sequence[str], backward: Sequence[str]) -> Iterable[tuple[int, str, int]]:
    for chunk in _chunks(ids):
        for link in db.session.execute(
            select(Link.source_id, Link.target_id, Link.kind).where(
                Link.until.is_(None), Link.source_id.in_(chunk), Link.kind.in_(forward)
            )
        ):
            yield link.source_id, link.kind, link.target_id
        for link in db.session.execute(
            select(Link.source_id, Link.target_id, Link.kind).where(
                Link.until.is_(None), Link.target_id.in_(chunk), Link.kind.in_(backward)
            )
        ):
            yield link.target_id, link.kind, link.source_id


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))


def path(reached: dict[int, Step], item_id: int) -> list[int]:
    """The ids from a start to an item, both included."""
    way = [item_id]
    while way[-1] in reached:
        way.append(reached[way[-1]].parent)
    return way[::-1]


def links_among(ids: Sequence[int]) -> list[tuple[str, int, int]]:
    """``(kind, source, target)`` of the live links between any two of the items."""
    wanted = set(ids)
    rows: list[tuple[str, int, int]] = []
    for chunk in _chunks(sorted(wanted)):
        found = db.session.execute(
            select(Link.kind, Link.source_id, Link.target_id).where(Link.until.is_(None), Link.source_id.in_(chunk))
        )
        rows.extend((row.kind, row.source_id, row.target_id) for row in found if row.target_id in wanted)
    return sorted(rows)
