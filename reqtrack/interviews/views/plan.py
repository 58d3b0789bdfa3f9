"""Voices heard: the plan of whom to hear, as a heat map and a table of the same cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Refused
from reqtrack.interviews import voices as shown
from reqtrack.interviews.actions import plan as actions
from reqtrack.interviews.views.area import area
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence


@area.page("/voices", "interview.read")
def voices(project: str) -> Response:
    return _voices(request.args)


def _voices(asked: Mapping[str, str], status: int = 200, **more: Any) -> Response:
    g.place = "discover"
    found = shown.page(g.actor, g.project, asked)
    return page("interviews/voices.html", status, may_import=g.actor.may("import.run", g.project_id), **found, **more)


@area.act("/voices/targets", "interview.write")
def set_target(project: str) -> Response:
    key = request.form.get("process", "")
    view = {name: request.form.get(f"show_{name}", "") for name in ("process", "department")}
    view["by"] = request.form.get("by", "")
    given = {name: request.form.get(name, "") for name in ("job_role", "department", "target")}
    process = item_for(g.actor, g.project_id, key, "process") if key else None
    seen = whole_number(request.form.get("seen", ""))
    try:
        actions.set_target(g.actor, g.project, **given, process=process, seen=seen)
    except (Invalid, Refused) as error:
        if error.status == 403:
            raise
        errors = {one.field: sentence(one) for one in error.reasons}
        # Sent again, it is set all the same: what stands there now has been told.
        again = error.reasons[0].params.get("version", seen)
        return _voices(view, error.status, given={**given, "process": key, "seen": again}, errors=errors)
    flash(_("The target is set"))
    kept = {name: value for name, value in view.items() if value}
    return answer(url_for("interviews.voices", project=project, **kept) + "#plan")  # type: ignore[arg-type]
