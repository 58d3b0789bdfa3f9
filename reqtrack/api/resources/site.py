"""Health, readiness, the API's description, jobs."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, jsonify

from reqtrack import clock, doctor
from reqtrack.accounts.roles import ROLE_NAMES, ROLE_SENTENCES
from reqtrack.api.area import PREFIX, PROJECT, answered, area, before_number, limit, paged
from reqtrack.jobs import queue
from reqtrack.jobs.models import Job
from reqtrack.permissions import ANYBODY
from reqtrack.web.answers import page
from reqtrack.web.area import Area
from reqtrack.web.gallery_data import SAMPLES
from reqtrack.web.places import PLACES

site = Area("site", __name__)


@site.page("/healthz", ANYBODY)
def healthz() -> Response:
    return jsonify(status="ok")


@site.page("/readyz", ANYBODY)
def readyz() -> Response:
    found = doctor.findings(current_app)
    ready = all(one.ok for one in found if one.critical)
    # Details only as names: who asks is not known.
    response = jsonify(status="ok" if ready else "not ready", checks={one.name: one.ok for one in found})
    response.status_code = 200 if ready else 503
    return response


@site.page(f"{PREFIX}/openapi.json", ANYBODY)
def openapi() -> Response:
    return jsonify(description())


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API."""
    spec: dict[str, Any] = current_app._get_spec("json")  # type: ignore[attr-defined]
    return spec


@site.page(f"{PREFIX}/docs", ANYBODY)
def docs() -> Response:
    return page("api/docs.html", spec=description())


@site.page("/gallery", "self")
def gallery() -> Response:
    """Every component in all its states, for those who build pages."""
    return page("gallery/index.html", samples=SAMPLES)


@site.page("/help", "self")
def help_page() -> Response:
    """What each place is for; ``#name`` of a place leads to its part."""
    return page("help/index.html", all_places=PLACES, roles=ROLE_NAMES, sentences=ROLE_SENTENCES)


def job(row: Job) -> dict[str, Any]:
    """A job as the API shows it."""
    return {
        "id": row.id, "version": row.attempts, "kind": row.kind, "state": row.state, "done": row.done, "total": row.total,
        "made_at": clock.iso(row.made_at), "ended_at": clock.iso(row.ended_at) if row.ended_at else None,
        "outcome": row.outcome, "error": row.error or None,
    }  # fmt: skip


@area.listing(f"{PROJECT}/jobs", "project.read")
@area.doc(summary="My jobs", tags=["jobs"])
def list_jobs(project: str) -> Response:
    rows = queue.jobs_of(g.actor, g.project_id, limit=limit() + 1, before=before_number())
    return paged(rows, job, lambda row: row.id)


@area.page(f"{PROJECT}/jobs/<int:number>", "project.read")
@area.doc(summary="Read a job", tags=["jobs"])
def read_job(project: str, number: int) -> Response:
    return answered(job(queue.job_for(g.actor, g.project_id, number)))
