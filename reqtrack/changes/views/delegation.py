"""The page of a project's delegation table: read, tried out, saved."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.changes import actions, forms, pages
from reqtrack.changes.views.rules import area
from reqtrack.db import a_number
from reqtrack.errors import Invalid, Reason, Refused, invalid
from reqtrack.web.answers import answer, page


def _shown(status: int = 200, typed: bool = True, looks: bool = False, reasons: tuple[Reason, ...] = ()) -> Response:
    g.place = "settings"
    lines = forms.delegation(request.form) if typed else None
    most = request.form.get("most_deciders", "") if typed else None
    found: dict[str, Any] = pages.delegation(g.actor, g.project, lines, most, looks=looks, reasons=reasons)
    return page("changes/delegation.html", 422 if found["summary"] and status == 200 else status, **found)


@area.page("/delegation", "project.read")
def delegation(project: str) -> Response:
    return _shown(typed=False)


@area.ask("/delegation/preview", "project.manage")
def preview_delegation(project: str) -> Response:
    """The table as it was typed: with a line more or less, or (``do=look``) with what it would bring."""
    return _shown(looks=request.form.get("do") == "look")


@area.act("/delegation", "project.manage", proof=True)
def set_delegation(project: str) -> Response:
    try:
        most = request.form.get("most_deciders", type=a_number)
        if most is None:
            raise invalid("most_deciders", "This is a whole number up to %(largest)s.", largest=3)
        actions.set_delegation(
            g.actor,
            g.project,
            forms.delegation(request.form),
            most_deciders=most,
            seen=request.form.get("seen", -1, type=a_number),
        )
    except (Invalid, Refused) as problem:
        if any(reason.code == "no_permission" for reason in problem.reasons):
            raise
        return _shown(problem.status, reasons=problem.reasons)
    flash(_("Saved: changes are decided by this table from now on."))
    return answer(url_for("rules.delegation", project=project))
