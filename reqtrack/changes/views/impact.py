"""The page of all that a change touches; items put in and taken out by hand."""

from __future__ import annotations

from flask import Response, g, request, url_for

from reqtrack.changes import actions, pages, queries
from reqtrack.changes.models import Change
from reqtrack.changes.views.changes import area, change_of, errors_of
from reqtrack.db import rollback
from reqtrack.errors import Invalid
from reqtrack.web.answers import answer, page
from reqtrack.web.words import clauses


def _shown(change: Change, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    if status >= 400:
        rollback()
    told = pages.touched(g.actor, g.project, change, request.args, errors, request.form)
    return page("changes/impact.html", status, **told)


def _back(key: str) -> Response:
    return answer(url_for("changes.impact", project=g.project.key, key=key, **request.args.to_dict()))  # type: ignore[arg-type]


@area.page("/<key>/impact", "project.read")
def impact(project: str, key: str) -> Response:
    return _shown(change_of(key))


@area.act("/<key>/touches", "project.read")
def touch(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        typed = request.form.get("item", "")
        keys = queries.meant(g.actor, g.project_id, typed)
        actions.touch(g.actor, change, keys[0] if len(keys) == 1 else typed, request.form.get("reason", ""))
    except Invalid as error:
        return _shown(change, 422, errors_of(error, "item", "reason"))
    return _back(key)


@area.act("/<key>/touches/<item>/removal", "project.read")
def leave_out(project: str, key: str, item: str) -> Response:
    change = change_of(key)
    try:
        actions.leave_out(g.actor, change, item, request.form.get("reason", ""))
    except Invalid as error:
        return _shown(change, 422, {f"out-{item}": clauses(errors_of(error).values())})
    return _back(key)
