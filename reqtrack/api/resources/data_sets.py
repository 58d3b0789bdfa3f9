"""Data sets. What is masked of a set is masked before anything of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g

from reqtrack import clock
from reqtrack.acceptance import actions, data_forms
from reqtrack.acceptance.data.dictionary import Entry
from reqtrack.acceptance.data.profile import profile
from reqtrack.acceptance.data.taking import Taken
from reqtrack.acceptance.models import DataRow, DataSet
from reqtrack.acceptance.queries import data_sets, dictionary
from reqtrack.acceptance.tables import Table
from reqtrack.api.area import PROJECT, after_number, answered, area, check_version, created, limit, paged
from reqtrack.api.resources.items import show
from reqtrack.api.schemas import DataSetBody, DataSetPatch, RowsBody, read_now
from reqtrack.db import db, reading
from reqtrack.errors import Invalid, Reason, invalid
from reqtrack.items.queries import item_for


def _shown(found: DataSet) -> dict[str, Any]:
    applied = found.applied or {}
    return {
        "key": found.key, "number": found.number, "version": found.version, "name": found.name, "system": found.system,
        "owner": found.owner, "note": found.note, "taken_on": found.taken_on.isoformat() if found.taken_on else None,
        "header": found.header, "masked": dict(zip(found.header, found.masked, strict=True)),
        "mapped": dict(zip(found.header, found.mapped, strict=True)), "rows": found.row_count, "digest": found.digest,
        "problems": applied.get("problem_count", 0), "elsewhere": applied.get("elsewhere", {}),
        "created_by": found.created_by, "created_at": clock.iso(found.created_at), "archived": found.archived_at is not None,
    }  # fmt: skip


@area.listing(f"{PROJECT}/datasets", "interview.read")
@area.doc(summary="List data sets", tags=["data"])
def list_data_sets(project: str) -> Response:
    return paged(data_sets.sets_after(g.project_id, after_number(), limit() + 1), _shown, lambda row: row.number)


@area.page(f"{PROJECT}/datasets/<key>", "interview.read")
@area.doc(summary="Read a data set", tags=["data"])
def read_data_set(project: str, key: str) -> Response:
    return answered(_shown(data_sets.set_for(g.actor, g.project_id, key)))


@area.listing(f"{PROJECT}/datasets/<key>/rows", "interview.read")
@area.doc(summary="The rows of a data set, counted from 0", tags=["data"])
def list_data_rows(project: str, key: str) -> Response:
    found = data_sets.set_for(g.actor, g.project_id, key)
    after = after_number()
    rows = data_sets.rows_after(found, after - 1, limit() + 1)
    return paged(rows, _row, lambda row: row.position + 1)


def _row(row: DataRow) -> dict[str, Any]:
    """A row never changes: its version is the first."""
    return {"key": str(row.position), "version": 1, "row": row.position, "cells": row.cells}


def _taken() -> tuple[DataSetBody, Taken]:
    """Mask what was sent, in memory, before the transaction."""
    body = read_now(DataSetBody)
    names = [" ".join(name.split()) for name in body.header]
    if len(set(names)) < len(names) or not all(names):
        raise invalid("header", "Each column needs a name of its own.")
    table = Table(tuple(names), tuple(tuple(row) for row in body.rows))
    for at, row in enumerate(table.rows):
        if len(row) > len(names):
            raise invalid(f"rows.{at}", "This row has more cells than there are columns.")
    with reading():
        rules = {row.id: dictionary.as_rule(row) for row in dictionary.entries(g.project_id)}
    said = body.model_dump(include=set(data_forms.SAID))
    return body, data_forms.taken_of(table, _choices(body, table, rules), rules, said)[0]


def _choices(body: DataSetBody, table: Table, rules: Mapping[int, Entry]) -> data_forms.Choices:
    """What was said of the columns. One that looks personal must be named: nothing is kept clear because nobody thought of it."""
    places = {name: at for at, name in enumerate(table.header)}
    ids = {rule.name: number for number, rule in rules.items()}
    reasons = []
    for field, told in (("masked", body.masked), ("mapped", body.mapped)):
        unknown = [name for name in told if name not in places]
        if unknown:
            reasons.append(Reason("no_column", "There is no column %(names)s.", {"names": unknown}, field))
    missing = [name for name in body.mapped.values() if name not in ids]
    if missing:
        message = "The data dictionary has no field %(names)s."
        reasons.append(Reason("no_entry", message, {"names": missing}, "mapped"))
    silent = [
        column.name
        for column in profile(table.header, table.rows).columns
        if column.personal and column.name not in body.masked
    ]
    if silent:
        message = 'These look personal: %(names)s. Say in "masked" how each is masked, or "" that it is not.'
        reasons.append(Reason("not_said", message, {"names": silent}, "masked"))
    if reasons:
        raise Invalid(reasons)
    return data_forms.Choices(
        {places[name]: kind for name, kind in body.masked.items() if kind},
        {places[name]: ids[entry] for name, entry in body.mapped.items()},
    )


@area.act(f"{PROJECT}/datasets", "acceptance.write", prepare=_taken, makes="read_data_set", private=True)
@area.input(DataSetBody, location="json", arg_name="body")
@area.doc(summary="Take business records in; what is masked of them is kept nowhere", tags=["data"])
def create_data_set(project: str, body: DataSetBody) -> Response:
    given, taken = g.prepared
    found = actions.take_in(g.actor, g.project, taken, given.model_dump(include={*data_forms.SAID, "taken_on"}))
    db.session.flush()
    return created(_shown(found))


@area.act(f"{PROJECT}/datasets/<key>", "acceptance.write", methods=("PATCH",))
@area.input(DataSetPatch, location="json", arg_name="body")
@area.doc(summary="Say where a data set came from, put it away or take it out again", tags=["data"])
def update_data_set(project: str, key: str, body: DataSetPatch) -> Response:
    found = data_sets.set_for(g.actor, g.project_id, key)
    check_version(found.key, found.version)
    actions.change_data_set(g.actor, found, body.model_dump(exclude_unset=True, exclude={"archived"}))
    if body.archived is not None:
        actions.archive_data_set(g.actor, found, back=not body.archived)
    db.session.flush()
    return answered(_shown(found))


@area.act(f"{PROJECT}/acceptance/<key>/rows", "acceptance.write")
@area.input(RowsBody, location="json", arg_name="body")
@area.doc(summary="Take rows of a data set into the examples of an acceptance scenario", tags=["data"])
def take_rows(project: str, key: str, body: RowsBody) -> Response:
    item = item_for(g.actor, g.project_id, key, "acceptance")
    found = data_sets.set_for(g.actor, g.project_id, body.data_set)
    actions.take_rows(g.actor, g.project, item, found, body.columns, body.rows, seen=body.seen)
    db.session.flush()
    return created(show(item))
