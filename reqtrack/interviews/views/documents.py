"""Documents that are evidence: list, add, show with the passages taken from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, flash, g, request, send_file, url_for
from flask_babel import gettext as _

from reqtrack.errors import Invalid, NotFound, Reason, Refused
from reqtrack.files.door import open_upload
from reqtrack.files.storage import Storage
from reqtrack.interviews import actions, queries
from reqtrack.interviews.models import DOCUMENT_KINDS
from reqtrack.interviews.views.area import area
from reqtrack.items import pages, present
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence


def _store() -> Storage:
    return Storage(current_app.config["SETTINGS"].data / "files")


def _received() -> actions.StoredFile | None:
    """Check and keep an upload, if there is one, before the transaction begins."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    upload = open_upload(file.read(), file.filename)
    return actions.StoredFile(_store().put(upload.data), upload.name, upload.kind, upload.size)


def _given() -> dict[str, str]:
    return {name: request.form[name] for name in actions.DOCUMENT_FIELDS if name in request.form}


@area.page("/evidence-documents", "interview.read")
def documents(project: str) -> Response:
    return _documents()


def _documents(status: int = 200, reasons: Sequence[Reason] = ()) -> Response:
    g.place = "discover"
    return page(
        "interviews/documents.html",
        status,
        rows=queries.documents(g.project_id),
        kinds=DOCUMENT_KINDS,
        given=request.form if reasons else {},
        errors={one.field: sentence(one) for one in reasons},
        may_write=g.actor.may("interview.write", g.project_id),
    )


@area.act("/evidence-documents", "interview.write", prepare=_received)
def add_document(project: str) -> Response:
    try:
        row = actions.add_document(g.actor, g.project, _given(), g.prepared)
    except Invalid as error:
        return _documents(422, error.reasons)
    return answer(url_for("interviews.document", project=project, number=row.id))


@area.page("/evidence-documents/<int:number>", "interview.read")
def document(project: str, number: int) -> Response:
    return _document(number)


def _document(number: int, status: int = 200, refused: str = "", reasons: Sequence[Reason] = ()) -> Response:
    g.place = "discover"
    row = queries.document_for(g.actor, g.project_id, number)
    return page(
        "interviews/document.html",
        status,
        document=row,
        note=pages.rich(g.project, present.mask(g.actor, g.project_id, row.note)),
        quotes=queries.quotes_of_document(g.actor, row),
        kinds=DOCUMENT_KINDS,
        given=request.form if refused else {},
        refused=refused,
        errors={one.field: sentence(one) for one in reasons},
        may_write=g.actor.may("interview.write", g.project_id),
        may_requirement=g.actor.may("requirement.write", g.project_id),
        may_scenario=g.actor.may("scenario.write", g.project_id),
    )


@area.act("/evidence-documents/<int:number>", "interview.write", prepare=_received)
def change_document(project: str, number: int) -> Response:
    row = queries.document_for(g.actor, g.project_id, number)
    try:
        actions.change_document(g.actor, row, _given(), pages.seen_version(request.form), g.prepared)
    except (Invalid, Refused) as error:
        if error.status == 403:
            raise
        return _document(number, error.status, "facts", error.reasons)
    return answer(url_for("interviews.document", project=project, number=number))


@area.act("/evidence-documents/<int:number>/passages", "interview.write")
def take_passage(project: str, number: int) -> Response:
    row = queries.document_for(g.actor, g.project_id, number)
    try:
        taken = actions.take(g.actor, row, request.form.get("quote", ""), request.form.get("place", ""))
    except Invalid as error:
        return _document(number, 422, "passage", error.reasons)
    flash(_("Passage taken"))
    return answer(url_for("interviews.document", project=project, number=number) + f"#q{taken.id}")


@area.page("/evidence-documents/<int:number>/file", "interview.read")
def document_file(project: str, number: int) -> Response:
    row: Any = queries.document_for(g.actor, g.project_id, number)
    if not row.digest:
        raise NotFound(f"document {number}")
    # Never shown inside the site: a file is a stranger's, its type is only what it claims to be.
    name = present.mask(g.actor, g.project_id, row.file_name)
    return send_file(_store().open(row.digest), "application/octet-stream", as_attachment=True, download_name=name)
