"""The Overview of a project, and the first week on it."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, url_for

from reqtrack.accounts.models import Project
from reqtrack.radar import actions, present
from reqtrack.radar.queries import overview as queries
from reqtrack.radar.views.area import area
from reqtrack.radar.views.my_work import LAST_PROJECT
from reqtrack.web.answers import answer, page


@area.page("/p/<project>/", "project.read")
def overview(project: str) -> Any:
    g.place = "overview"
    found: Project = g.project
    standing = queries.standing(g.actor, found)
    response = page("radar/overview.html", **present.page_of(g.actor, found, standing))
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(LAST_PROJECT, found.key, max_age=30 * 24 * 3600, httponly=True, secure=secure, samesite="Lax")
    return response


@area.act("/p/<project>/first-week/<line>/skip", "project.manage")
def skip_line(project: str, line: str) -> Any:
    actions.skip_line(g.actor, g.project, line)
    return answer(url_for("radar.overview", project=project))
