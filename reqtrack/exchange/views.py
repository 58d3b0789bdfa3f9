"""In from a sheet, on a page: paste or choose → columns → rows with their problems → imported, undoable."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.baselines import queries as baselines
from reqtrack.baselines.policy import may_take
from reqtrack.db import reading
from reqtrack.errors import invalid
from reqtrack.exchange import actions, drafting, present, queries
from reqtrack.exchange.models import ImportRun
from reqtrack.files.problems import Problem
from reqtrack.files.storage import Storage
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("exchange", __name__, url_prefix="/p/<project>/import")
SHOWN_ROWS, READY_ROWS = 300, 50


def store() -> Storage:
    """Where the bytes of imports and attachments lie."""
    return Storage(current_app.config["SETTINGS"].data / "files")


@area.page("", "import.run")
def index(project: str) -> Response:
    g.place = "scope"
    return page("exchange/index.html", runs=queries.runs(g.project_id))


@area.page("/new", "import.run")
def new(project: str) -> Response:
    g.place = "scope"
    return page("exchange/new.html", wanted=request.args.get("as", "requirements"))


def _read() -> tuple[drafting.Draft, str]:
    """Read what was pasted or chosen, before the transaction."""
    file = request.files.get("file")
    wanted = request.form.get("as", "auto")
    if file is not None and file.filename:
        draft = drafting.draft_file(file.read(), file.filename, wanted if wanted in drafting.KINDS else "auto")
    elif request.form.get("text", "").strip():
        draft = drafting.draft_paste(request.form["text"], wanted if wanted in drafting.KINDS else "requirements")
    else:
        raise invalid("text", "Paste rows from a sheet, or choose a file.", "required")
    return draft, store().put(draft.data)


@area.act("/new", "import.run", prepare=_read, endpoint="read")
def read(project: str) -> Response:
    draft, digest = g.prepared
    # Read again is not imported again: the page says that it came in before.
    run = actions.keep(g.actor, g.project, draft, digest, again=True)
    return answer(url_for("exchange.show", project=project, number=run.number))


@area.page("/<int:number>", "import.run")
def show(project: str, number: int) -> Response:
    g.place = "scope"
    run = queries.run_for(g.actor, g.project_id, number)
    found = queries.rows(run.id)
    return page("exchange/show.html", **_shown(run, found))


def _shown(run: ImportRun, rows: Any) -> dict[str, Any]:
    plural = next(name for name, kind in drafting.KINDS.items() if kind == run.kind)
    waiting = [row for row in rows if row.waits]
    ready = [row for row in waiting if queries.is_ready(row)]
    told = [(row, [one.sentence(_) for one in queries.problems(row)]) for row in waiting if row.problems]
    shown = {
        one.place: one
        for one in present.lines(g.actor, run, [*ready[:READY_ROWS], *(row for row, _s in told[:SHOWN_ROWS])])
    }
    return {
        "run": run,
        "label": present.LABELS[run.kind],
        "plural": plural,
        "columns": present.columns(g.actor, run),
        "fields": present.fields(run.kind, plural),
        "total": len(rows),
        "ready": ready,
        "ready_lines": [shown[row.place] for row in ready[:READY_ROWS]],
        "made": len(rows) - len(waiting),
        "told": [(shown[row.place], sentences) for row, sentences in told[:SHOWN_ROWS]],
        "wrong": len(waiting) - len(ready),
        "warnings": [Problem.from_plain(one).sentence(_) for one in run.warnings or []],
        "before": queries.imported_before(g.project_id, run.digest, run.id) if run.state == "checked" else None,
        "list_href": present.list_href(g.project.key, run.kind, plural),
        "items": present.made(g.actor, g.project.key, run) if run.state in ("imported", "undone") else [],
        "tiers": queries.unconfirmed_tiers(run) if run.kind == "requirement" else 0,
        "first_baseline": run.kind == "requirement" and run.state == "imported" and _no_baseline_yet(),
    }


def _no_baseline_yet() -> bool:
    """Whether the list that came in can be the first scope that is shown to the business owner."""
    return bool(may_take(g.actor, g.project_id)) and not baselines.listing(g.project_id)


def _read_again() -> drafting.Draft:
    """Read the kept bytes with the columns that were chosen, before the transaction."""
    arguments = request.view_args or {}
    with reading():
        run = queries.run_for(g.actor, g.project_id, arguments["number"])
        digest, source = run.digest, run.source
        wanted = next(name for name, kind in drafting.KINDS.items() if kind == run.kind)
    mapping = {
        name.removeprefix("column-"): value for name, value in request.form.items() if name.startswith("column-")
    }
    data = store().read(digest)
    if source:
        return drafting.draft_file(data, source, wanted, mapping)
    return drafting.draft_paste(data.decode(), wanted, mapping)


@area.act("/<int:number>/columns", "import.run", prepare=_read_again)
def columns(project: str, number: int) -> Response:
    run = queries.run_for(g.actor, g.project_id, number)
    actions.map_again(g.actor, run, g.prepared)
    return answer(url_for("exchange.show", project=project, number=number))


@area.act("/<int:number>/items", "import.run", endpoint="run")
def run_it(project: str, number: int) -> Response:
    run = queries.run_for(g.actor, g.project_id, number)
    made = actions.run_import(g.actor, g.project, run, ready_only=True)
    flash(ngettext("%(num)s row imported", "%(num)s rows imported", len(made)) if made else _("No row was imported"))
    return answer(url_for("exchange.show", project=project, number=number))


@area.act("/<int:number>/undoing", "import.run")
def undo(project: str, number: int) -> Response:
    keys = actions.undo(g.actor, g.project, queries.run_for(g.actor, g.project_id, number))
    flash(ngettext("%(num)s row taken back", "%(num)s rows taken back", len(keys)))
    return answer(url_for("exchange.show", project=project, number=number))


@area.act("/<int:number>/dropping", "import.run")
def drop(project: str, number: int) -> Response:
    actions.drop(g.actor, queries.run_for(g.actor, g.project_id, number))
    return answer(url_for("exchange.index", project=project))
