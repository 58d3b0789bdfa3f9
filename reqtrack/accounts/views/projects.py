"""The list of my projects, and a new one."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for

from reqtrack.accounts import actions, forms, parts, queries, sessions
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.accounts.views.area import area, errors_of
from reqtrack.errors import Invalid, Reason
from reqtrack.web.answers import answer, page


@area.page("/projects", "self")
def projects() -> Any:
    rows = sorted(g.projects.values(), key=lambda project: project.name)
    held = {
        project.id: [ROLE_NAMES[role] for role in ROLE_NAMES if role in g.actor.roles_in(project.id)]
        for project in rows
    }
    return page("accounts/projects.html", rows=rows, held=held)


def _form(status: int = 200, reasons: tuple[Reason, ...] = ()) -> Any:
    return page(
        "accounts/new_project.html",
        status,
        typed=request.form,
        zones=[(one, one) for one in forms.ZONES],
        currencies=[(one, one) for one in forms.CURRENCIES],
        extras=parts.NEW_PROJECT,
        **errors_of(reasons),
    )


@area.page("/projects/new", "project.create")
def new_project() -> Any:
    return _form()


@area.act("/projects", "project.create")
def create_project() -> Any:
    try:
        settings = {
            name: value for name, value in forms.project_settings(request.form).items() if value not in (None, "")
        }
        name = settings.pop("name", "")
        project = actions.create_project(g.actor, name, request.form.get("key", ""), settings)
        maker = sessions.actor_of(queries.user_by_id(g.actor.id))[0]
        for extra in parts.NEW_PROJECT:
            extra.take(maker, project, request.form)
    except Invalid as problem:
        return _form(422, problem.reasons)
    return answer(url_for("radar.overview", project=project.key))
