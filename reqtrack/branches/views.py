"""The pages of branches: list, a new one, one with its drift, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.branches import actions, forms, pages, queries
from reqtrack.branches.queries import READ, Standing
from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.items.pages import seen_version
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("branches", __name__, url_prefix="/p/<project>/branches")


@area.page("", READ)
def index(project: str) -> Response:
    g.place = "scope"
    return page("branches/index.html", **pages.index(g.actor, g.project))


@area.page("/new", "baseline.take")
def new(project: str) -> Response:
    g.place = "scope"
    return page("branches/new.html", **pages.new(g.actor, g.project, pages.usual(g.actor, g.project, request.args)))


@area.act("", "baseline.take", endpoint="open_branch")
def open_branch(project: str) -> Response:
    g.place = "scope"
    given = forms.branch(request.form)
    try:
        made = actions.open_branch(g.actor, g.project, **forms.opened(g.actor, g.project, given))
    except Invalid as error:
        return page("branches/new.html", 422, **pages.new(g.actor, g.project, given, error.reasons))
    return _shown(made.number)


@area.page("/<int:number>", READ)
def show(project: str, number: int) -> Response:
    g.place = "scope"
    return page("branches/show.html", **pages.show(g.actor, g.project, _found(number)))


# What is done to a branch asks for what a comment does: whose it is, its policy says.
@area.act("/<int:number>/decisions", "comment.write", endpoint="decide")
def decide(project: str, number: int) -> Response:
    def act(found: Standing) -> str:
        wanted = forms.wanted(g.actor, g.project_id, request.form)
        actions.choose(g.actor, found, wanted, request.form.get("reason", ""), seen=seen_version(request.form))
        return str(_("Decided, for this branch alone."))

    return _done(number, act)


@area.act("/<int:number>/takeovers", "comment.write", endpoint="bring")
def bring(project: str, number: int) -> Response:
    def act(found: Standing) -> str:
        keys, reason = forms.keys(request.form), request.form.get("reason", "")
        return pages.brought(actions.bring(g.actor, g.project, found, keys, reason, seen=seen_version(request.form)))

    return _done(number, act)


@area.act("/<int:number>/closing", "comment.write", endpoint="close")
def close(project: str, number: int) -> Response:
    def act(found: Standing) -> str:
        outcome, reason = request.form.get("outcome", ""), request.form.get("reason", "")
        actions.close(g.actor, found, outcome, reason, seen=seen_version(request.form))
        return str(_("Closed: it stays as it is, and can be read."))

    return _done(number, act)


def _found(number: int) -> Standing:
    return queries.branch_for(g.actor, g.project_id, number)


def _done(number: int, act: Callable[[Standing], str]) -> Response:
    """Do it and go back to the branch; where it does not fit, the page says why and keeps what was typed."""
    g.place = "scope"
    found = _found(number)
    try:
        said = act(found)
    except (Invalid, Stale, Refused) as error:
        if error.status == 403:
            raise
        shown: dict[str, Any] = pages.show(g.actor, g.project, _found(number), request.form, error.reasons)
        return page("branches/show.html", error.status, **shown)
    flash(said, "leads")
    return _shown(number)


def _shown(number: int) -> Response:
    return answer(url_for("branches.show", project=g.project.key, number=number))
