"""The pages of baselines: list, one, comparison."""

from __future__ import annotations

from flask import Response, g, request, url_for

from reqtrack.baselines import actions, pages, queries
from reqtrack.db import reading
from reqtrack.errors import Invalid
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("baselines", __name__, url_prefix="/p/<project>/baselines")


def _prepare() -> queries.Prepared:
    """The fingerprint is computed before the write lock is taken."""
    with reading():
        return queries.prepare(g.project_id)


@area.page("", "project.read")
def index(project: str) -> Response:
    g.place = "scope"
    return page("baselines/index.html", **pages.index(g.actor, g.project))


@area.act("", "baseline.take", prepare=_prepare)
def take(project: str) -> Response:
    g.place = "scope"
    try:
        taken = actions.take(g.actor, g.project, request.form.get("name", ""), g.prepared)
    except Invalid as error:
        return page("baselines/index.html", 422, **pages.index(g.actor, g.project, request.form, error.reasons))
    # What comes next is to ask for a signature: on a phone that stands below all that it holds.
    return answer(url_for("baselines.show", project=project, number=taken.number, _anchor="sign-off"))


@area.page("/<int:number>", "project.read")
def show(project: str, number: int) -> Response:
    g.place = "scope"
    return page(
        "baselines/show.html", **pages.show(g.actor, g.project, queries.baseline_for(g.actor, g.project_id, number))
    )


@area.page("/compare", "project.read")
def compare(project: str) -> Response:
    g.place = "scope"
    return page("baselines/compare.html", **pages.comparison(g.actor, g.project, request.args))
