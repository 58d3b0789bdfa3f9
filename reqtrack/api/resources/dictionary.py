"""The data dictionary."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from reqtrack.acceptance import actions
from reqtrack.acceptance.models import DictionaryEntry
from reqtrack.acceptance.queries import dictionary
from reqtrack.api.area import PROJECT, after_number, answered, area, check_version, created, limit, paged
from reqtrack.api.schemas import EntryBody, EntryPatch
from reqtrack.db import db


def _shown(row: DictionaryEntry) -> dict[str, Any]:
    told = actions.as_told(dictionary.as_rule(row))
    return {"id": row.id, "version": row.version, **told, "place": row.position, "retired": row.archived_at is not None}


@area.listing(f"{PROJECT}/dictionary", "project.read")
@area.doc(summary="List the fields of the data dictionary", tags=["data"])
def list_dictionary(project: str) -> Response:
    rows = dictionary.all_entries(g.project_id, after_number(), limit() + 1)
    return paged(rows, _shown, lambda row: row.id)


@area.page(f"{PROJECT}/dictionary/<int:number>", "project.read")
@area.doc(summary="Read a field of the data dictionary", tags=["data"])
def read_entry(project: str, number: int) -> Response:
    return answered(_shown(dictionary.entry_for(g.project_id, number)))


@area.act(f"{PROJECT}/dictionary", "acceptance.write", makes="read_entry")
@area.input(EntryBody, location="json", arg_name="body")
@area.doc(summary="Add a field to the data dictionary", tags=["data"])
def create_entry(project: str, body: EntryBody) -> Response:
    (row,) = actions.add_entries(g.actor, g.project, [body.model_dump(exclude_none=True)])
    db.session.flush()
    return created(_shown(row))


@area.act(f"{PROJECT}/dictionary/<int:number>", "acceptance.write", methods=("PATCH",))
@area.input(EntryPatch, location="json", arg_name="body")
@area.doc(summary="Change a field, put it at a place of the list, or take it out of use and back", tags=["data"])
def update_entry(project: str, number: int, body: EntryPatch) -> Response:
    row = dictionary.entry_for(g.project_id, number)
    check_version(str(number), row.version)
    actions.change_entry(g.actor, row, body.model_dump(exclude_unset=True, exclude={"place", "retired"}))
    if body.retired is not None:
        actions.retire_entry(g.actor, row, back=not body.retired)
    if body.place is not None:
        actions.place_entry(g.actor, row, body.place)
    db.session.flush()
    return answered(_shown(row))
