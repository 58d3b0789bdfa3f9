"""The pages of walks: processes walked end to end with one record, and the rounds that take them."""

from __future__ import annotations

from flask import Response, g, request, url_for

from reqtrack.acceptance import actions, queries, walk_pages
from reqtrack.errors import Invalid
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("walks", __name__, url_prefix="/p/<project>")


@area.page("/walks", "project.read")
def index(project: str) -> Response:
    g.place = "accept"
    return page("acceptance/walks.html", **walk_pages.overview(g.actor, g.project))


@area.page("/walks/new", "round.manage")
def new(project: str) -> Response:
    g.place = "accept"
    return page("acceptance/walk_new.html", **walk_pages.planning(g.actor, g.project, request.args))


@area.act("/walks", "round.manage")
def create(project: str) -> Response:
    g.place = "accept"
    form = request.form
    number = form.get("round", "").strip()
    found = queries.round_for(g.actor, g.project_id, number) if number else None
    try:
        made = actions.plan_walk(
            g.actor, g.project, form.get("process", ""), form.get("record", ""), found, form.getlist("testers")
        )
    except Invalid as error:
        return page("acceptance/walk_new.html", 422, **walk_pages.planning(g.actor, g.project, form, error.reasons))
    taking = queries.round_of_walk(made)
    return answer(url_for("acceptance.round", project=project, number=taking.number) + "#walks")
