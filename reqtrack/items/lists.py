"""Lists of items: filters, sort, keyset pages. Plain rows, a constant number of queries, whatever the size.

A filter is words and ``name:value`` pairs: ``tier:must stage:approved phase:"Phase 1" owner:wang 登录``.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, column, or_, select, table, text

from reqtrack.accounts.models import User
from reqtrack.db import Base, db, plain
from reqtrack.errors import invalid
from reqtrack.items import search
from reqtrack.items.kinds import Kind
from reqtrack.items.models import Item, Version
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

SORTS = {"number": Item.number, "title": Item.title, "updated": Item.updated_at}
FILTERS = ("stage", "tier", "phase", "owner", "retired", "imported", "kind", "severity", "assignee", "due_before")
PAGE = 50
# What each page needs of a row: which it is, and where the next page goes on.
ALWAYS = ("id", "key", "number", "title", "updated_at")
TEXTS = table("search_texts", column("item_id", Integer), column("folded", Text))

# kind → (actor, project id, item ids) → {id: {name: value}}: computed columns such as status, one query a page.
DECORATE: dict[str, Callable[[Actor, int, Sequence[int]], dict[int, dict[str, Any]]]] = {}


@dataclass(frozen=True)
class Wanted:
    """What a list should show: filters by name, words, sort (``-`` in front is descending), where to go on, how many."""

    filters: dict[str, str] = field(default_factory=dict)
    words: str = ""
    sort: str = "number"
    after: str = ""
    limit: int = PAGE


@dataclass(frozen=True)
class Page:
    """Rows of a list; ``next`` is the cursor of the following page, or None."""

    rows: list[Any]
    next: str | None
    computed: dict[int, dict[str, Any]]


_PAIR = re.compile(r'(\w+):(?:"([^"]*)"|(\S+))')


def wanted(query: str = "", **more: Any) -> Wanted:
    """Read a filter text; ``more`` are further fields of ``Wanted`` and filters by name (empty ones are left out).

    Raises:
        Invalid: a filter or sort that does not exist.
    """
    filters = {}
    for name, quoted, bare in _PAIR.findall(query):
        filters[name] = quoted or bare
    filters.update({name: str(value) for name, value in more.items() if name in FILTERS and value not in (None, "")})
    for name in filters:
        if name not in FILTERS:
            raise invalid("q", "There is no filter %(name)s. There are: %(names)s.", name=name, names=tuple(FILTERS))
    sort = str(more.get("sort") or "number")
    if sort.removeprefix("-") not in SORTS:
        raise invalid("sort", "A list cannot be sorted by %(name)s.", name=sort)
    limit = min(max(int(more.get("limit") or PAGE), 1), 200)
    words = " ".join(_PAIR.sub(" ", query).split())
    return Wanted(filters, words, sort, str(more.get("after") or ""), limit)


def page(
    actor: Actor, project_id: int, kind: Kind, asked: Wanted, *, content: bool = False, only: tuple[str, ...] = ()
) -> Page:
    """One page of a list: each row has the columns of items and of the kind, ``phase`` (name), ``owner`` (login), ``owner_name``;
    with ``content`` also the newest version's content; with ``only`` those named, and what each page needs."""
    statement = _columns(kind.model, content, only).where(
        visible(actor, project_id), Item.kind == kind.name, *_conditions(kind, asked)
    )
    if asked.words:
        statement = _searched(statement, project_id, asked.words)
    descending = asked.sort.startswith("-")
    column = SORTS[asked.sort.removeprefix("-")]
    if asked.after:
        statement = statement.where(_beyond(column, descending, asked.after))
    order = (column.desc(), Item.id.desc()) if descending else (column, Item.id)
    rows: list[Any] = list(plain(statement.order_by(*order).limit(asked.limit + 1)).all())
    more = len(rows) > asked.limit
    rows = rows[: asked.limit]
    cursor = _cursor(rows[-1], asked.sort.removeprefix("-")) if more else None
    decorate = DECORATE.get(kind.name)
    computed = decorate(actor, project_id, [row.id for row in rows]) if decorate and rows else {}
    return Page(rows, cursor, computed)


# The same for every page of a kind: put together once.
@cache
def _columns(model: type[Item], content: bool, only: tuple[str, ...]) -> Select[Any]:
    phases = Base.metadata.tables["phases"]
    own = model.__table__
    columns: list[Any] = [
        Item.id, Item.key, Item.kind, Item.number, Item.title, Item.stage, Item.tier, Item.phase_id, Item.owner_id,
        Item.version, Item.retired, Item.imported, Item.created_at, Item.created_by, Item.updated_at, Item.text_seq,
        phases.c.name.label("phase"), User.login.label("owner"), User.name.label("owner_name"),
    ]  # fmt: skip
    columns += [column for column in own.columns if column.name != "id"]
    if only:
        columns = [column for column in columns if column.key in only or column.key in ALWAYS]
    joined = (
        Item.__table__.join(own, own.c.id == Item.id)
        .outerjoin(phases, phases.c.id == Item.phase_id)
        .outerjoin(User.__table__, User.id == Item.owner_id)
    )
    if content:
        columns.append(Version.content)
        joined = joined.join(Version.__table__, and_(Version.item_id == Item.id, Version.number == Item.version))
    return select(*columns).select_from(joined)


def _conditions(kind: Kind, asked: Wanted) -> list[ColumnElement[bool]]:
    phases = Base.metadata.tables["phases"]
    conditions: list[ColumnElement[bool]] = []
    for name, value in asked.filters.items():
        values = value.split(",")
        if name in ("stage", "tier"):
            column = getattr(Item, name)
            conditions.append(column.is_(None) if value == "none" else column.in_(values))
        elif name == "phase":
            conditions.append(Item.phase_id.is_(None) if value == "none" else phases.c.name.in_(values))
        elif name == "owner":
            conditions.append(Item.owner_id.is_(None) if value == "none" else User.login.in_(values))
        elif name in ("kind", "severity", "assignee", "due_before"):
            own = next((one for one in kind.fields if one.name == name.replace("due_before", "due_on")), None)
            if own is not None:
                conditions.append(_own(getattr(kind.model, own.attribute), own.type, value))
        elif name == "imported":
            conditions.append(Item.imported.is_(value == "yes"))
    shown_retired = asked.filters.get("retired")
    if shown_retired != "all":
        conditions.append(Item.retired.is_(shown_retired == "yes"))
    return conditions


def _own(own: Any, type_: str, value: str) -> ColumnElement[bool]:
    """The clause on a column that only some kinds have: one of some choices, somebody by login (``none``: nobody), before a day."""
    if type_ == "date":
        try:
            return and_(own < date.fromisoformat(value))
        except ValueError:
            raise invalid("due_before", "%(given)s is no date like 2026-10-01.", given=value[:40]) from None
    if type_ == "user":
        login = select(User.id).where(User.login.in_(value.split(",")))
        return and_(own.is_(None)) if value == "none" else and_(own.in_(login))
    return and_(own.in_(value.split(",")))


def _searched(statement: Select[Any], project_id: int, words: str) -> Select[Any]:
    match = search.matching(project_id, words)
    if match is None:
        return statement.where(Item.title.contains(words, autoescape=True))
    sql, parameters = match
    return statement.where(Item.id.in_(text(sql).bindparams(**parameters).columns(Item.id)))


def _cursor(row: Any, sort: str) -> str:
    value = {"number": row.number, "title": row.title, "updated": row.updated_at}[sort]
    plain = value if isinstance(value, int | str) else SORTS["updated"].type.process_bind_param(value, None)
    return base64.urlsafe_b64encode(json.dumps([plain, row.id], ensure_ascii=False).encode()).decode().rstrip("=")


def _beyond(column: Any, descending: bool, after: str) -> ColumnElement[bool]:
    try:
        value, item_id = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        bound = column.type.process_result_value(value, None) if hasattr(column.type, "process_result_value") else value
        item_id = int(item_id)
    except (ValueError, TypeError):
        raise invalid("after", "This place in the list is not known any more; begin at its start.") from None
    if descending:
        return or_(column < bound, and_(column == bound, Item.id < item_id))
    return or_(column > bound, and_(column == bound, Item.id > item_id))


def find(
    actor: Actor,
    project_id: int,
    query: str,
    *,
    before: int | None = None,
    limit: int = 20,
    kinds: Collection[str] = (),
) -> list[Any]:
    """Full-text search over all items that the actor may see, newest first; ``before`` (an item id) goes on. ``kinds``: of these alone.

    A query that is a key, or begins one, gives that item first.
    """
    rows: list[Any] = []
    columns = (Item.id, Item.key, Item.kind, Item.title, Item.stage, Item.tier)
    key = query.strip().upper()
    if before is None and re.fullmatch(r"[A-Z]{2,4}-?\d+", key):
        exact = re.sub(r"^([A-Z]+)-?(\d+)$", r"\1-\2", key)
        rows += db.session.execute(select(*columns).where(Item.key == exact, _those(actor, project_id, kinds))).all()
    match = search.matching(project_id, query)
    if match is None:
        return rows
    sql, parameters = match
    found = _matches(_those(actor, project_id, kinds), sql, parameters, query, before, limit)
    return (rows + [row for row in found if row.id not in {one.id for one in rows}])[:limit]


def _those(actor: Actor, project_id: int, kinds: Collection[str]) -> Any:
    seen = visible(actor, project_id)
    return and_(seen, Item.kind.in_(kinds)) if kinds else seen


def _matches(those: Any, sql: str, parameters: dict[str, Any], query: str, before: int | None, limit: int) -> list[Any]:
    """Matches in batches, newest first, until enough are visible and really hold the words."""
    number = "rowid" if "rowid" in sql else "item_id"
    wanted_terms = search.terms(query)
    found: list[Any] = []
    batch = max(limit * 3, 60)
    while len(found) < limit:
        paged = f"{sql}{f' AND {number} < :before' if before is not None else ''} ORDER BY {number} DESC LIMIT {batch}"
        bound = {**parameters, **({"before": before} if before is not None else {})}
        ids = [row[0] for row in db.session.execute(text(paged), bound)]
        if not ids:
            break
        before = ids[-1]
        folded = {
            row.item_id: row.folded
            for row in db.session.execute(select(TEXTS.c.item_id, TEXTS.c.folded).where(TEXTS.c.item_id.in_(ids)))
        }
        held = [item_id for item_id in ids if search.holds(folded.get(item_id, ""), wanted_terms)]
        rows = db.session.execute(
            select(Item.id, Item.key, Item.kind, Item.title, Item.stage, Item.tier).where(
                Item.id.in_(held), those, Item.retired.is_(False)
            )
        )
        found += sorted(rows, key=lambda row: -row.id)
        if len(ids) < batch:
            break
    return found[:limit]
