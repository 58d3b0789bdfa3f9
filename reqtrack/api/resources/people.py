"""Stakeholders, excerpts, the figures that they tell, documents that are evidence."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, current_app, g, url_for
from sqlalchemy import select

from reqtrack import clock
from reqtrack.api.area import MOST, PROJECT, after_number, answered, area, check_version, created, limit, listed, paged
from reqtrack.api.schemas import DataPointBody, DocumentBody, EvidenceBody, ExcerptBody, StakeholderBody, read_now
from reqtrack.db import db
from reqtrack.errors import NotFound, invalid
from reqtrack.files.door import open_upload
from reqtrack.files.storage import Storage
from reqtrack.interviews import actions, queries
from reqtrack.interviews.models import Excerpt
from reqtrack.items import present
from reqtrack.items.queries import item_for
from reqtrack.permissions import SYSTEM


def _person(one: Any) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "name": one.name or None, "label": one.label, "department": one.department,
        "job_role": one.job_role or None, "level": one.level or None, "region": one.region or None, "user": one.user or None,
    }  # fmt: skip


@area.listing(f"{PROJECT}/stakeholders", "interview.read")
@area.doc(summary="List stakeholders; names only to interviewers and analysts", tags=["stakeholders"])
def list_stakeholders(project: str) -> Response:
    people = sorted(queries.people(g.actor, g.project_id), key=lambda one: one.id)
    rows = [one for one in people if one.id > after_number()]
    size = limit()
    return listed([_person(one) for one in rows[:size]], rows[size - 1].id if len(rows) > size else None)


@area.page(f"{PROJECT}/stakeholders/<int:number>", "interview.read")
@area.doc(summary="Read a stakeholder", tags=["stakeholders"])
def read_stakeholder(project: str, number: int) -> Response:
    row = queries.stakeholder_for(g.actor, g.project_id, number)
    return answered(_person(queries.person_for(g.actor, row)))


@area.act(f"{PROJECT}/stakeholders", "stakeholder.write", makes="read_stakeholder")
@area.input(StakeholderBody, location="json", arg_name="body")
@area.doc(summary="Add a stakeholder", tags=["stakeholders"])
def create_stakeholder(project: str, body: StakeholderBody) -> Response:
    row = actions.add_stakeholder(g.actor, g.project, body.model_dump(exclude_none=True))
    # Who has just typed it is told what was kept.
    return created(_person(queries.person_for(SYSTEM, row)))


@area.act(f"{PROJECT}/stakeholders/<int:number>", "stakeholder.write", methods=("PATCH",))
@area.input(StakeholderBody, location="json", arg_name="body")
@area.doc(summary="Change a stakeholder", tags=["stakeholders"])
def update_stakeholder(project: str, number: int, body: StakeholderBody) -> Response:
    row = queries.stakeholder_for(g.actor, g.project_id, number)
    check_version(str(number), row.version)
    actions.change_stakeholder(g.actor, row, body.model_dump(exclude_unset=True), row.version)
    db.session.flush()
    return answered(_person(queries.person_for(g.actor, row)))


def _quote(one: queries.Quote) -> dict[str, Any]:
    return {
        "id": one.id, "version": 1, "interview": one.interview or None, "document": one.document_id, "place": one.place or None,
        "quote": one.text, "who": one.who or None, "role": one.role or None, "level": one.level or None, "shown_as": one.shown_as,
        "moved": one.moved, "items": [key for key, _kind, _title in one.items],
    }  # fmt: skip


@area.listing(f"{PROJECT}/excerpts", "interview.read")
@area.doc(summary="List excerpts", tags=["excerpts"])
def list_excerpts(project: str) -> Response:
    size = limit()
    wanted = select(Excerpt.id).where(Excerpt.project_id == g.project_id, Excerpt.id > after_number())
    ids = list(db.session.execute(wanted.order_by(Excerpt.id).limit(size + 1)).scalars())
    quotes = queries.quotes_by_id(g.actor, g.project_id, ids[:size])
    return listed([_quote(one) for one in quotes], ids[size - 1] if len(ids) > size else None)


@area.page(f"{PROJECT}/excerpts/<int:number>", "interview.read")
@area.doc(summary="Read an excerpt", tags=["excerpts"])
def read_excerpt(project: str, number: int) -> Response:
    found = queries.quotes_by_id(g.actor, g.project_id, [number])
    if not found:
        raise NotFound(f"excerpt {number}")
    return answered(_quote(found[0]))


@area.act(f"{PROJECT}/excerpts", "interview.write", makes="read_excerpt")
@area.input(ExcerptBody, location="json", arg_name="body")
@area.doc(summary="Mark words that stand in an interview's notes, or take a passage from a document", tags=["excerpts"])
def create_excerpt(project: str, body: ExcerptBody) -> Response:
    if (body.interview is None) == (body.document is None):
        raise invalid("interview", "Name an interview or a document.", "required")
    if body.document is not None:
        row = actions.take(g.actor, queries.document_for(g.actor, g.project_id, body.document), body.quote, body.place)
    else:
        interview = item_for(g.actor, g.project_id, body.interview or "", "interview")
        row = actions.mark(g.actor, interview, body.quote, occurrence=body.occurrence, stakeholder_id=body.stakeholder)
    return created({**_quote(queries.quotes_by_id(g.actor, g.project_id, [row.id])[0]), "at": clock.iso(row.at)})


@area.act(f"{PROJECT}/items/<key>/evidence", "interview.read")
@area.input(EvidenceBody, location="json", arg_name="body")
@area.doc(summary="Back a scenario or requirement with excerpts", tags=["excerpts"])
def add_evidence(project: str, key: str, body: EvidenceBody) -> Response:
    item = item_for(g.actor, g.project_id, key)
    rows = [queries.excerpt_for(g.actor, g.project_id, number) for number in body.excerpts[:MOST]]
    actions.back(g.actor, item, rows)
    backing = [one.id for one in queries.quotes_of_item(g.actor, item)]
    return created({"key": item.key, "version": item.version, "evidence": backing})


# -- figures -----------------------------------------------------------------------------------------------------------


def _figure(one: queries.Figure) -> dict[str, Any]:
    return {"id": one.id, "version": 1, "excerpt": one.excerpt, "name": one.name, "value": one.value, "unit": one.unit}


@area.listing(f"{PROJECT}/data-points", "interview.read")
@area.doc(summary="List the figures that excerpts tell", tags=["data points"])
def list_data_points(project: str) -> Response:
    rows = queries.figures(g.actor, g.project_id, after_number(), limit() + 1)
    return paged(rows, _figure, lambda row: row.id)


@area.page(f"{PROJECT}/data-points/<int:number>", "interview.read")
@area.doc(summary="Read a figure", tags=["data points"])
def read_data_point(project: str, number: int) -> Response:
    queries.figure_for(g.actor, g.project_id, number)
    return answered(_figure(queries.figures(g.actor, g.project_id, number - 1, 1)[0]))


@area.act(f"{PROJECT}/data-points", "interview.write", makes="read_data_point")
@area.input(DataPointBody, location="json", arg_name="body")
@area.doc(summary="Keep a figure that an excerpt tells", tags=["data points"])
def create_data_point(project: str, body: DataPointBody) -> Response:
    excerpt = queries.excerpt_for(g.actor, g.project_id, body.excerpt)
    row = actions.add_figure(g.actor, excerpt, body.model_dump(include={"name", "value", "unit"}))
    return created(_figure(queries.figures(g.actor, g.project_id, row.id - 1, 1)[0]))


@area.act(f"{PROJECT}/data-points/<int:number>", "interview.write", methods=("DELETE",))
@area.doc(summary="Take a figure away; the history keeps it", tags=["data points"])
def end_data_point(project: str, number: int) -> Response:
    actions.remove_figure(g.actor, queries.figure_for(g.actor, g.project_id, number))
    return Response(status=204)


# -- documents ---------------------------------------------------------------------------------------------------------


def _document(row: Any) -> dict[str, Any]:
    one, passages = row
    href = url_for("interviews.document_file", project=g.project.key, number=one.id) if one.digest else None
    title, note, name = (present.mask(g.actor, g.project_id, text) for text in (one.title, one.note, one.file_name))
    return {
        "id": one.id, "version": one.version, "title": title, "kind": one.kind,
        "dated": one.dated.isoformat() if one.dated else None, "note": note,
        "file_name": name or None, "size": one.size if one.digest else None, "sha256": one.digest or None,
        "href": href, "passages": passages, "author": one.author, "created_at": clock.iso(one.created_at),
        "updated_at": clock.iso(one.updated_at),
    }  # fmt: skip


def _document_at(number: int) -> dict[str, Any]:
    queries.document_for(g.actor, g.project_id, number)
    return _document(queries.documents(g.project_id, number - 1, 1)[0])


@area.listing(f"{PROJECT}/documents", "interview.read")
@area.doc(summary="List documents that are evidence", tags=["documents"])
def list_documents(project: str) -> Response:
    rows = queries.documents(g.project_id, after_number(), limit() + 1)
    return paged(rows, _document, lambda row: row[0].id)


@area.page(f"{PROJECT}/documents/<int:number>", "interview.read")
@area.doc(summary="Read a document that is evidence", tags=["documents"])
def read_document(project: str, number: int) -> Response:
    return answered(_document_at(number))


def _received() -> actions.StoredFile | None:
    """Check and keep the file, if one is sent, before the transaction begins."""
    given = read_now(DocumentBody)
    if given.file is None:
        return None
    try:
        data = base64.b64decode(given.file, validate=True)
    except ValueError:
        raise invalid("file", "The file is not base64.") from None
    upload = open_upload(data, given.name)
    digest = Storage(current_app.config["SETTINGS"].data / "files").put(upload.data)
    return actions.StoredFile(digest, upload.name, upload.kind, upload.size)


def _fields(body: DocumentBody) -> dict[str, Any]:
    return body.model_dump(exclude_unset=True, include=set(actions.DOCUMENT_FIELDS))


@area.act(f"{PROJECT}/documents", "interview.write", prepare=_received, makes="read_document")
@area.input(DocumentBody, location="json", arg_name="body")
@area.doc(summary="Add a document that is evidence", tags=["documents"])
def create_document(project: str, body: DocumentBody) -> Response:
    row = actions.add_document(g.actor, g.project, _fields(body), g.prepared)
    return created(_document_at(row.id))


@area.act(f"{PROJECT}/documents/<int:number>", "interview.write", methods=("PATCH",), prepare=_received)
@area.input(DocumentBody, location="json", arg_name="body")
@area.doc(summary="Change a document that is evidence", tags=["documents"])
def update_document(project: str, number: int, body: DocumentBody) -> Response:
    row = queries.document_for(g.actor, g.project_id, number)
    check_version(str(number), row.version)
    actions.change_document(g.actor, row, _fields(body), row.version, g.prepared)
    db.session.flush()
    return answered(_document_at(number))
