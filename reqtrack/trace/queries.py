"""The matrix: items of one kind against items of another, a window of it at a time; what has nothing on the other side first.

A page asks for the rows, for the columns that these rows have something to do with, and for what joins them: the same few statements
for a dozen requirements and for ten thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased, join

from reqtrack.acceptance import queries as acceptance
from reqtrack.db import db, plain
from reqtrack.interviews.models import Evidence, Excerpt
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.requirements.policy import OUT
from reqtrack.trace.models import WAYS, Hop, Wanted

ROWS_AT_ONCE, COLUMNS_AT_ONCE, HOLES_SHOWN = 40, 8, 2
# On a phone a row names so many of what it is joined with.
NAMED = 4


@dataclass(frozen=True)
class Window:
    """A part of a matrix. ``rows`` (id, key, title, tier, number, linked, place) and ``columns`` (id, key, title, number) as the database
    tells them; ``marks``: ``(row id, column id) → suspect``; ``sums``: by row, with how many columns it is joined in all; ``first``: by
    row, the first few of these, wherever they stand, with whether they are suspect; ``holes``: how many rows have none, ``must``: how
    many of these are must; ``column_holes``: columns that no row has, a few of
    ``column_hole_count``."""

    rows: Sequence[Any]
    total: int
    holes: int
    must: int
    more_rows: bool
    columns: Sequence[Any]
    column_total: int
    more_columns: bool
    column_holes: Sequence[Any]
    column_hole_count: int
    marks: dict[tuple[int, int], bool]
    sums: dict[int, int]
    first: dict[int, dict[int, bool]]


def _in_use(actor: Actor, project_id: int, kind: str) -> ColumnElement[bool]:
    """The clause for the items of a kind that a matrix holds."""
    here = and_(visible(actor, project_id), Item.kind == kind, Item.retired.is_(False))
    return and_(here, Item.stage.not_in(OUT)) if kind == "requirement" else here


def _out_of_use(project_id: int, kind: str) -> ColumnElement[bool]:
    """The clause for those that ``_in_use`` leaves out for who sees everything."""
    out = or_(Item.retired.is_(True), Item.stage.in_(OUT)) if kind == "requirement" else Item.retired.is_(True)
    return and_(Item.project_id == project_id, Item.kind == kind, out)


@dataclass(frozen=True)
class Ties:
    """What joins the items of two kinds, as one flat statement: its tables, the ids at both ends, whether something on the way is
    suspect, and what must hold of it."""

    tables: Any
    row: ColumnElement[int]
    col: ColumnElement[int]
    suspect: ColumnElement[int]
    conditions: Sequence[ColumnElement[bool]]


def ties(project_id: int, rows: str, columns: str, *, suspects: bool = False) -> Ties:
    """What joins the items of two kinds, over what lies between them.

    Args:
        rows, columns: kinds of item.
        suspects: whether it is asked how far the links still hold.
    """
    turned = (rows, columns) not in WAYS
    way = WAYS[(columns, rows) if turned else (rows, columns)]
    tables: Any = None
    start: Any = None
    here: Any = None
    doubts: list[ColumnElement[int]] = []
    conditions: list[ColumnElement[bool]] = []
    for hop in way:
        table, one, other, live = _hop(project_id, hop)
        conditions += live
        if tables is None:
            tables, start = table, one
        else:
            between = aliased(Item, flat=True)
            alive = and_(between.id == here, between.retired.is_(False), between.stage.not_in(OUT))
            tables = join(join(tables, between, alive), table, one == here)
        if suspects and hop.link:
            driver = aliased(Item, flat=True)
            drives = table.source_id if hop.link == "gives_rise_to" else table.target_id
            tables = join(tables, driver, driver.id == drives)
            doubts.append(case((driver.text_seq > table.looked, 1), else_=0))
        here = other
    doubt = func.max(sum(doubts[1:], doubts[0])) if doubts else literal(0)
    ends = (here, start) if turned else (start, here)
    return Ties(tables, ends[0], ends[1], doubt, conditions)


def _hop(project_id: int, hop: Hop) -> tuple[Any, Any, Any, list[ColumnElement[bool]]]:
    """A table that joins two kinds, its two ends, and which of its rows hold now."""
    if not hop.link:
        # Evidence is always the first hop.
        said, words = aliased(Evidence, flat=True), aliased(Excerpt, flat=True)
        live = [said.project_id == project_id, said.until.is_(None), words.interview_id.is_not(None)]
        return join(said, words, words.id == said.excerpt_id), words.interview_id, said.item_id, live
    link = aliased(Link, flat=True)
    live = [link.project_id == project_id, link.kind == hop.link, link.until.is_(None)]
    if hop.source == hop.one:
        return link, link.source_id, link.target_id, live
    return link, link.target_id, link.source_id, live


def _touching(actor: Actor, project_id: int, kind: str, other: str, *of: ColumnElement[bool]) -> Select[int]:
    """The ids of items of a kind that have to do with items in use of another. ``of``: on the other's ``Item``."""
    joined = ties(project_id, kind, other)
    asked = select(joined.row).select_from(joined.tables).where(*joined.conditions)
    way = WAYS.get((kind, other)) or WAYS[(other, kind)]
    if sees_all(actor, project_id) and not of and len(way) == 1 and way[0].link:
        # A link has nothing else at that end; those out of use are few, and the others need not be looked up one by one.
        return asked.where(joined.col.not_in(select(Item.id).where(_out_of_use(project_id, other)).correlate(None)))
    there = select(Item.id).where(_in_use(actor, project_id, other), *of).correlate(None)
    return asked.where(joined.col.in_(there))


def _narrowed(actor: Actor, project_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The clauses of the filters, on the rows."""
    kind, conditions = wanted.row_kind, []
    if wanted.tier or wanted.phase is not None:
        of = [Item.tier == wanted.tier] if wanted.tier else []
        of += [Item.phase_id == wanted.phase] if wanted.phase is not None else []
        conditions.append(
            and_(*of) if kind == "requirement" else Item.id.in_(_touching(actor, project_id, kind, "requirement", *of))
        )
    if wanted.process:
        at = [Item.key == wanted.process]
        conditions.append(
            and_(*at) if kind == "process" else Item.id.in_(_touching(actor, project_id, kind, "process", *at))
        )
    if wanted.status:
        found = acceptance.having_status(actor, project_id, kind, wanted.status)
        conditions.append(Item.id.in_(found) if found is not None else false())
    return conditions


def _rows(actor: Actor, project_id: int, wanted: Wanted) -> Subquery:
    """All rows with where they stand in the order, whether they have a column, and what they add up to."""
    has = Item.id.in_(_touching(actor, project_id, wanted.row_kind, wanted.column_kind))
    linked = case((has, 1), else_=0)
    tier = case({"must": 0, "should": 1, "later": 2}, value=Item.tier, else_=3)
    each = (
        select(Item.id, Item.key, Item.title, Item.tier, Item.number, Item.stage, linked.label("linked"), tier.label("place"))
        .where(_in_use(actor, project_id, wanted.row_kind), *_narrowed(actor, project_id, wanted))
        # Put into the select below, SQLite would look three times for what each row is joined with.
        .cte("each")
        .prefix_with("MATERIALIZED")
    )  # fmt: skip
    hole = 1 - each.c.linked
    return select(
        *each.c,
        func.count().over().label("total"),
        func.sum(hole).over().label("holes"),
        func.sum(case((each.c.tier == "must", hole), else_=0)).over().label("must"),
    ).subquery()


def window(
    actor: Actor, project_id: int, wanted: Wanted, rows: int | None = ROWS_AT_ONCE, columns: int | None = COLUMNS_AT_ONCE
) -> Window:  # fmt: skip
    """A part of a matrix, of what the actor may see (six statements at most).

    Args:
        rows, columns: how many at once; None: all.
    """
    told = _rows(actor, project_id, wanted)
    order = (told.c.linked, told.c.place, told.c.number) if wanted.order == "holes" else (told.c.number,)
    asked = select(told).order_by(*order)
    if wanted.after is not None:
        at = wanted.after if wanted.order == "holes" else wanted.after[-1:]
        asked = asked.where(tuple_(*order) > tuple_(*map(literal, at)))
    found = plain(asked.limit(rows + 1) if rows is not None else asked).all()
    shown = found[:rows]
    totals = (found[0].total, int(found[0].holes or 0), int(found[0].must or 0)) if found else (0, 0, 0)
    ids = [row.id for row in shown] if rows is not None else None
    across, all_across = _columns(actor, project_id, wanted, ids, columns)
    heads = across[:columns]
    marks, sums, first = _marks(
        actor, project_id, wanted, ids, [one.id for one in heads] if columns is not None else None
    )
    empty, empty_count = _column_holes(actor, project_id, wanted, columns is None)
    return Window(
        shown, totals[0], totals[1], totals[2], len(found) > len(shown), heads, all_across,
        len(across) > len(heads), empty, empty_count, marks, sums, first
    )  # fmt: skip


def _columns(
    actor: Actor, project_id: int, wanted: Wanted, ids: Collection[int] | None, limit: int | None
) -> tuple[Sequence[Any], int]:
    """The columns that these rows are joined with, beyond a number, and how many they are in all."""
    joined = ties(project_id, wanted.row_kind, wanted.column_kind)
    chosen = select(joined.col).select_from(joined.tables).where(*joined.conditions)
    if ids is not None:
        chosen = chosen.where(joined.row.in_(ids))
    each = (
        select(Item.id, Item.key, Item.title, Item.number, func.count().over().label("total"))
        .where(_in_use(actor, project_id, wanted.column_kind), Item.id.in_(chosen))
        .subquery()
    )
    asked = select(each).where(each.c.number > wanted.beyond).order_by(each.c.number)
    found = plain(asked.limit(limit + 1) if limit is not None else asked).all()
    return found, found[0].total if found else 0


def _marks(
    actor: Actor, project_id: int, wanted: Wanted, ids: Collection[int] | None, columns: Collection[int] | None
) -> tuple[dict[tuple[int, int], bool], dict[int, int], dict[int, dict[int, bool]]]:
    """What joins these rows and columns; how many columns each of the rows has in all, and the first of them."""
    joined = ties(project_id, wanted.row_kind, wanted.column_kind, suspects=True)
    # A join, not an IN: SQLite would walk over all columns in place of the few that these rows have.
    far = aliased(Item, flat=True)
    tables = join(joined.tables, far, and_(far.id == joined.col, far.retired.is_(False), far.stage.not_in(OUT)))
    asked = select(joined.row.label("row"), joined.col.label("col"), joined.suspect.label("suspect"))
    asked = asked.select_from(tables).where(*joined.conditions).group_by(joined.row, joined.col)
    if ids is not None:
        asked = asked.where(joined.row.in_(ids))
    if not sees_all(actor, project_id):
        asked = asked.where(far.id.in_(select(Item.id).where(visible(actor, project_id))))
    marks: dict[tuple[int, int], bool] = {}
    sums: dict[int, int] = {}
    first: dict[int, dict[int, bool]] = {}
    wide = set(columns) if columns is not None else None
    for row in plain(asked.order_by(joined.row, joined.col)):
        sums[row.row] = sums.get(row.row, 0) + 1
        if sums[row.row] <= NAMED:
            first.setdefault(row.row, {})[row.col] = bool(row.suspect)
        if wide is None or row.col in wide:
            marks[row.row, row.col] = bool(row.suspect)
    return marks, sums, first


def heads(found: Window) -> dict[int, Any]:
    """What the rows of a window name on a phone: of the columns the (id, key), by id."""
    known = {one.id: one for one in found.columns}
    wanted = {column for named in found.first.values() for column in named} - known.keys()
    if wanted:
        rows = plain(select(Item.id, Item.key).where(Item.id.in_(wanted)))
        known |= {row.id: row for row in rows}
    return known


def _column_holes(actor: Actor, project_id: int, wanted: Wanted, whole: bool) -> tuple[Sequence[Any], int]:
    """The columns that no row at all is joined with: a few, or all, and how many they are."""
    asked = (
        select(Item.id, Item.key, Item.title, Item.number, func.count().over().label("total"))
        .where(
            _in_use(actor, project_id, wanted.column_kind),
            Item.id.not_in(_touching(actor, project_id, wanted.column_kind, wanted.row_kind)),
        )
        .order_by(Item.number)
    )
    found = plain(asked if whole else asked.limit(HOLES_SHOWN)).all()
    return found, found[0].total if found else 0


def process_choice(actor: Actor, project_id: int, limit: int = 200) -> list[tuple[str, str]]:
    """The processes of a project as ``(key, key and title)``, to choose from."""
    rows = db.session.execute(
        select(Item.key, Item.title).where(_in_use(actor, project_id, "process")).order_by(Item.number).limit(limit)
    )
    return [(row.key, f"{row.key} {row.title}") for row in rows]
