"""The phases in a project's settings."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts.views.settings import show
from reqtrack.db import whole_number
from reqtrack.errors import Invalid, NotFound, Refused, unseen
from reqtrack.radar.views.area import area
from reqtrack.requirements import actions, forms, queries
from reqtrack.web.answers import answer

FIELDS = ("name", "starts_on", "ends_on", "capacity_days")


def _values() -> dict[str, Any]:
    return forms.phase_values(g.project, {name: request.form.get(name, "").strip() for name in FIELDS})


@area.act("/p/<project>/phases", "requirement.write")
def add_phase(project: str) -> Any:
    try:
        actions.add_phase(g.actor, g.project, _values())
    except Invalid as problem:
        return show(422, "phase", problem.reasons)
    return answer(url_for("accounts.settings", project=project, _anchor="phases"))


@area.act("/p/<project>/phases/<int:number>", "requirement.write")
def change_phase(project: str, number: int) -> Any:
    phase = next((one for one in queries.phases(g.project.id) if one.number == number), None)
    if phase is None:
        raise NotFound(str(number))
    try:
        seen = whole_number(request.form.get("seen", ""))
        if seen is None:
            raise unseen()
        actions.change_phase(g.actor, g.project, phase, _values(), seen=seen)
    except (Invalid, Refused) as problem:
        if problem.status == 403:
            raise
        return show(problem.status, f"phase-{number}", problem.reasons)
    flash(_("Saved"))
    return answer(url_for("accounts.settings", project=project, _anchor="phases"))
