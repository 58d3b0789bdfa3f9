"""The data dictionary on a page: what the columns of business data are called and mean."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from reqtrack.acceptance import actions, dictionary_pages
from reqtrack.acceptance.data.listed import entries_of
from reqtrack.acceptance.forms import seen_version
from reqtrack.acceptance.queries import dictionary
from reqtrack.acceptance.tables import readers
from reqtrack.db import whole_number
from reqtrack.errors import Invalid, invalid
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("dictionary", __name__, url_prefix="/p/<project>/data/dictionary")


def _given(form: MultiDict[str, str]) -> dict[str, Any]:
    ticked = {name: form.get(name) == "1" for name in ("required", "unique")}
    return {**{name: form.get(name, "") for name in actions.ENTRY_FIELDS}, **ticked}


def _href() -> str:
    return url_for("dictionary.index", project=g.project.key)


@area.page("", "project.read")
def index(project: str) -> Response:
    g.place = "accept"
    return page("data/dictionary.html", **dictionary_pages.index(g.actor, g.project))


@area.act("", "acceptance.write")
def add(project: str) -> Response:
    g.place = "accept"
    given = _given(request.form)
    try:
        (made,) = actions.add_entries(g.actor, g.project, [given])
    except Invalid as error:
        return page("data/dictionary.html", 422, **dictionary_pages.index(g.actor, g.project, given, error.reasons))
    flash(_("“%(name)s” stands in the dictionary", name=made.name))
    return answer(_href())


def _sheet() -> list[dict[str, object]]:
    """Read what was pasted, before the transaction."""
    text = request.form.get("text", "")
    if not text.strip():
        raise invalid("text", "Paste the rows of the sheet, the names of its columns first.", "required")
    table = readers().pasted(text)
    return entries_of(table.header, table.rows)


@area.act("/sheet", "acceptance.write", prepare=_sheet)
def paste(project: str) -> Response:
    g.place = "accept"
    try:
        made = actions.add_entries(g.actor, g.project, g.prepared)
    except Invalid as error:
        told = dictionary_pages.refused_sheet(error.reasons)
        shown = dictionary_pages.index(g.actor, g.project)
        return page("data/dictionary.html", 422, **shown, pasted=request.form["text"], told=told)
    flash(ngettext("%(num)s field added", "%(num)s fields added", len(made)))
    return answer(_href())


@area.page("/<int:number>", "acceptance.write")
def edit(project: str, number: int) -> Response:
    g.place = "accept"
    return page("data/entry.html", **dictionary_pages.edit(dictionary.entry_for(g.project_id, number)))


@area.act("/<int:number>", "acceptance.write", endpoint="save")
def save(project: str, number: int) -> Response:
    g.place = "accept"
    row, given = dictionary.entry_for(g.project_id, number), _given(request.form)
    try:
        actions.change_entry(g.actor, row, given, seen=seen_version(request.form))
    except Invalid as error:
        return page("data/entry.html", 422, **dictionary_pages.edit(row, given, error.reasons))
    return answer(_href())


@area.act("/<int:number>/retirement", "acceptance.write")
def retire(project: str, number: int) -> Response:
    row = dictionary.entry_for(g.project_id, number)
    actions.retire_entry(g.actor, row, back=request.form.get("back") == "1", seen=seen_version(request.form))
    return answer(_href())


@area.act("/<int:number>/place", "acceptance.write")
def place(project: str, number: int) -> Response:
    wanted = whole_number(request.form.get("place", ""))
    if wanted is None:
        raise invalid("place", "The place is a number, counted from 1.")
    actions.place_entry(g.actor, dictionary.entry_for(g.project_id, number), wanted)
    return answer(_href() + f"#field-{number}")
