"""From a page's form to raw field values, and from an item to what its form shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from reqtrack.accounts.queries import members
from reqtrack.audit.kept import kept
from reqtrack.db import Base, db
from reqtrack.items import personal
from reqtrack.items.kinds import Field, Kind
from reqtrack.items.steps import COLUMNS, as_line, as_table
from reqtrack.permissions import Actor

# A form says which fields it holds, so that an emptied list is told from a field that the form does not have.
HELD = "_fields"


def raw(kind: Kind, form: MultiDict[str, str]) -> dict[str, Any]:
    """Raw values by field name for ``values.parse``: of the fields that the form names in ``_fields`` (or that it sends)."""
    held = set(form.get(HELD, "").split()) or {name.partition(".")[0] for name in form}
    values: dict[str, Any] = {}
    for field in kind.fields:
        if field.name not in held:
            continue
        given = form.getlist(field.name)
        if field.type == "links":
            # Keys as people part them: blanks, commas, lines.
            values[field.name] = [key for text in given for key in re.split(r"[\s,，、;；]+", text) if key]
        elif field.type in ("lines", "stakeholders"):
            # One input a line, or one text area with a line each.
            values[field.name] = [part for text in given for part in text.split("\n") if part.strip()]
        elif field.type == "numbers":
            # One field, or a box to tick for each.
            values[field.name] = [part for text in given for part in re.split(r"[\s,，、;；]+", text) if part]
        elif field.type == "steps" and f"{field.name}.name" in form:
            values[field.name] = _steps(field.name, form)
        else:
            values[field.name] = given[0] if given else ""
    return values


def has_own_reason(kind: Kind) -> bool:
    """Whether a reason is a field of the kind itself: then nobody is asked why they edit."""
    return any(field.name == "reason" for field in kind.fields)


def why(kind: Kind, form: MultiDict[str, str]) -> str:
    """Why somebody edits an item."""
    return "" if has_own_reason(kind) else form.get("reason", "")


def _steps(name: str, form: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The rows of a form of steps, each of the fields being sent once a row; rows without a word or a figure are left out.

    Where it is said in which place a row shall stand (``.place``, for readers without scripts), that is their order.
    """
    sent = {part: form.getlist(f"{name}.{part}") for part in (*COLUMNS, "place")}
    rows = []
    for at in range(max(map(len, sent.values()))):
        row = {part: cells[at].strip() for part, cells in sent.items() if at < len(cells)}
        if any(value for part, value in row.items() if part not in ("id", "by", "place")):
            rows.append(row)
    rows.sort(key=_place)
    return [{part: value for part, value in row.items() if part != "place" and value} for row in rows]


def _place(row: Mapping[str, str]) -> float:
    try:
        return float(row.get("place") or "inf")
    except ValueError:
        return float("inf")


def shown(kind: Kind, project_id: int, content: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of an item shows, by field name: texts as typed, phases by name, people by login, keys of links."""
    values: dict[str, Any] = dict(content)
    digests = [content[field.name] for field in kind.fields if field.type == "personal" and field.name in content]
    texts = personal.many(project_id, digests) if digests else {}
    for field in kind.fields:
        value = values.get(field.name)
        if value is None:
            continue
        if field.type == "personal":
            values[field.name] = texts.get(value, "")
        elif field.type == "phase":
            values[field.name] = next((one["name"] for one in phases(project_id) if one["id"] == value), "")
        elif field.type == "user":
            values[field.name] = next((one.login for one in members(project_id) if one.id == value), "")
    return values


def phases(project_id: int) -> list[dict[str, Any]]:
    """``{id, name}`` of a project's phases in order."""
    return kept("phases", project_id, lambda: _phases(project_id))


def _phases(project_id: int) -> list[dict[str, Any]]:
    table = Base.metadata.tables["phases"]
    wanted = select(table.c.id, table.c.name).where(table.c.project_id == project_id).order_by(table.c.number)
    return [{"id": row.id, "name": row.name} for row in db.session.execute(wanted)]


def choices(actor: Actor, project_id: int, kind: Kind) -> dict[str, list[dict[str, Any]]]:
    """The options of the fields that are chosen from a list, by field name: ``{value, label}``."""
    options: dict[str, list[dict[str, Any]]] = {}
    people = None
    for field in kind.fields:
        if field.type == "choice":
            options[field.name] = [{"value": value, "label": label} for value, label in field.choices.items()]
        elif field.type == "phase":
            options[field.name] = [{"value": one["name"], "label": one["name"]} for one in phases(project_id)]
        elif field.type == "user":
            people = people or members(project_id)
            options[field.name] = [{"value": one.login, "label": one.name} for one in people]
        elif source := CHOICES.get(f"{kind.name}.{field.name}") or CHOICES.get(field.type):
            options[field.name] = source(actor, project_id, field)
    return options


# Field type, or ``kind.field``, → options, registered by the area that knows them (stakeholders).
CHOICES: dict[str, Any] = {}


def as_typed(field: Field, value: Any) -> str:
    """A raw or encoded value as one text that can be edited and sent again in its place."""
    if field.type == "steps" and not isinstance(value, str):
        return as_table(value or ())
    return as_text(field, value)


def as_text(field: Field, value: Any) -> str:
    """An encoded value as one text, for a comparison of two of them."""
    if value is None:
        return ""
    if field.type == "steps" and isinstance(value, list):
        return "\n".join(as_line(step) for step in value)
    if isinstance(value, list):
        return "\n".join(str(part) for part in value)
    if isinstance(value, dict):
        rows = [value.get("header", []), *value.get("rows", [])]
        return "\n".join("\t".join(row) for row in rows)
    return str(value)
