"""Defects: the board, raising one of a result, the round for what is mended, the other tracker. One defect is an item's page."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.acceptance import actions, defect_pages, offers, pages, queries
from reqtrack.acceptance.actions import defects, hook
from reqtrack.acceptance.models import Defect
from reqtrack.acceptance.queries import defect_lists
from reqtrack.db import a_number
from reqtrack.errors import Invalid, invalid
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("defects", __name__, url_prefix="/p/<project>")
FIELDS = ("title", "observed", "expected", "severity", "assignee", "due_on")


def _defect(key: str) -> Defect:
    g.place = "accept"
    found: Defect = item_for(g.actor, g.project_id, key, "defect")
    return found


@area.page("/defects", "project.read")
def board(project: str) -> Response:
    g.place = "accept"
    return page("defects/board.html", **defect_pages.board(g.actor, g.project, request.args))


@area.page("/defects/figures", "project.read")
def figures(project: str) -> Response:
    g.place = "accept"
    return page("defects/figures.html", **defect_pages.figures(g.actor, g.project))


@area.page("/defects/<key>/move", "project.read")
def placing(project: str, key: str) -> Response:
    to = request.args.get("to", "")
    return page("defects/placing.html", **defect_pages.placing(g.actor, g.project, _defect(key), to))


@area.act("/results/<int:number>/defect", "defect.raise")
def raise_of(project: str, number: int) -> Response:
    """A defect of a failed result: as it can be told from the result, but for what the form says otherwise."""
    g.place = "accept"
    found = queries.result_for(g.actor, g.project_id, number)
    if request.form.get("existing", "").strip():
        made = defects.add_to(g.actor, _existing(request.form["existing"]), found)
        told = _("Added to %(key)s.", key=made.key)
    else:
        draft = offers.draft_of(g.actor, g.project, found)
        draft.pop("assignee_name")
        typed = {name: request.form[name].strip() for name in FIELDS if name in request.form}
        try:
            made = defects.raise_of(g.actor, g.project, found, {**draft, **typed})
        except Invalid as error:
            shown = pages.result(g.actor, g.project, found, defect_reasons=error.reasons)
            return page("acceptance/result.html", 422, **shown)
        told = _("%(key)s is raised.", key=made.key)
    flash(told)
    if request.form.get("back") == "run":
        walking = request.args.get("walk", type=a_number)
        return answer(pages.after_record(g.actor, g.project, found.round, found.result, told=False, walking=walking))
    return answer(url_for("items.show", project=project, key=made.key))


def _existing(key: str) -> Any:
    return item_for(g.actor, g.project_id, key.strip(), "defect")


@area.act("/defects/round", "round.manage")
def plan(project: str) -> Response:
    """A round with the scenarios in which defects were mended, and that no open round holds."""
    keys = defect_lists.scenarios_to_place(g.project_id)
    if not keys:
        raise invalid("acceptance", "Nothing that is mended waits for a round.")
    made = actions.create_round(g.actor, g.project, acceptance=keys)
    flash(ngettext("The round holds %(num)s scenario.", "The round holds %(num)s scenarios.", len(keys)))
    return answer(url_for("acceptance.edit", project=project, number=made.number))


@area.act("/defects/hook", "project.manage", endpoint="hook")
def set_hook(project: str) -> Response:
    secret = hook.set_hook(g.actor, g.project, request.form.get("defect_hook", ""))
    if secret:
        flash(_("Saved. The secret that the messages are signed with, shown this once: %(secret)s", secret=secret))
    else:
        flash(_("Saved"))
    return answer(url_for("accounts.settings", project=project, _anchor="defect-hook"))
