"""The resources of all kinds of item: list, create, read, update, history, impact."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from reqtrack import clock
from reqtrack.api.area import (
    PROJECT,
    answered,
    area,
    before_number,
    created,
    limit,
    listed,
    paged,
    seen_version,
    stale_is_412,
)
from reqtrack.api.schemas import Body, Number, body_of, shape_of
from reqtrack.db import a_number
from reqtrack.errors import NotFound, Stale
from reqtrack.interviews import actions as interviews
from reqtrack.interviews import queries as excerpts
from reqtrack.items import brought, lists, present, queries, store, values
from reqtrack.items.kinds import KINDS, Kind, by_key

BACKED = ("scenario", "requirement")
# Kinds whose creation is another resource's business.
OWN = ("change",)
LIST_ARGUMENTS = ("q", *lists.FILTERS, "sort")


def _raw(body: Body) -> dict[str, Any]:
    """What was sent, as raw values; a null empties a field."""
    return body.model_dump(exclude_unset=True, exclude={"evidence", "retired"})


def _evidence(item: Any, body: Any) -> None:
    ids = getattr(body, "evidence", None)
    if ids is not None:
        found = excerpts.excerpts_for(g.project_id, ids)
        interviews.back(g.actor, item, found)


def declare(kind: Kind) -> None:
    """Declare the resource of a kind."""
    more: dict[str, Any] = {"evidence": (list[Number] | None, None)} if kind.name in BACKED else {}
    base = f"{PROJECT}/{kind.plural}"

    @area.listing(base, kind.read, *LIST_ARGUMENTS, endpoint=f"list_{kind.plural}", shape=shape_of(kind))
    @area.doc(summary=f"List {kind.plural}", tags=[kind.plural])
    def list_items(project: str) -> Response:
        current = KINDS[kind.name]
        filters = {name: request.args.get(name) for name in (*LIST_ARGUMENTS, "after") if name != "q"}
        asked = lists.wanted(request.args.get("q", ""), limit=limit(), **filters)
        found = lists.page(g.actor, g.project_id, current, asked, content=True)
        return listed(present.listed(g.actor, g.project_id, current, found), found.next)

    @area.page(f"{base}/<key>", kind.read, endpoint=f"read_{kind.plural}", shape=shape_of(kind))
    @area.doc(summary=f"Read one of {kind.plural}", tags=[kind.plural])
    def read_item(project: str, key: str) -> Response:
        item = queries.item_for(g.actor, g.project_id, key, kind.name)
        return answered(show(item))

    @area.listing(f"{base}/<key>/history", kind.read, endpoint=f"history_{kind.plural}")
    @area.doc(summary="Versions, newest first", tags=[kind.plural])
    def history(project: str, key: str) -> Response:
        rows = versions(queries.item_for(g.actor, g.project_id, key, kind.name))
        return paged(rows, dict, lambda row: row["version"])

    if kind.name not in OWN:
        _declare_writes(kind, base, more)


def _declare_writes(kind: Kind, base: str, more: dict[str, Any]) -> None:
    draft = kind.draft

    def create_permission(arguments: Any) -> str:
        return draft if draft and not g.actor.may(kind.create, g.project_id) else kind.create

    create_permission.__name__ = f"kind:{kind.create}"

    @area.act(
        base, create_permission, endpoint=f"create_{kind.plural}", makes=f"read_{kind.plural}", shape=shape_of(kind)
    )
    @area.input(body_of(kind, "Create", **more), location="json", arg_name="body")
    @area.doc(summary=f"Create one of {kind.plural}", tags=[kind.plural])
    def create(project: str, body: Any) -> Response:
        current = KINDS[kind.name]
        item = store.create(g.actor, g.project, current, values.parse(current, g.project, _raw(body)))
        _evidence(item, body)
        return created(present.one(g.actor, current, item))

    @area.act(
        f"{base}/<key>", create_permission, methods=("PATCH",), endpoint=f"update_{kind.plural}", shape=shape_of(kind)
    )
    @area.input(body_of(kind, "Update", retired=(bool | None, None), **more), location="json", arg_name="body")
    @area.doc(summary=f"Update one of {kind.plural}", tags=[kind.plural])
    def update(project: str, key: str, body: Any) -> Response:
        current = KINDS[kind.name]
        item = queries.item_for(g.actor, g.project_id, key, kind.name)
        seen = seen_version(item.version)
        if seen != item.version:
            now = present.one(g.actor, current, item)
            raw = _raw(body)
            raise stale_is_412(Stale(item.key, seen, item.version, raw, {name: now.get(name) for name in raw}))
        parsed = values.parse(current, g.project, _raw(body))
        store.edit(g.actor, item, parsed, seen=seen, retired=body.retired)
        _evidence(item, body)
        return answered(present.one(g.actor, current, item))


# kind → how one is shown, where it is more than its fields: (actor, kind, item) → dict.
SHOW: dict[str, Callable[[Any, Kind, Any], dict[str, Any]]] = {}


def show(item: Any) -> dict[str, Any]:
    """An item of any kind as its resource shows it."""
    kind = KINDS[item.kind]
    shown = SHOW.get(kind.name)
    return shown(g.actor, kind, item) if shown is not None else present.one(g.actor, kind, item)


def versions(item: Any) -> list[dict[str, Any]]:
    """A page of the versions of an item with their content, newest first, and one more."""
    kind = KINDS[item.kind]
    rows = queries.versions(item, limit() + 1, before_number())
    contents = [json.loads(row.content) for row in rows]
    shown = present.Shown.load(g.actor, item.project_id, kind, contents)
    hidden = brought.hidden_changes(g.actor, item.project_id, rows)
    return [
        {
            "version": row.number,
            "at": clock.iso(row.at),
            "author": row.author,
            "author_name": row.author_name,
            "reason": None if row.change in hidden else present.mask(g.actor, item.project_id, row.reason) or None,
            "change": brought.HIDDEN if row.change in hidden else row.change or None,
            "text_print": row.text_print,
            "scope_print": row.scope_print,
            "content": shown.fields(content),
            "retired": bool(content.get("retired")),
        }
        for row, content in zip(rows, contents, strict=True)
    ]


def kind_permission(arguments: Any) -> str:
    """The reading permission of the kind that a key belongs to."""

    kind = by_key(arguments["key"])
    if kind is None:
        raise NotFound(arguments["key"])
    return kind.read


@area.page(f"{PROJECT}/items/<key>", kind_permission)
@area.doc(summary="Read an item of any kind", tags=["items"])
def read_any(project: str, key: str) -> Response:
    item = queries.item_for(g.actor, g.project_id, key)
    return answered(show(item))


@area.listing(f"{PROJECT}/search", "project.read", "q", shape="Part")
@area.doc(summary="Find items by words; Chinese by any two characters", tags=["search"])
def search(project: str) -> Response:
    query = request.args.get("q", "")
    after = request.args.get("after", type=a_number)
    size = limit()
    found = lists.find(g.actor, g.project_id, query, before=after, limit=size)
    shown = [{"key": row.key, "kind": row.kind, "title": row.title, "stage": row.stage} for row in found]
    return listed(shown, found[-1].id if len(found) == size else None)


for _kind in list(KINDS.values()):
    declare(_kind)
