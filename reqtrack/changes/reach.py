"""What links lead to from some items, at whatever depth, in one statement for the set with its titles.

From driver to driven (*what it touches*), or from driven to driver (*why it exists*); never turning round. Paths are the
shortest, ties by key; the starts are not in the set; retired items end a way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    select,
    true,
    union_all,
)

from reqtrack.db import db, one_of, plain
from reqtrack.items.kinds import driven_directions
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor

DEPTH = 6
DEEPEST = 20


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


def downstream(
    actor: Actor, project_id: int, starts: Collection[int], depth: int = DEPTH, *, ends: Collection[int] = ()
) -> dict[int, Reached]:
    """The items that the starts (ids) drive, by id, nearest first.

    Args:
        ends: the ids of items at which a way ends: they are reached, and nothing is through them.
    """
    forward, backward = driven_directions()
    return _walk(actor, project_id, starts, depth, forward, backward, ends)


def downstream_of_many(
    actor: Actor,
    project_id: int,
    many: Mapping[int, Collection[int]],
    depth: int = DEPTH,
    *,
    ends: Mapping[int, Collection[int]] | None = None,
) -> dict[int, dict[int, Reached]]:
    """The same for several sets of starts, by whatever names them, in one statement."""
    forward, backward = driven_directions()
    everything = {one for starts in many.values() for one in starts}
    if not everything:
        return {name: {} for name in many}
    order, edges = _edges_of(actor, project_id, everything, depth, forward, backward)
    last = ends or {}
    return {name: _nearest_first(set(starts), depth, order, edges, last.get(name, ())) for name, starts in many.items()}


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
    actor: Actor,
    project_id: int,
    starts: Collection[int],
    depth: int,
    forward: Sequence[str],
    backward: Sequence[str],
    ends: Collection[int] = (),
) -> dict[int, Reached]:
    starting = set(starts)
    if not starting:
        return {}
    depth = max(1, min(depth, DEEPEST))
    order, edges = _edges_of(actor, project_id, starting, depth, forward, backward)
    return _nearest_first(starting, depth, order, edges, ends)


def _nearest_first(
    starting: Collection[int],
    depth: int,
    order: Mapping[int, tuple[str, int]],
    edges: Edges,
    ends: Collection[int] = (),
) -> dict[int, Reached]:
    reached: dict[int, Reached] = {}
    # Starts are ordered by key, later levels as they are found: the order in which parents are asked decides ties.
    frontier: Iterable[int] = sorted(starting, key=lambda one: order.get(one, ("", one)))
    for level in range(1, depth + 1):
        found: dict[int, Any] = {}
        for parent in frontier:
            for row in edges.get(parent, ()):
                if row.id not in reached and row.id not in starting and row.id not in found:
                    found[row.id] = row
        if not found:
            break
        nearest = sorted(found.values(), key=_BY_KEY)
        for *told, _retired, seen in nearest:
            reached[told[0]] = Reached._make((*told, level, bool(seen)))
        frontier = [row.id for row in nearest if row.id not in ends]
    return reached


_BY_KEY = attrgetter("kind", "number")
Edges = dict[int, list[Any]]


def _edges_of(
    actor: Actor, project_id: int, starts: Collection[int], depth: int, forward: Sequence[str], backward: Sequence[str]
) -> tuple[dict[int, tuple[str, int]], Edges]:
    """The starts' keys to order them by, and for each item near enough the links that leave it, by kind."""
    if sees_all(actor, project_id):
        statement = _known_edges(db.engine.dialect.name, depth, tuple(forward), tuple(backward))
    else:
        seen = case((visible(actor, project_id), 1), else_=0)
        statement = _edges(db.engine.dialect.name, depth, forward, backward, seen)
    order: dict[int, tuple[str, int]] = {}
    edges: Edges = {}
    # All at once: fetched one by one, rows cost four times as much.
    for row in plain(statement, {"starts": sorted(starts)}).all():
        if row.link is None:
            order[row.id] = (row.kind, row.number)
        elif not row.retired:
            edges.setdefault(row.parent, []).append(row)
    for leaving in edges.values():
        leaving.sort(key=attrgetter("link"))
    return order, edges


# Asked twice on each page of a change by who sees everything: put together once.
@cache
def _known_edges(dialect: str, depth: int, forward: tuple[str, ...], backward: tuple[str, ...]) -> CompoundSelect[Any]:
    return _edges(dialect, depth, forward, backward, true())


def _edges(
    dialect: str, depth: int, forward: Sequence[str], backward: Sequence[str], seen: ColumnElement[Any]
) -> CompoundSelect[Any]:
    """A row for each live link that leaves an item less than ``depth`` away: the child's columns as ``Reached`` has them,
    ``parent`` and ``link``; and one for each start, without them."""
    starting = one_of(Item.id, "starts")
    way = select(Item.id.label("id"), literal(0).label("depth")).where(starting).cte("way", recursive=True)
    near = select(_spread(way, depth, forward, backward, dialect).c.id).distinct().cte("near")
    columns = (
        Item.id, Item.key, Item.kind, Item.number, Item.title, Item.stage, Item.tier, Item.phase_id, Item.owner_id,
        Item.scope_print,
    )  # fmt: skip

    def half(mine: Any, other: Any, kinds: Sequence[str]) -> Any:
        return (
            select(*columns, near.c.id.label("parent"), Link.kind.label("link"), Item.retired, seen.label("seen"))
            .select_from(near)
            .outerjoin(Link, _leaving(mine, near, kinds, dialect))
            .outerjoin(Item, Item.id == other)
            .where(Item.id.is_not(None))
        )

    none = (literal(None, Integer), literal(None, String))
    return union_all(
        select(*columns, none[0].label("parent"), none[1].label("link"), Item.retired, seen.label("seen")).where(
            starting
        ),
        half(Link.source_id, Link.target_id, forward),
        half(Link.target_id, Link.source_id, backward),
    )


def _spread(way: CTE, depth: int, forward: Sequence[str], backward: Sequence[str], dialect: str) -> CTE:
    """The walk's steps. SQLite takes several recursive terms, each of which its planner can search by an index; PostgreSQL
    takes one, and looks both ways in a lateral."""
    if dialect == "sqlite":
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
            Link.target_id == nearer.c.id, Link.kind.in_(backward), _live(Link.target_id, dialect)
        ),
    ).lateral("both_ways")
    return way.union(
        select(both.c.id, nearer.c.depth + 1).select_from(nearer).join(both, true()).where(nearer.c.depth < depth - 1)
    )


def _live(mine: Any, dialect: str) -> ColumnElement[bool]:
    """Whether a link is live. Until PostgreSQL has counted a table it takes the index of live links, which begins with their source,
    for a tiny one, and reads all of it for each target: hence the expression, for which that index is no use."""
    if dialect == "postgresql" and mine is Link.target_id:
        return func.coalesce(Link.until, 0) == 0
    return Link.until.is_(None)


def _leaving(mine: Any, near: Any, kinds: Sequence[str], dialect: str) -> ColumnElement[bool]:
    """The live links that leave an item at one end.

    With statistics SQLite would build a Bloom filter over all links for each step of the walk (40 ms at 250 000); it does so for
    inner joins, and where the kind could be searched by the index. Hence the outer joins here, and the kind as an expression.
    """
    return and_(mine == near.c.id, Link.kind.concat("").in_(kinds), _live(mine, dialect))


def _step(nearer: Any, mine: Any, other: Any, kinds: Sequence[str], depth: int) -> Select[Any]:
    return (
        select(other, nearer.c.depth + 1)
        .select_from(nearer)
        .outerjoin(Link, _leaving(mine, nearer, kinds, "sqlite"))
        .where(nearer.c.depth < depth - 1)
    )


def links_among(ids: Collection[int]) -> list[tuple[str, int, int]]:
    """``(kind, source, target)`` of the live links between any two of the items, sorted (one statement)."""
    wanted = set(ids)
    if not wanted:
        return []
    rows: Any = plain(_leaving_any(), {"sources": wanted})
    return sorted(tuple(row) for row in rows.all() if row[2] in wanted)


@cache
def _leaving_any() -> Any:
    live = select(Link.kind, Link.source_id, Link.target_id).where(Link.until.is_(None))
    return live.where(one_of(Link.source_id, "sources"))
