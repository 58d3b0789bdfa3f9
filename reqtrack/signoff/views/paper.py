"""Signed sheets: brought in, shown beside what was asked, compared."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, send_file
from flask_babel import gettext as _

from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Refused, invalid
from reqtrack.signoff import actions, forms, pages, queries, scans, sheets
from reqtrack.signoff.paper import KINDS
from reqtrack.signoff.views.signoffs import _show_url, _signoff, area
from reqtrack.web.answers import answer, page


def _received() -> scans.Scan | Invalid:
    """The scan, taken in before the transaction begins; or what is wrong with it, to be told on the page."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise invalid("file", "Choose the scan or photo of the signed sheet.", "required")
        return scans.take_scan(file.stream, file.filename)  # type: ignore[arg-type]
    except Invalid as problem:
        return problem


@area.act("/<int:number>/paper", "project.read", prepare=_received, endpoint="bring_in")
def bring_in(project: str, number: int) -> Response:
    signoff = _signoff(number)
    form = request.form
    try:
        if isinstance(g.prepared, Invalid):
            raise g.prepared
        actions.bring_in(
            g.actor, g.project, signoff, g.prepared, whole_number(form.get("seat", "")) or 0,
            forms.due_on(form.get("signed_on", ""), "signed_on"), signer=form.get("signer", ""), code=form.get("code", ""),
            remarks=form.get("paper_remarks", ""),
        )  # fmt: skip
    except (Invalid, Refused) as error:
        shown = pages.show(g.actor, g.project, signoff, form, error.reasons)
        return page("signoff/show.html", error.status, **shown)
    flash(_("It is here. A second person compares it before it counts."))
    return answer(_show_url(number))


@area.page("/<int:number>/paper/<int:sheet>", "project.read", endpoint="sheet")
def sheet(project: str, number: int, sheet: int) -> Response:
    signoff = _signoff(number)
    return _shown(signoff, queries.sheet_for(signoff, sheet))


def _shown(signoff: Any, row: Any, status: int = 200, reasons: Any = ()) -> Response:
    return page("signoff/sheet.html", status, **sheets.compare(g.actor, g.project, signoff, row, request.form, reasons))


@area.act("/<int:number>/paper/<int:sheet>", "project.read", endpoint="compare")
def compare(project: str, number: int, sheet: int) -> Response:
    signoff = _signoff(number)
    row = queries.sheet_for(signoff, sheet)
    try:
        if request.form.get("outcome") == "confirmed":
            actions.confirm(g.actor, g.project, signoff, row, seen=request.form.get("seen", ""))
            flash(_("It counts as signed on paper."))
        else:
            actions.refuse(g.actor, g.project, signoff, row, request.form.get("reason", ""))
            flash(_("Refused, with your reason."))
    except (Invalid, Refused) as error:
        return _shown(signoff, row, error.status, error.reasons)
    return answer(_show_url(number))


@area.page("/<int:number>/paper/<int:sheet>/scan", "project.read", endpoint="scan")
def scan(project: str, number: int, sheet: int) -> Response:
    """The scan: a picture on its page; anything else as a file to be kept, since it is a stranger's."""
    row = queries.sheet_for(_signoff(number), sheet)
    file = scans.store().open(row.scan)
    if row.kind == "pdf":
        return send_file(file, "application/octet-stream", as_attachment=True, download_name=row.file_name)
    return send_file(file, KINDS[row.kind])
