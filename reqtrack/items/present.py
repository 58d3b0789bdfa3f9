"""Items as the world outside sees them: field names of the glossary, people by login, phases by name, personal texts as far as
the actor may read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import User
from reqtrack.db import Base, db
from reqtrack.items import personal, successions
from reqtrack.items.kinds import Kind
from reqtrack.items.lists import DECORATE, Page
from reqtrack.items.models import Item, Version
from reqtrack.items.values import LISTS
from reqtrack.permissions import Actor

# Set by the interviews area: (actor, project id, text) → the text as the actor may read it (names replaced by job roles).
mask: Callable[[Actor, int, str], str] = lambda actor, project_id, body: body  # noqa: E731
# Set by the interviews area: (actor, project id, login, name) → who confirmed an interview, as the actor may know it.
doer: Callable[[Actor, int, str, str], str] = lambda actor, project_id, login, name: name  # noqa: E731
# Set by the interviews area: (actor, project id, stakeholder) → what somebody is called who need not have an account.
called: Callable[[Actor, int, int], str] = lambda actor, project_id, number: ""  # noqa: E731
# (kind, field) → (actor, project id, value) → the value as far as the actor may know it; of a personal text, the text.
VEILED: dict[tuple[str, str], Callable[[Actor, int, Any], Any]] = {}
# Set by the changes area: (project id, key) → what the stage of an item is called, where its project calls it otherwise; else "".
stage_called: Callable[[int, str], Any] = lambda project_id, key: ""  # noqa: E731
# kind → (actor, project id, item ids) → {id: {name: value}}: what else the API shows (evidence, carried_by, …).
MORE: dict[str, Callable[[Actor, int, Sequence[int]], dict[int, dict[str, Any]]]] = {}


def content_rows(ids: Sequence[int]) -> dict[int, str]:
    """The newest content of items, by id."""
    rows = db.session.execute(
        select(Version.item_id, Version.content)
        .join(Item, (Item.id == Version.item_id) & (Item.version == Version.number))
        .where(Version.item_id.in_(ids))
    )
    return {row.item_id: row.content for row in rows}


def one(actor: Actor, kind: Kind, item: Item) -> dict[str, Any]:
    """An item as the API shows it."""
    return many(actor, item.project_id, kind, [item])[0]


def listed(actor: Actor, project_id: int, kind: Kind, page: Page) -> list[dict[str, Any]]:
    """A page of a list (loaded with its contents) as the API shows it; what the page has looked up is not looked up again."""
    known = {row.phase_id: row.phase for row in page.rows if row.phase_id is not None}
    people = {row.owner_id: row.owner for row in page.rows if row.owner_id is not None}
    contents = {row.id: json.loads(row.content) for row in page.rows}
    shown = Shown.load(actor, project_id, kind, list(contents.values()), known, people)
    more = MORE.get(kind.name)
    extra: list[Mapping[int, Mapping[str, Any]]] = [page.computed, successions.told(actor, project_id, page.rows)]
    extra.append(more(actor, project_id, list(contents)) if more is not None and contents else {})
    return _shown(page.rows, contents, shown, extra)


def many(actor: Actor, project_id: int, kind: Kind, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Items (entities, or rows of ``lists.page``) as the API shows them, in a constant number of queries."""
    ids = [row.id for row in rows]
    contents = _contents(rows)
    shown = Shown.load(actor, project_id, kind, list(contents.values()))
    more: list[Mapping[int, Mapping[str, Any]]] = [successions.told(actor, project_id, rows)]
    for source in (DECORATE.get(kind.name), MORE.get(kind.name)):
        if source is not None and ids:
            more.append(source(actor, project_id, ids))
    return _shown(rows, contents, shown, more)


def _contents(rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """The newest content of items by id; what was loaded along with one, or just written, is not asked for again."""
    fresh: dict[int, str] = {}
    for row in rows:
        number, text = getattr(row, "loaded", None) or (0, None)
        if number == row.version and text:
            fresh[row.id] = text
    missing = [row.id for row in rows if row.id not in fresh]
    return {i: json.loads(c) for i, c in {**fresh, **(content_rows(missing) if missing else {})}.items()}


def _shown(
    rows: Sequence[Any],
    contents: Mapping[int, Mapping[str, Any]],
    shown: Shown,
    more: Sequence[Mapping[int, Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    result = []
    for row in rows:
        fields = shown.fields(contents.get(row.id, {}))
        extra = {name: value for part in more for name, value in part.get(row.id, {}).items()}
        result.append(
            {
                "key": row.key,
                "version": row.version,
                **fields,
                "stage": row.stage,
                "retired": row.retired,
                "created_at": clock.iso(row.created_at),
                "created_by": row.created_by,
                "updated_at": clock.iso(row.updated_at),
                **extra,
            }
        )
    return result


class Shown:
    """Turns encoded content values into outside values; phases, users and personal texts are loaded for all at once."""

    def __init__(
        self, actor: Actor, project_id: int, kind: Kind, phases: Mapping[int, str], users: Mapping[int, str],
        texts: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.actor, self.project_id, self.kind = actor, project_id, kind
        self.phases, self.users, self.texts = phases, users, texts

    @classmethod
    def load(
        cls, actor: Actor, project_id: int, kind: Kind, contents: Sequence[Mapping[str, Any]],
        phases: Mapping[int, str] | None = None, users: Mapping[int, str] | None = None,
    ) -> Shown:  # fmt: skip
        """Load what these contents refer to; ``phases`` and ``users`` are known already, by id."""
        by_type: dict[str, set[Any]] = {"phase": set(), "user": set(), "personal": set()}
        for content in contents:
            for field in kind.fields:
                if field.type in by_type and field.name in content:
                    by_type[field.type].add(content[field.name])
        table = Base.metadata.tables["phases"]
        known_phases, known_users = dict(phases or {}), dict(users or {})
        unknown = by_type["phase"] - set(known_phases)
        known_phases |= _by_id(select(table.c.id, table.c.name).where(table.c.id.in_(unknown)), unknown)
        unknown = by_type["user"] - set(known_users)
        known_users |= _by_id(select(User.id, User.login).where(User.id.in_(unknown)), unknown)
        texts = personal.many(project_id, by_type["personal"]) if by_type["personal"] else {}
        return cls(actor, project_id, kind, known_phases, known_users, texts)

    def fields(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """All fields of the kind, empty ones as None or an empty list."""
        return {field.name: self.value(field.name, content.get(field.name)) for field in self.kind.fields}

    def value(self, name: str, value: Any) -> Any:
        """One encoded value as the outside sees it."""
        kind = self.kind.field(name).type
        if value is None:
            return [] if kind in LISTS else None
        if (self.kind.name, name) in VEILED:
            told = self.texts.get(value, "") if kind == "personal" else value
            return VEILED[self.kind.name, name](self.actor, self.project_id, told)
        if kind == "phase":
            return self.phases.get(value)
        if kind == "user":
            return self.users.get(value)
        if kind == "personal":
            return mask(self.actor, self.project_id, self.texts.get(value, ""))
        if kind == "decimal":
            return float(value) if "." in value else int(value)
        return value


def _by_id(statement: Any, ids: set[Any]) -> dict[int, str]:
    return {row[0]: row[1] for row in db.session.execute(statement)} if ids else {}
