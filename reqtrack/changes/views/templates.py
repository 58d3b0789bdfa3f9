"""The pages of the templates of standard changes, and the days that a project agrees on."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts import actions as accounts
from reqtrack.accounts.views.settings import show as settings
from reqtrack.changes import actions, forms, pages
from reqtrack.changes.models import ChangeTemplate
from reqtrack.changes.queries.templates import template_for
from reqtrack.changes.views.rules import area
from reqtrack.db import a_number
from reqtrack.errors import Invalid, Reason, Refused, invalid
from reqtrack.web.answers import answer, page


def _all(status: int = 200, given: dict[str, Any] | None = None, reasons: tuple[Reason, ...] = ()) -> Response:
    g.place = "settings"
    return page("changes/templates.html", status, **pages.templates(g.actor, g.project, given, reasons))


def _one(
    row: ChangeTemplate, status: int = 200, given: dict[str, Any] | None = None, reasons: tuple[Reason, ...] = ()
) -> Response:
    g.place = "settings"
    return page("changes/template.html", status, **pages.template(g.actor, g.project, row, given, reasons))


def _seen() -> int:
    return request.form.get("seen", -1, type=a_number)


@area.page("/templates", "project.read")
def templates(project: str) -> Response:
    return _all()


@area.act("/templates", "change.manage")
def write_template(project: str) -> Response:
    given = forms.template(request.form)
    try:
        actions.write_template(g.actor, g.project, given)
    except Invalid as problem:
        return _all(422, given, problem.reasons)
    flash(_("Written. A business owner approves it before anything passes by it."))
    return answer(url_for("rules.templates", project=project))


@area.page("/templates/<int:number>", "project.read")
def template(project: str, number: int) -> Response:
    return _one(template_for(g.project_id, number))


@area.act("/templates/<int:number>", "change.manage")
def change_template(project: str, number: int) -> Response:
    row, given = template_for(g.project_id, number), forms.template(request.form)
    try:
        actions.change_template(g.actor, row, given, seen=_seen())
    except (Invalid, Refused) as problem:
        if problem.status == 403:
            raise
        return _one(row, problem.status, given, problem.reasons)
    return answer(url_for("rules.template", project=project, number=number))


@area.act("/templates/<int:number>/approval", "change.decide", proof=True)
def approve_template(project: str, number: int) -> Response:
    row = template_for(g.project_id, number)
    try:
        actions.approve_template(g.actor, row, seen=_seen())
    except Refused as refused:
        if any(one.code != "reauthentication" for one in refused.reasons):
            raise
        return _one(row, 403, reasons=refused.reasons)
    flash(_("Approved: what keeps within it takes effect when it is handed in."))
    return answer(url_for("rules.template", project=project, number=number))


@area.act("/templates/<int:number>/withdrawal", "change.manage")
def archive_template(project: str, number: int) -> Response:
    actions.archive_template(g.actor, template_for(g.project_id, number), seen=_seen())
    return answer(url_for("rules.templates", project=project))


@area.act("/days", "project.manage")
def set_days(project: str) -> Response:
    """How long a step may wait, and within how many working days an emergency is reviewed."""
    try:
        given = {name: request.form.get(name, type=a_number) for name in ("waiting_days", "emergency_days")}
        missing = [name for name, value in given.items() if value is None]
        if missing:
            raise invalid(missing[0], "This is a whole number of working days, from 1 to %(most)s.", most=60)
        accounts.change_project(g.actor, g.project, given, _seen())
    except (Invalid, Refused) as problem:
        if problem.status == 403:
            raise
        return settings(problem.status, "decision-days", problem.reasons)  # type: ignore[no-any-return]
    flash(_("Saved"))
    return answer(url_for("accounts.settings", project=project, _anchor="deciding"))
