"""Documents: what can be made, what was made, how far the rest is."""

from __future__ import annotations

import io

from flask import Response, current_app, g, request, send_file, url_for
from flask_babel import get_locale

from reqtrack.documents import actions, catalogue, queries
from reqtrack.errors import NotFound
from reqtrack.files.storage import Storage
from reqtrack.jobs import queue
from reqtrack.jobs.models import Job
from reqtrack.web.answers import answer, is_htmx, page
from reqtrack.web.area import Area
from reqtrack.web.transaction import note_access

area = Area("documents", __name__, url_prefix="/p/<project>/documents")


@area.page("", "export.make")
def index(project: str) -> Response:
    g.place = "documents"
    return page(
        "documents/index.html",
        documents=catalogue.DOCUMENTS.values(),
        subjects=queries.subjects(g.actor, g.project_id),
        tables=queries.tables(g.actor, g.project_id),
        jobs=queue.jobs_of(g.actor, g.project_id, actions.KIND),
        locale_now=str(get_locale()),
    )


@area.act("", "export.make")
def ask(project: str) -> Response:
    form = request.form
    if form.get("table"):
        plural, _part, format = form["table"].partition(" ")
        job = actions.ask_table(g.actor, g.project, plural, format, form.get("about", ""))
        return answer(url_for("documents.show", project=project, number=job.id))
    locale = form.get("locale") or str(get_locale())
    job = actions.ask(g.actor, g.project, form.get("document", ""), form.get("subject", ""), locale)
    return answer(url_for("documents.show", project=project, number=job.id))


@area.page("/<int:number>", "export.make")
def show(project: str, number: int) -> Response:
    g.place = "documents"
    job = _job(number)
    template = "documents/_progress.html" if is_htmx() or request.args.get("fragment") else "documents/show.html"
    return page(
        template, job=job, label=catalogue.label(job.payload["document"]), about=catalogue.about(g.project, job.payload)
    )


@area.act("/<int:number>/cancelling", "export.make")
def cancel(project: str, number: int) -> Response:
    queue.cancel(g.actor, _job(number))
    return answer(url_for("documents.show", project=project, number=number))


@area.page("/<int:number>/file", "export.make")
def file(project: str, number: int) -> Response:
    job = _job(number)
    if job.state != "done" or not job.outcome:
        raise NotFound(f"document {number}")
    note_access("exported", job.outcome["name"], job=number)
    data = Storage(current_app.config["SETTINGS"].data / "files").read(job.outcome["digest"])
    return send_file(io.BytesIO(data), job.outcome["media_type"], download_name=job.outcome["name"])


def _job(number: int) -> Job:
    job = queue.job_for(g.actor, g.project_id, number)
    if job.kind != actions.KIND:
        raise NotFound(f"document {number}")
    return job
