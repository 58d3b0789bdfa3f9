"""The page of the stages of a project's changes: read, tried out, saved."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.changes import actions, forms, pages
from reqtrack.changes.views.rules import area
from reqtrack.db import a_number
from reqtrack.errors import Invalid, Reason, Refused, invalid
from reqtrack.web.answers import answer, page


def _shown(status: int = 200, **given: Any) -> Response:
    g.place = "settings"
    found: dict[str, Any] = pages.stages(g.actor, g.project, **given)
    return page("changes/stages.html", 422 if found["summary"] and status == 200 else status, **found)


@area.page("/stages", "project.read")
def stages(project: str) -> Response:
    return _shown(kind=request.args.get("kind", ""))


@area.ask("/stages/preview", "project.manage")
def preview_stages(project: str) -> Response:
    """The flow as it was typed, with an added stage more or less; or what it, or a preset, would bring (``do``: look, preset,
    back)."""
    kind, do = request.form.get("kind", ""), request.form.get("do", "")
    if do == "preset":
        replaced = request.form.getlist("replaced")
        return _shown(kind=kind, preset=request.form.get("preset", ""), replaced=replaced, looks=True)
    if do == "back":
        return _shown(kind=kind, back=True, looks=True)
    return _shown(kind=kind, body=forms.flow(request.form), looks=do == "look")


@area.act("/stages", "project.manage", proof=True)
def set_stages(project: str) -> Response:
    kind = request.form.get("kind", "")
    given = _carried()
    kinds, preset = given["kinds"], given["preset"]
    try:
        actions.set_flows(
            g.actor, g.project, kinds, preset=preset, seen=request.form.get("seen", -1, type=a_number)
        )  # fmt: skip
    except (Invalid, Refused) as problem:
        if any(reason.code == "no_permission" for reason in problem.reasons):
            raise
        return _again(problem, kind, kinds, preset)
    flash(_("Saved: changes go by these stages from now on."))
    return answer(url_for("rules.stages", project=project, kind=kind or None))


def _carried() -> dict[str, Any]:
    """What the preview showed, as it was sent along."""
    try:
        given = json.loads(request.form.get("flows", ""))
    except ValueError:
        given = None
    fits = isinstance(given, dict) and isinstance(given.get("kinds"), dict)
    if not fits or not isinstance(given.get("preset"), str | None):
        raise invalid("flows", "This form does not say what is to be saved. Load the page again.")
    return dict(given)


def _again(problem: Invalid | Refused, kind: str, kinds: dict[str, Any], preset: str | None) -> Response:
    body = kinds.get(kind)
    readable = body if isinstance(body, dict) and not actions.unreadable(body) else None
    reasons: tuple[Reason, ...] = problem.reasons
    replaced = [one for one, given in kinds.items() if given is None] if preset is not None else []
    if isinstance(problem, Refused):
        # Looked at again, with the reason beside it: what was typed is not lost.
        return _shown(
            problem.status, kind=kind, body=readable, preset=preset, back=kind in kinds and body is None, replaced=replaced,
            looks=True, refused=reasons,
        )  # fmt: skip
    return _shown(problem.status, kind=kind, body=readable, preset=preset, reasons=reasons)
