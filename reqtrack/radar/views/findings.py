"""All that the radar finds, what one check finds, and letting it stand."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.db import a_number, reading
from reqtrack.errors import Invalid, Refused
from reqtrack.radar import actions, forms, lines
from reqtrack.radar.queries.findings import acceptance_for
from reqtrack.radar.views.area import area
from reqtrack.web.answers import answer, page


def _window() -> int:
    given = request.args.get("days", lines.WINDOWS[0], type=a_number)
    return given if given in lines.WINDOWS else lines.WINDOWS[0]


@area.page("/p/<project>/radar", "project.read")
def findings(project: str) -> Any:
    g.place = "overview"
    return page("radar/findings.html", **lines.index(g.actor, g.project, _window()))


@area.page("/p/<project>/radar/<check>", "project.read", endpoint="check")
def show_check(project: str, check: str) -> Any:
    g.place = "overview"
    after = request.args.get("after", 0, type=a_number)
    return page("radar/check.html", **lines.one(g.actor, g.project, check, after, _window()))


@area.page("/p/<project>/radar/<check>/acceptances/new", "radar.accept")
def new_acceptance(project: str, check: str) -> Any:
    g.place = "overview"
    given = {"subject": request.args.get("subject", "")}
    return page("radar/acceptance.html", **lines.acceptance_form(g.actor, g.project, check, given))


@area.act("/p/<project>/radar/<check>/acceptances", "radar.accept")
def accept(project: str, check: str) -> Any:
    g.place = "overview"
    lines.check_for(g.actor, g.project_id, check)
    given = forms.acceptance(request.form)
    try:
        actions.accept(g.actor, g.project, check, given["subject"], given["reason"], forms.a_day(given["expires_on"]))
    except (Invalid, Refused) as problem:
        if problem.status == 403:
            raise
        with reading():  # nothing is written: nobody waits while this is drawn
            shown = lines.acceptance_form(g.actor, g.project, check, given, problem.reasons)
            return page("radar/acceptance.html", problem.status, **shown)
    flash(_("Accepted: it does not count until then."))
    return answer(url_for("radar.check", project=project, check=check))


@area.act("/p/<project>/radar/acceptances/<int:number>/end", "radar.accept")
def end_acceptance(project: str, number: int) -> Any:
    row = acceptance_for(g.actor, g.project_id, number)
    actions.end_acceptance(g.actor, g.project, row)
    flash(_("It counts again."))
    return answer(url_for("radar.check", project=project, check=row.name))
