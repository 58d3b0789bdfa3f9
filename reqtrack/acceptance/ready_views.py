"""Whether acceptance scenarios are ready: hints while one writes, and the review of several in one place."""

from __future__ import annotations

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.acceptance import actions, ready_pages
from reqtrack.acceptance.queries import steps as queries
from reqtrack.errors import Invalid, Refused, invalid
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area
from reqtrack.web.problems import sentence

area = Area("ready", __name__, url_prefix="/p/<project>/accept")
MOVES = ("ready", "back")


@area.ask("/check", "project.read")
def check(project: str) -> Response:
    return page("acceptance/_ready_hints.html", **ready_pages.hints(g.project, request.form))


@area.page("/steps", "project.read")
def steps(project: str) -> Response:
    g.place = "accept"
    return page("acceptance/steps.html", **ready_pages.steps(g.actor, g.project, request.args.get("q", "")))


@area.page("/steps/offer", "project.read")
def offer(project: str) -> Response:
    if "HX-Request" not in request.headers:
        return answer(url_for("ready.steps", project=project, q=request.args.get("q", "")[:300]))
    found = queries.suggest(g.actor, g.project_id, request.args.get("part", ""), request.args.get("q", "")[:300])
    return page("acceptance/_offered_steps.html", found=found)


@area.page("/review", "acceptance.review")
def reviewing(project: str) -> Response:
    g.place = "accept"
    return page("acceptance/review.html", **ready_pages.reviewing(g.actor, g.project))


@area.act("/review", "acceptance.review")
def review(project: str) -> Response:
    g.place = "accept"
    name = request.form.get("move", "")
    if name not in MOVES:
        raise invalid("move", "Say ready or back.")
    done, refused = 0, []
    for key in request.form.getlist("keys"):
        item = item_for(g.actor, g.project_id, key, "acceptance")
        seen = request.form.get(f"seen-{key}", "") if name == "ready" else ""
        given = {"reason": request.form.get("reason", ""), "seen_stage": "in_review", "seen": seen}
        try:
            actions.make_move(g.actor, item, name, given)
            done += 1
        except (Refused, Invalid) as error:
            refused += [f"{key}: {sentence(reason)}" for reason in error.reasons]
    if not done:
        told = refused or [_("Choose at least one.")]
        return page("acceptance/review.html", 422, **ready_pages.reviewing(g.actor, g.project, told))
    for one in refused:
        flash(one, "error")
    word = ngettext("%(num)s scenario is ready", "%(num)s scenarios are ready", done)
    back = ngettext("%(num)s scenario went back", "%(num)s scenarios went back", done)
    flash(word if name == "ready" else back)
    return answer(url_for("ready.reviewing", project=project))
