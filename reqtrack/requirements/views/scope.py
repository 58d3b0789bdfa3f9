"""Phases, tiers, board and document. Lists and item pages of requirements are those of items."""

from __future__ import annotations

from flask import Response, flash, g, request, url_for
from flask_babel import ngettext

from reqtrack.db import a_number
from reqtrack.requirements import actions, pages, queries
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("requirements", __name__, url_prefix="/p/<project>/scope")


@area.page("", "project.read")
def scope(project: str) -> Response:
    g.place = "scope"
    proposed = queries.with_proposed_tiers(g.actor, g.project_id)
    return page(
        "requirements/scope.html",
        bars=pages.bars(g.actor, g.project_id),
        proposed=proposed,
        board=pages.board(g.actor, g.project),
        may_tier=g.actor.may("requirement.write", g.project_id),
    )


@area.page("/board", "project.read")
def board(project: str) -> Response:
    g.place = "scope"
    return page(
        "requirements/board.html", board=pages.board(g.actor, g.project), bars=pages.bars(g.actor, g.project_id)
    )


@area.page("/document", "project.read")
def document(project: str) -> Response:
    g.place = "scope"
    return page(
        "requirements/document.html", **pages.document(g.actor, g.project, request.args.get("after", 0, type=a_number))
    )


@area.act("/tiers", "requirement.write")
def confirm_tiers(project: str) -> Response:
    keys = request.form.getlist("key")
    done = actions.confirm_tiers(g.actor, g.project, keys or "all")
    flash(ngettext("%(num)s tier confirmed", "%(num)s tiers confirmed", len(done)))
    run = request.form.get("run", type=a_number)
    if run:
        return answer(url_for("exchange.show", project=project, number=run))
    return answer(url_for("requirements.scope", project=project))


@area.act("/phases/<int:number>/implementation", "requirement.implement")
def implement_phase(project: str, number: int) -> Response:
    done = actions.implement_phase(g.actor, g.project, queries.phase_for(g.project_id, number))
    flash(ngettext("%(num)s requirement is now implemented", "%(num)s requirements are now implemented", len(done)))
    return answer(url_for("requirements.scope", project=project))
