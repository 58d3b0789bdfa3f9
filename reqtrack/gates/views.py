"""The pages of gates, waivers, and the rules."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.gates import actions, asking_pages, forms, pages, queries, rule_pages
from reqtrack.items import naming
from reqtrack.items.pages import seen_version
from reqtrack.requirements.models import Phase
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("gates", __name__, url_prefix="/p/<project>/gates")
# What one may read of gates is what one may read of a project's content: not implementers.
READ = "interview.read"


def _phase(given: str) -> Phase | None:
    """The phase of an address: without a word the one that comes next."""
    g.place = "accept"
    if not given:
        return queries.usual_phase(g.project)
    return queries.phase_given(g.project_id, "" if given == "all" else given)


@area.page("", READ)
def index(project: str) -> Response:
    return page("gates/index.html", **pages.index(g.actor, g.project, _phase(request.args.get("phase", ""))))


@area.page("/<gate>", READ)
def show(project: str, gate: str) -> Response:
    shown = pages.show(g.actor, g.project, queries.gate_named(gate), _phase(request.args.get("phase", "")))
    return page("gates/show.html", **shown)


@area.act("/<gate>/passages", READ, proof=True, endpoint="pass_gate")
def pass_gate(project: str, gate: str) -> Response:
    found, phase = queries.gate_named(gate), _phase(request.form.get("phase", "all"))
    given = {name: request.form.get(name, "") for name in ("pilot", "note")}
    try:
        made = actions.pass_gate(g.actor, g.project, found, phase, seen=request.form.get("print", ""), **given)
    except (Invalid, Refused) as error:
        if not g.actor.may("sign", g.project_id):
            raise
        return page(
            "gates/show.html", error.status, **pages.show(g.actor, g.project, found, phase, given, error.reasons)
        )
    flash(_("Passed, and recorded with all that the rules found."))
    return answer(url_for("gates.passage", project=project, number=made.number))


@area.page("/passages/<int:number>", READ)
def passage(project: str, number: int) -> Response:
    g.place = "accept"
    row = queries.passage_for(g.actor, g.project_id, number)
    return page("gates/passage.html", **pages.passage(g.project, row))


# -- waivers -------------------------------------------------------------------------------------------------------------


@area.page("/waivers/new", "signoff.request")
def waiver_new(project: str) -> Response:
    g.place = "accept"
    return page("gates/new.html", **asking_pages.new(g.actor, g.project, forms.arrived(request.args)))


@area.act("/waivers", "signoff.request")
def ask(project: str) -> Response:
    g.place = "accept"
    given = forms.waiver(request.form)
    try:
        more = naming.meant(g.actor, g.project_id, given["more"], field="more")
        made, _asked = actions.ask(g.actor, g.project, given["reason"], **forms.asked(given, more))
    except Invalid as error:
        return page("gates/new.html", 422, **asking_pages.again(g.actor, g.project, given, error.reasons))
    flash(_("It waits in their work now."))
    return answer(url_for("gates.waiver", project=project, number=made.number))


@area.page("/waivers/<int:number>", READ)
def waiver(project: str, number: int) -> Response:
    g.place = "accept"
    held = queries.waiver_for(g.actor, g.project, number)
    return page("gates/waiver.html", **pages.waiver(g.actor, g.project, held))


@area.act("/waivers/<int:number>/withdrawal", READ, endpoint="withdraw_waiver")
def withdraw_waiver(project: str, number: int) -> Response:
    g.place = "accept"
    held = queries.waiver_for(g.actor, g.project, number)
    try:
        actions.withdraw(g.actor, g.project, held, request.form.get("reason", ""))
    except Invalid as error:
        return page("gates/waiver.html", 422, **pages.waiver(g.actor, g.project, held, request.form, error.reasons))
    flash(_("Withdrawn: it excuses nothing any more."))
    return answer(url_for("gates.waiver", project=project, number=number))


# -- the rules -----------------------------------------------------------------------------------------------------------


@area.page("/rules", READ)
def rules(project: str) -> Response:
    g.place = "settings"
    return page("gates/rules.html", **rule_pages.rules(g.actor, g.project))


@area.ask("/rules/preview", "project.manage")
def preview_rules(project: str) -> Any:
    g.place = "settings"
    given = forms.rules(request.form)
    try:
        wanted = queries.checked(g.project, given)
    except Invalid as error:
        return page("gates/rules.html", 422, **rule_pages.rules(g.actor, g.project, None, request.form, error.reasons))
    return page("gates/rules.html", **rule_pages.rules(g.actor, g.project, wanted))


@area.act("/rules", "project.manage", endpoint="set_rules")
def set_rules(project: str) -> Any:
    g.place = "settings"
    given = forms.rules(request.form)
    try:
        actions.set_rules(g.actor, g.project, given, seen=seen_version(request.form))
    except Invalid as error:
        return page("gates/rules.html", 422, **rule_pages.rules(g.actor, g.project, None, request.form, error.reasons))
    except Stale as stale:
        wanted = queries.checked(g.project, given)
        return page("gates/rules.html", 409, **rule_pages.rules(g.actor, g.project, wanted, None, stale.reasons))
    flash(_("The gates go by these rules now."))
    return answer(url_for("gates.rules", project=project))
