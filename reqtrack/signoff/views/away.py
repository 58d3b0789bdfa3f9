"""Who is away and who acts for them: one's own absences, and those of a project."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts.models import User
from reqtrack.accounts.queries import user_by_login
from reqtrack.errors import Invalid, Reason, Refused, invalid
from reqtrack.signoff import actions, forms, queries
from reqtrack.signoff.away import SCOPES
from reqtrack.signoff.staying import stays, stays_of
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area
from reqtrack.web.problems import sentence

area = Area("away", __name__)


def _shown(status: int = 200, reasons: tuple[Reason, ...] = ()) -> Response:
    """The page of one's own absences, or of those of a project."""
    project = g.project if (request.view_args or {}).get("project") else None
    g.place = "settings" if project else "my_work"
    rows = queries.absences(g.actor, project.id if project else None)
    sponsor = project is not None and "sponsor" in g.actor.roles_in(project.id) and not g.actor.is_admin
    people = queries.who_may_act(g.actor, [project.id] if project else g.actor.roles)
    return page(
        "signoff/away.html",
        status,
        rows=rows,
        given=[one for one in queries.given_for(g.actor) if not one.standing] if project is None else [],
        people=[one for one in people if one[0] != g.actor.login],
        absent_people=[one for one in people if one[0] != g.actor.login],
        stays=stays(of_project=project is not None),
        stays_of=lambda one: stays_of(g.actor, one),
        own_projects=[(one.key, one.name) for one in g.projects.values() if one.archived_at is None],
        of_project=project,
        may_set=sponsor or (project is None and bool(g.actor.roles)),
        typed=request.form,
        errors={one.field or "": sentence(one) for one in reasons},
        summary=[{"field": one.field or "", "sentence": sentence(one)} for one in reasons],
        password=not g.actor.reauthenticated,
    )


@area.page("/away", "self")
def mine() -> Response:
    return _shown()


@area.act("/away", "self", proof=True, endpoint="leave")
def leave() -> Response:
    """Say that somebody acts for oneself."""
    try:
        key = request.form.get("project", "").upper()
        project = g.projects.get(key)
        if key and project is None:
            raise invalid("project", "There is no %(what)s here, or you may not see it.", what=key[:40])
        _set(user_by_login(g.actor.login), project)
    except (Invalid, Refused) as problem:
        return _shown(problem.status, problem.reasons)
    flash(_("Saved: what they may decide and sign for you comes to them from the first day on."))
    return answer(url_for("away.mine"))


@area.act("/away/<int:number>/end", "self")
def end(number: int) -> Response:
    actions.end_away(g.actor, queries.absence_for(g.actor, number))
    flash(_("Ended: from now on it comes to the one whose it is."))
    return answer(url_for("away.mine"))


@area.act("/away/seen", "self")
def seen() -> Response:
    """Say that one has seen what was given for oneself."""
    actions.see_given(g.actor)
    return answer(url_for("radar.my_work"))


@area.page("/p/<project>/away", "project.read", endpoint="project")
def of_project(project: str) -> Response:
    return _shown()


@area.act("/p/<project>/away", "project.read", proof=True)
def set_for(project: str) -> Response:
    """Say, as a sponsor, who acts for somebody who cannot say it themselves."""
    try:
        _set(_user("absent"), g.project)
    except (Invalid, Refused) as problem:
        return _shown(problem.status, problem.reasons)
    flash(_("Saved"))
    return answer(url_for("away.project", project=project))


@area.act("/p/<project>/away/<int:number>/end", "project.read")
def end_in(project: str, number: int) -> Response:
    actions.end_away(g.actor, queries.absence_for(g.actor, number, g.project_id))
    flash(_("Ended: from now on it comes to the one whose it is."))
    return answer(url_for("away.project", project=project))


def _set(absent: User, project: Any) -> None:
    sent = request.form
    scope = sent.get("scope", "")
    actions.set_away(
        g.actor, absent, _user("delegate"), project=project, scope=scope if scope in SCOPES else "",
        reason=sent.get("reason", ""), **forms.away(sent),
    )  # fmt: skip


def _user(field: str) -> User:
    places = [g.project_id] if g.project_id else g.actor.roles
    return actions.person_named(g.actor, field, request.form.get(field, ""), places)
