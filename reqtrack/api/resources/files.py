"""Imports and exports."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, g, url_for
from sqlalchemy import select

from reqtrack import clock
from reqtrack.api.area import PROJECT, after_number, answered, area, before_number, created, limit, listed, paged
from reqtrack.api.resources.site import job
from reqtrack.api.schemas import ExportBody, ImportBody, read_now
from reqtrack.db import db, whole_number
from reqtrack.documents import actions as documents
from reqtrack.errors import invalid
from reqtrack.exchange import actions, drafting, queries
from reqtrack.exchange.models import ImportRow, ImportRun
from reqtrack.files.problems import Problem
from reqtrack.files.storage import Storage
from reqtrack.items import present
from reqtrack.items.models import Item
from reqtrack.jobs import queue


def _runs(runs: Sequence[ImportRun]) -> list[dict[str, Any]]:
    """Import runs as the API shows them, in a constant number of queries."""
    ids = [run.id for run in runs]
    rows: dict[int, list[tuple[ImportRow, str | None]]] = {}
    for row in db.session.execute(
        select(ImportRow, Item.key)
        .outerjoin(Item, Item.id == ImportRow.item_id)
        .where(ImportRow.run_id.in_(ids))
        .order_by(ImportRow.position)
    ):
        rows.setdefault(row[0].run_id, []).append((row[0], row[1]))
    return [_run_of(run, rows.get(run.id, [])) for run in runs]


def _run_of(run: ImportRun, rows: Sequence[tuple[ImportRow, str | None]]) -> dict[str, Any]:
    waiting = [row for row, _key in rows if row.waits]
    return {
        "key": f"IMP-{run.number}", "version": run.version, "kind": run.kind, "source": _told(run.source), "state": run.state,
        "rows": len(rows), "imported": len(rows) - len(waiting), "items": [key for _row, key in rows if key is not None],
        "stakeholders": [row.stakeholder_id for row, _key in rows if row.stakeholder_id is not None],
        "warnings": [_told(str(Problem.from_plain(one))) for one in run.warnings or []],
        "problems": [
            {"row": _told(row.place), "detail": _told(str(one)), "severity": one.severity}
            for row in waiting for one in queries.problems(row)
        ],
        "created_at": clock.iso(run.created_at), "created_by": run.created_by,
    }  # fmt: skip


def _told(text: str) -> str:
    return present.mask(g.actor, g.project_id, text)


def shown_import(run: ImportRun) -> dict[str, Any]:
    return _runs([run])[0]


@area.listing(f"{PROJECT}/imports", "import.run")
@area.doc(summary="List import runs", tags=["imports"])
def list_imports(project: str) -> Response:
    wanted = select(ImportRun).where(ImportRun.project_id == g.project_id, ImportRun.number > after_number())
    runs = db.session.execute(wanted.order_by(ImportRun.number).limit(limit() + 1)).scalars().all()
    size = limit()
    return listed(_runs(runs[:size]), runs[size - 1].number if len(runs) > size else None)


@area.page(f"{PROJECT}/imports/<key>", "import.run")
@area.doc(summary="Read an import run", tags=["imports"])
def read_import(project: str, key: str) -> Response:
    return answered(shown_import(queries.run_for(g.actor, g.project_id, _number(key))))


def _number(key: str) -> int:
    number = whole_number(key.upper().removeprefix("IMP-"))
    if number is None:
        raise invalid("key", "This is not the key of an import, such as IMP-1.")
    return number


def import_for(key: str) -> ImportRun:
    """The run of a key such as ``IMP-1``.

    Raises:
        NotFound: there is none. Invalid: that is no key of one.
    """
    return queries.run_for(g.actor, g.project_id, _number(key))


def _read() -> tuple[drafting.Draft, str]:
    """Read the rows before the transaction begins."""
    given = read_now(ImportBody)
    if given.file is not None:
        try:
            data = base64.b64decode(given.file, validate=True)
        except ValueError:
            raise invalid("file", "The file is not base64.") from None
        draft = drafting.draft_file(data, given.name or "upload", given.kind, given.mapping)
    elif given.text:
        draft = drafting.draft_paste(given.text, "requirements" if given.kind == "auto" else given.kind, given.mapping)
    else:
        raise invalid("text", "Send rows as text, or a file.", "required")
    return draft, Storage(current_app.config["SETTINGS"].data / "files").put(draft.data)


@area.act(f"{PROJECT}/imports", "import.run", prepare=_read, makes="read_import")
@area.input(ImportBody, location="json", arg_name="body")
@area.doc(summary="Import: all of it or nothing, unless ready_only", tags=["imports"])
def create_import(project: str, body: ImportBody) -> Response:
    draft, digest = g.prepared
    run = actions.keep(g.actor, g.project, draft, digest, again=body.again)
    actions.run_import(g.actor, g.project, run, ready_only=body.ready_only)
    return created(shown_import(run))


@area.act(f"{PROJECT}/imports/<key>/undoing", "import.run")
@area.doc(summary="Take back what an import made, while nobody touched it", tags=["imports"])
def undo_import(project: str, key: str) -> Response:
    run = queries.run_for(g.actor, g.project_id, _number(key))
    actions.undo(g.actor, g.project, run)
    return created(shown_import(run))


@area.listing(f"{PROJECT}/exports", "export.make")
@area.doc(summary="My documents", tags=["exports"])
def list_exports(project: str) -> Response:
    rows = queue.jobs_of(g.actor, g.project_id, documents.KIND, limit() + 1, before_number())
    return paged(rows, _export, lambda row: row.id)


def _export(row: Any) -> dict[str, Any]:
    format = row.payload.get("format", "pdf")
    about = {"document": row.payload["document"], "subject": row.payload["subject"] or None, "format": format}
    shown = {**job(row), **about}
    if row.state == "done":
        shown["href"] = url_for("documents.file", project=g.project.key, number=row.id)
    return shown


@area.page(f"{PROJECT}/exports/<int:number>", "export.make")
@area.doc(summary="Read a document's state", tags=["exports"])
def read_export(project: str, number: int) -> Response:
    return answered(_export(queue.job_for(g.actor, g.project_id, number)))


@area.act(f"{PROJECT}/exports", "export.make", makes="read_export")
@area.input(ExportBody, location="json", arg_name="body")
@area.doc(summary="Ask for a document, or the items of a kind as a file; it is made as a job", tags=["exports"])
def create_export(project: str, body: ExportBody) -> Response:
    if body.format == "pdf":
        row = documents.ask(g.actor, g.project, body.document, body.subject, body.locale)
    else:
        row = documents.ask_table(g.actor, g.project, body.kind, body.format)
    return created(_export(row))
