"""Data sets on pages: what there is, taking one in, one set with its rows, its file.

A table that is taken in is sent twice, for the preview and to be kept; between the two nothing of it is on the server.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from flask import Response, flash, g, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.acceptance import actions, data_forms, data_pages, example_pages
from reqtrack.acceptance.data.taking import Taken
from reqtrack.acceptance.forms import seen_version
from reqtrack.acceptance.models import Acceptance, DataSet
from reqtrack.acceptance.queries import data_sets, dictionary
from reqtrack.acceptance.tables import readers
from reqtrack.db import a_number, reading
from reqtrack.errors import Invalid, NotFound, Reason
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, is_htmx, page
from reqtrack.web.area import Area
from reqtrack.web.transaction import note_access

area = Area("data", __name__, url_prefix="/p/<project>/data")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _set(number: int) -> DataSet:
    g.place = "accept"
    return data_sets.set_for(g.actor, g.project_id, number)


def _href(number: int) -> str:
    return url_for("data.show", project=g.project.key, number=number)


@area.page("", "interview.read")
def index(project: str) -> Response:
    g.place = "accept"
    return page("data/index.html", **data_pages.index(g.actor, g.project))


@area.page("/sets/new", "acceptance.write")
def new(project: str) -> Response:
    g.place = "accept"
    return page("data/new.html", **data_pages.blank())


@area.ask("/sets/look", "acceptance.write")
def look(project: str) -> Response:
    g.place = "accept"
    given = request.form.to_dict()
    try:
        sent = data_forms.received()
    except Invalid as error:
        if is_htmx():
            raise
        return page("data/new.html", 422, **data_pages.blank(given, error.reasons))
    shown = data_pages.look(g.project, sent, given)
    if is_htmx():
        return page("data/_look.html", look=shown, given=given, told=[], errors={})
    return page("data/new.html", **{**data_pages.blank(given), "look": shown})


@dataclass(frozen=True)
class Attempt:
    """What became of a table before the transaction: what may be stored of it, or why not."""

    sent: data_forms.Sent | None
    taken: Taken | None = None
    file_name: str = ""
    reasons: tuple[Reason, ...] = ()


def _taken() -> Attempt:
    """Read and mask what was sent, in memory, before the transaction."""
    sent: data_forms.Sent | None = None
    try:
        sent = data_forms.received()
        said = data_forms.facts(request.form)
        if request.form.get("digest") != sent.digest:
            message = "This is not the table that you looked at: look at it again, then take it in."
            return Attempt(sent, reasons=(Reason("other_table", message),))
        chosen = data_forms.choices(request.form, len(sent.table.header))
        with reading():
            rules = {row.id: dictionary.as_rule(row) for row in dictionary.entries(g.project_id)}
        taken, file_name = data_forms.taken_of(sent.table, chosen, rules, said)
    except Invalid as error:
        return Attempt(sent, reasons=tuple(error.reasons))
    return Attempt(sent, taken, file_name)


@area.act("/sets", "acceptance.write", prepare=_taken)
def take_in(project: str) -> Response:
    g.place = "accept"
    attempt: Attempt = g.prepared
    reasons = attempt.reasons
    if attempt.taken is not None:
        try:
            facts = data_forms.facts(request.form)
            found = actions.take_in(g.actor, g.project, attempt.taken, facts, attempt.file_name)
        except Invalid as error:
            reasons = tuple(error.reasons)
        else:
            count = found.row_count
            flash(ngettext("%(num)s row taken in as %(key)s", "%(num)s rows taken in as %(key)s", count, key=found.key))
            return answer(_href(found.number))
    given = request.form.to_dict()
    shown = data_pages.blank(given, reasons)
    if attempt.sent is not None:
        again = not any(one.code == "other_table" for one in reasons)
        shown["look"] = data_pages.look(g.project, attempt.sent, given, again=again)
    return page("data/new.html", 422, **shown)


@area.page("/sets/<int:number>", "interview.read")
def show(project: str, number: int) -> Response:
    after = request.args.get("after", -1, type=a_number)
    return page("data/show.html", **data_pages.show(g.actor, g.project, _set(number), after))


@area.page("/sets/<int:number>/edit", "acceptance.write")
def edit(project: str, number: int) -> Response:
    return page("data/edit.html", **data_pages.edit(_set(number)))


@area.act("/sets/<int:number>/edit", "acceptance.write", endpoint="save")
def save(project: str, number: int) -> Response:
    found = _set(number)
    try:
        facts = data_forms.facts(request.form)
        actions.change_data_set(g.actor, found, facts, seen=seen_version(request.form))
    except Invalid as error:
        return page("data/edit.html", 422, **data_pages.edit(found, request.form.to_dict(), error.reasons))
    return answer(_href(number))


@area.act("/sets/<int:number>/archiving", "acceptance.write")
def archive(project: str, number: int) -> Response:
    back = request.form.get("back") == "1"
    found = actions.archive_data_set(g.actor, _set(number), back=back)
    flash(_("%(key)s is in use again", key=found.key) if back else _("%(key)s is put away", key=found.key))
    return answer(_href(number))


@area.page("/sets/<int:number>/file", "interview.read")
def file(project: str, number: int) -> Response:
    found, wanted = _set(number), request.args.get("format", "csv")
    if wanted not in TYPES:
        raise NotFound(wanted[:20])
    data = readers().written(wanted, found.key, found.header, data_sets.all_rows(found))
    note_access("exported", found.key, rows=found.row_count)
    name = f"{found.key}.{wanted}"
    return send_file(io.BytesIO(data), TYPES[wanted], as_attachment=True, download_name=name)


# -- rows for the examples of a scenario -------------------------------------------------------------------------------


def _scenario(key: str) -> Acceptance:
    g.place = "accept"
    found: Acceptance = item_for(g.actor, g.project_id, key, "acceptance")
    return found


@area.page("/into/<key>", "acceptance.write")
def into(project: str, key: str) -> Response:
    return page("data/into.html", **example_pages.into(g.actor, g.project, _scenario(key), request.args))


@area.act("/into/<key>", "acceptance.write")
def take_rows(project: str, key: str) -> Response:
    item = _scenario(key)
    found = data_sets.set_for(g.actor, g.project_id, request.form.get("set", ""))
    try:
        columns, rows = data_forms.picked(request.form, found.header)
        count = actions.take_rows(g.actor, g.project, item, found, columns, rows, seen=seen_version(request.form))
    except Invalid as error:
        shown = example_pages.into(g.actor, g.project, item, request.form, error.reasons)
        return page("data/into.html", 422, **shown)
    flash(ngettext("%(num)s row added", "%(num)s rows added", count) if count else _("These rows stand there already"))
    return answer(url_for("items.show", project=project, key=item.key, _anchor="examples"))
