"""The page of a list: its lines as plain values, the filters that it offers, the next page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from reqtrack.accounts.models import Project
from reqtrack.items import forms, lists, store
from reqtrack.items.kinds import Field, Kind
from reqtrack.items.pages import href_of
from reqtrack.permissions import Actor
from reqtrack.web.context import days
from reqtrack.web.words import listed

HEADS = {
    "stage": _l("Stage"),
    "status": _l("Result"),
    "updated_at": _l("Last changed"),
    "rows": _l("Rows"),
    "effort_days": _l("Days"),
    "gaps": _l("Steps without scenario"),
    "friction": _l("Friction"),
    "special_flows": _l("Special flows"),
}
# column → (row, what is computed for it) → what its cell says; other columns say the row's value of their name.
Cell = Callable[[Any, Mapping[str, Any]], Any]
CELLS: dict[str, Cell] = {
    "status": lambda row, extra: extra.get("status", "untested"),
    "owner": lambda row, extra: row.owner_name,
    "effort_days": lambda row, extra: None if row.effort_days is None else str(row.effort_days),
    "accepts": lambda row, extra: listed(extra["accepts"]) if "accepts" in extra else None,
    "rows": lambda row, extra: extra.get("rows"),
}


def listing(actor: Actor, project: Project, kind: Kind, arguments: Mapping[str, str]) -> dict[str, Any]:
    """The page of a list; a line is ``(key, title, imported, cell, …)`` with a cell for each of ``columns``."""
    asked = lists.wanted(
        arguments.get("q", ""), **{name: arguments.get(name) for name in (*lists.FILTERS, "sort", "after")}
    )
    found = lists.page(actor, project.id, kind, asked, only=_needed(kind))
    kept: dict[str, Any] = {name: arguments[name] for name in ("q", "sort", *lists.FILTERS) if arguments.get(name)}
    columns = [column for column in kind.columns if column != "title"]
    here = {"endpoint": "items.listing", "project": project.key, "plural": kind.plural, **kept}
    return {
        "kind": kind,
        "lines": _lines(kind, columns, found),
        "asked": asked,
        "kept": kept,
        "next_href": url_for(**here, after=found.next) if found.next else None,
        "first_href": url_for(**here) if asked.after else None,
        "filters": filters(project, kind),
        "sample": sample(kind),
        "may_create": bool(store.may_create(actor, project, kind)),
        "columns": columns,
        "heads": heads(kind),
        "item_base": href_of(project.key, ""),
    }


def _lines(kind: Kind, columns: list[str], found: lists.Page) -> list[tuple[Any, ...]]:
    cells = [_cell(kind, column) for column in columns]
    lines = []
    for row in found.rows:
        extra = found.computed.get(row.id, {})
        lines.append((row.key, row.title, row.imported, *[cell(row, extra) for cell in cells]))
    return lines


def _needed(kind: Kind) -> tuple[str, ...]:
    """The columns that the lines of a kind are made from."""
    attributes = {field.name: field.attribute for field in kind.fields}
    return ("imported", "owner_name", *kind.columns, *(attributes.get(column, column) for column in kind.columns))


def _cell(kind: Kind, column: str) -> Cell:
    if column in ("updated_at", "held_on"):
        day = days()
        return lambda row, extra: (value := getattr(row, column)) and day(value)
    field = next((one for one in kind.fields if one.name == column), None)
    if column == "kind" and field is not None:
        words = {value: str(label) for value, label in field.choices.items()}
        return lambda row, extra: words.get(getattr(row, field.attribute))
    return CELLS.get(column, lambda row, extra: getattr(row, column))


def heads(kind: Kind) -> dict[str, Any]:
    """The column heads of a kind's list, by column."""
    labels = {field.name: field.label for field in kind.fields}
    return {**labels, **HEADS}


# A stage that items of a kind are in for long, as an example; of the others the first.
_STAGES = {"requirement": "approved", "change": "deciding"}


def sample(kind: Kind) -> str:
    """What may be typed into the search of a kind's list beside words, as an example; only what the list takes."""
    stage = f"stage:{_STAGES.get(kind.name, kind.first_stage)}"
    return f"tier:must {stage}" if any(field.name == "tier" for field in kind.fields) else stage


def filters(project: Project, kind: Kind) -> list[dict[str, Any]]:
    """The filters that a list of this kind offers: ``{name, label, options}``."""
    offered = []
    by_name: dict[str, Field] = {field.name: field for field in kind.fields}
    for name in ("tier", "kind"):
        if name in by_name:
            options = [(value, label) for value, label in by_name[name].choices.items()]
            offered.append({"name": name, "label": by_name[name].label, "options": options})
    if "phase" in by_name:
        options = [(one["name"], one["name"]) for one in forms.phases(project.id)]
        offered.append({"name": "phase", "label": by_name["phase"].label, "options": options})
    return offered
