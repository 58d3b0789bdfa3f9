"""What links lead to from some items, at whatever depth, in one statement for the set with its titles.

From driver to driven (*what it touches*), or from driven to driver (*why it exists*); never turning round. Paths are the
shortest, ties by key; the starts are not in the set; retired items end a way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, and_, case, literal, select, true, union_all

from reqtrack.db import db
from reqtrack.items.kinds import driven_directions
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor

DEPTH = 6
DEEPEST = 20
# Parameters of one statement that both databases take.
MANY = 10_000


class Reached(NamedTuple):
    """An item reached, through which item (``parent``) and kind of link, at which distance. ``seen``: the actor may see it."""

    id: int
    key: str
    kind: str
    number: int
    title: str
    stage: str
    tier: str | None
    phase_id: int | None
    owner_id: int | None
    scope_print: str
    parent: int
    link: str
    depth: int
    seen: bool


def downstream(actor: Actor, project_id: int, starts: Collection[int], depth: int = DEPTH) -> dict[int, Reached]:
    """The items that the starts (ids) drive, by id, nearest first."""
    forward, backward = driven_directions()
    return _walk(actor, project_id, starts, depth, forward, backward)


def upstream(actor: Actor, project_id: int, starts: Collection[int], depth: int = DEPTH) -> dict[int, Reached]:
    """The items that drive the starts: why they exist."""
    forward, backward = driven_directions()
    return _walk(actor, project_id, starts, depth, backward, forward)


def path(reached: dict[int, Reached], item_id: int) -> list[int]:
    """The ids from a start to an item, both included."""
    way = [item_id]
    while way[-1] in reached:
        way.append(reached[way[-1]].parent)
    return way[::-1]


def _walk(
    actor: Actor, project_id: int, starts: Collection[int], depth: int, forward: Sequence[str], backward: Sequence[str]
) -> dict[int, Reached]:
    starting = set(starts)
    if not starting:
        return {}
    depth = max(1, min(depth, DEEPEST))
    edges: dict[int, list[Any]] = {}
    for row in db.session.execute(_edges(actor, project_id, starting, depth, forward, backward)):
        if row.id is not None and not row.retired:
            edges.setdefault(row.parent, []).append(row)
    reached: dict[int, Reached] = {}
    frontier: Iterable[int] = sorted(starting)
    # Starts are ordered by key, later levels as they are found: the order in which parents are asked decides ties.
    order: dict[int, tuple[str, int]] = {item_id: ("", item_id) for item_id in frontier}
    keys = {row.parent: (row.parent_kind, row.parent_number) for rows in edges.values() for row in rows}
    order.update({item_id: keys[item_id] for item_id in starting if item_id in keys})
    for level in range(1, depth + 1):
        found: dict[int, Any] = {}
        for parent in sorted(frontier, key=lambda one: order[one]):
            for row in sorted(edges.get(parent, ()), key=lambda one: one.link):
                if row.id not in reached and row.id not in starting and row.id not in found:
                    found[row.id] = row
        if not found:
            break
        order = {item_id: (row.kind, row.number) for item_id, row in found.items()}
        frontier = sorted(found, key=lambda one: order[one])
        reached.update((item_id, _reached(found[item_id], level)) for item_id in frontier)
    return reached


def _reached(row: Any, level: int) -> Reached:
    return Reached(
        row.id, row.key, row.kind, row.number, row.title, row.stage, row.tier, row.phase_id, row.owner_id, row.scope_print,
        row.parent, row.link, level, bool(row.seen),
    )  # fmt: skip


def _edges(
    actor: Actor, project_id: int, starts: Collection[int], depth: int, forward: Sequence[str], backward: Sequence[str]
) -> CompoundSelect[Any]:
    """``(parent, link, child with its columns)`` for each live link that leaves an item less than ``depth`` away."""
    walk = select(Item.id.label("id"), literal(0).label("depth")).where(Item.id.in_(sorted(starts)))
    way = walk.cte("way", recursive=True)
    near = select(_spread(way, depth, forward, backward).c.id).distinct().cte("near")
    parent = Item.__table__.alias("parent")
    seen = true() if sees_all(actor, project_id) else case((visible(actor, project_id), 1), else_=0)

    def half(mine: Any, other: Any, kinds: Sequence[str]) -> Select[Any]:
        return (
            select(
                near.c.id.label("parent"), parent.c.kind.label("parent_kind"), parent.c.number.label("parent_number"),
                Link.kind.label("link"), Item.id, Item.key, Item.kind, Item.number, Item.title, Item.stage, Item.tier,
                Item.phase_id, Item.owner_id, Item.scope_print, Item.retired, seen.label("seen"),
            )
            .select_from(near)
            .join(parent, parent.c.id == near.c.id)
            .outerjoin(Link, _leaving(mine, near, kinds))
            .outerjoin(Item, Item.id == other)
        )  # fmt: skip

    return union_all(half(Link.source_id, Link.target_id, forward), half(Link.target_id, Link.source_id, backward))


def _spread(way: CTE, depth: int, forward: Sequence[str], backward: Sequence[str]) -> CTE:
    """The walk's steps. SQLite takes several recursive terms, each of which its planner can search by an index; PostgreSQL
    takes one, and looks both ways in a lateral."""
    if db.engine.dialect.name == "sqlite":
        return way.union(
            _step(way.alias("a"), Link.source_id, Link.target_id, forward, depth),
            _step(way.alias("b"), Link.target_id, Link.source_id, backward, depth),
        )
    nearer = way.alias("nearer")
    both = union_all(
        select(Link.target_id.label("id")).where(
            Link.source_id == nearer.c.id, Link.kind.in_(forward), Link.until.is_(None)
        ),
        select(Link.source_id.label("id")).where(
            Link.target_id == nearer.c.id, Link.kind.in_(backward), Link.until.is_(None)
        ),
    ).lateral("both_ways")
    return way.union(
        select(both.c.id, nearer.c.depth + 1).select_from(nearer).join(both, true()).where(nearer.c.depth < depth - 1)
    )


def _leaving(mine: Any, near: Any, kinds: Sequence[str]) -> ColumnElement[bool]:
    """The live links that leave an item at one end.

    With statistics SQLite would build a Bloom filter over all links for each step of the walk (40 ms at 250 000); it does so for
    inner joins, and where the kind could be searched by the index. Hence the outer joins here, and the kind as an expression.
    """
    return and_(mine == near.c.id, Link.kind.concat("").in_(kinds), Link.until.is_(None))


def _step(nearer: Any, mine: Any, other: Any, kinds: Sequence[str], depth: int) -> Select[Any]:
    return (
        select(other, nearer.c.depth + 1)
        .select_from(nearer)
        .outerjoin(Link, _leaving(mine, nearer, kinds))
        .where(nearer.c.depth < depth - 1)
    )


def links_among(ids: Collection[int]) -> list[tuple[str, int, int]]:
    """``(kind, source, target)`` of the live links between any two of the items, sorted; one statement up to ``MANY``."""
    wanted = set(ids)
    found: list[tuple[str, int, int]] = []
    ordered = sorted(wanted)
    for at in range(0, len(ordered), MANY):
        rows = db.session.execute(
            select(Link.kind, Link.source_id, Link.target_id).where(
                Link.until.is_(None), Link.source_id.in_(ordered[at : at + MANY])
            )
        )
        found += [(row.kind, row.source_id, row.target_id) for row in rows if row.target_id in wanted]
    return sorted(found)
