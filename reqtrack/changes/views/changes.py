"""The pages of change requests."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.changes import actions, forms, pages, queries
from reqtrack.changes.models import Change
from reqtrack.db import a_number, rollback
from reqtrack.errors import Invalid, Refused, Stale, unseen
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area
from reqtrack.web.problems import sentence
from reqtrack.web.words import clauses

area = Area("changes", __name__, url_prefix="/p/<project>/changes")


def change_of(key: str) -> Change:
    """The change of an address."""
    g.place = "change"
    return queries.change_for(g.actor, g.project_id, key)


def href_of(key: str, **more: str) -> str:
    """The address of a change's page."""
    return url_for("changes.show", project=g.project.key, key=key, **more)  # type: ignore[arg-type]


def shown(change: Change, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    """The page of a change; where something was refused, as it stands without what was tried."""
    if status >= 400:
        rollback()
    whole = request.args.get("touched") == "all"
    return page("changes/show.html", status, **pages.show(g.actor, g.project, change, errors, request.form, whole))


def errors_of(error: Invalid | Refused, *drawn: str, called: Callable[[str], str] = str) -> dict[str, str]:
    """What was refused, by field of the form.

    Args:
        drawn: the fields beside which the form tells it; of any other (an edit, say, that does not fit any more) it is told above
            all, under "". None: each by its own name.
        called: what the form calls a field.
    """
    found: dict[str, list[str]] = {}
    for reason in error.reasons:
        name = called(reason.field or "")
        found.setdefault(name if not drawn or name in drawn else "", []).append(sentence(reason))
    return {name: clauses(dict.fromkeys(told)) for name, told in found.items()}


def again(change: Change, refused: Refused, *codes: str) -> Response:
    """409 for what moved under an open form: the page as it is now, with what was typed; raises what was refused otherwise."""
    if all(reason.code not in codes for reason in refused.reasons):
        raise refused
    return shown(change, 409, errors_of(refused))


# -- many, and a new one -----------------------------------------------------------------------------------------------


@area.page("", "project.read")
def board(project: str) -> Response:
    g.place = "change"
    return page("changes/board.html", **pages.board(g.actor, g.project, request.args))


@area.page("/new", "change.create")
def new(project: str) -> Response:
    g.place = "change"
    given = {name: request.args[name] for name in ("title", "reason", "item", "asked_by") if name in request.args}
    return page("changes/new.html", **pages.new(g.actor, g.project, given))


@area.act("/new", "change.create", endpoint="create")
def create(project: str) -> Response:
    g.place = "change"
    given = forms.logged(request.form)
    try:
        affected = queries.meant(g.actor, g.project_id, request.form.get("item", ""))
        change = actions.log(g.actor, g.project, affected=affected, **given)
    except Invalid as error:
        typed = {**given, "item": request.form.get("item", "")}
        return page("changes/new.html", 422, **pages.new(g.actor, g.project, typed, error.reasons))
    if request.form.get("next") == "edit" and affected:
        return answer(url_for("changes.edit_item", project=project, key=change.key, item=affected[0]))
    return answer(href_of(change.key))


@area.page("/figures", "project.read")
def figures(project: str) -> Response:
    g.place = "change"
    return page("changes/figures.html", **pages.figures(g.actor, g.project))


@area.page("/<key>", "project.read")
def show(project: str, key: str) -> Response:
    return shown(change_of(key))


@area.page("/<key>/move", "change.create")
def placing(project: str, key: str) -> Response:
    by, to = request.args.get("by", ""), request.args.get("to", "")
    return page("changes/placing.html", **pages.placing(g.actor, g.project, change_of(key), by, to))


@area.act("/<key>/placement", "change.create")
def place(project: str, key: str) -> Response:
    change = change_of(key)
    by, to, seen = forms.placement(request.form)
    try:
        actions.edit_content(g.actor, change, {by: to}, seen=seen)
    except Stale:
        flash(_("%(key)s was changed meanwhile: look at it, then move it again.", key=change.key))
        return answer(href_of(key))
    return answer(url_for("changes.board", project=project, by=by))


@area.page("/<key>/edit", "change.create")
def edit(project: str, key: str) -> Response:
    return page("changes/edit.html", **pages.edit(g.actor, g.project, change_of(key)))


@area.act("/<key>/edit", "change.create")
def save(project: str, key: str) -> Response:
    change, given = change_of(key), forms.content(request.form)
    seen = request.form.get("seen", type=a_number)
    if seen is None:
        raise unseen()
    try:
        actions.edit_content(g.actor, change, given, seen=seen)
    except Invalid as error:
        return page("changes/edit.html", 422, **pages.edit(g.actor, g.project, change, given, error.reasons))
    except Stale as stale:
        return page("changes/stale.html", 409, **pages.stale(g.actor, g.project, change, given, stale))
    return answer(href_of(key))
