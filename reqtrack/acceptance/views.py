"""Rounds and run mode. Lists and pages of acceptance scenarios are those of items."""

from __future__ import annotations

from flask import Response, flash, g, jsonify, request, url_for
from flask_babel import gettext as _

from reqtrack.acceptance import actions, forms, machine_pages, pages, policy, queries
from reqtrack.acceptance.models import AFFIRMED, Result, Round
from reqtrack.acceptance.policy import Evidence
from reqtrack.db import a_number
from reqtrack.errors import Invalid
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("acceptance", __name__, url_prefix="/p/<project>")


def _round(number: int) -> Round:
    g.place = "accept"
    return queries.round_for(g.actor, g.project_id, number)


def _href(number: int) -> str:
    return url_for("acceptance.round", project=g.project.key, number=number)


@area.page("/accept", "project.read")
def accept(project: str) -> Response:
    g.place = "accept"
    return page("acceptance/accept.html", **pages.overview(g.actor, g.project))


@area.page("/accept/<key>/days", "project.read")
def item_days(project: str, key: str) -> Response:
    g.place = "accept"
    return page("acceptance/item_days.html", **pages.item_days(g.actor, g.project, key))


@area.page("/rounds/new", "round.manage")
def new(project: str) -> Response:
    g.place = "accept"
    wanted = forms.wanted(request.args)
    chooser = pages.chooser(g.actor, g.project, wanted)
    form = pages.round_form(g.actor, g.project, None, pages.repeated(g.actor, g.project, wanted))
    return page("acceptance/new.html", **{**chooser, **form}, ticked=None)


@area.act("/rounds", "round.manage")
def create(project: str) -> Response:
    g.place = "accept"
    keys = pages.chosen_keys(g.actor, g.project, request.form)
    given = forms.details(request.form)
    copied = forms.copied(request.form)
    try:
        made = actions.create_round(g.actor, g.project, acceptance=keys, copied_from=copied, **given)
    except Invalid as error:
        chooser = pages.chooser(g.actor, g.project, forms.wanted(request.form))
        form = pages.round_form(g.actor, g.project, None, given, error.reasons)
        return page("acceptance/new.html", 422, **{**chooser, **form}, ticked=keys)
    return answer(_href(made.number))


@area.page("/rounds/<int:number>", "project.read", endpoint="round")
def show(project: str, number: int) -> Response:
    after = request.args.get("after", -1, type=a_number)
    return page("acceptance/round.html", **pages.show(g.actor, g.project, _round(number), after))


@area.page("/rounds/<int:number>/course", "project.read")
def course(project: str, number: int) -> Response:
    after = request.args.get("after", -1, type=a_number)
    return page("acceptance/course.html", **pages.course(g.actor, g.project, _round(number), after))


@area.page("/rounds/<int:number>/edit", "round.manage")
def edit(project: str, number: int) -> Response:
    return page("acceptance/edit.html", **pages.round_form(g.actor, g.project, _round(number)))


@area.act("/rounds/<int:number>/edit", "round.manage", endpoint="save")
def save(project: str, number: int) -> Response:
    found, given = _round(number), forms.details(request.form)
    try:
        actions.change_round(g.actor, found, **given, seen=forms.seen_version(request.form))
    except Invalid as error:
        return page("acceptance/edit.html", 422, **pages.round_form(g.actor, g.project, found, given, error.reasons))
    return answer(_href(number))


@area.page("/rounds/<int:number>/scenarios", "round.manage")
def scenarios(project: str, number: int) -> Response:
    wanted = forms.wanted(request.args)
    return page("acceptance/scenarios.html", **pages.chooser(g.actor, g.project, wanted, _round(number)))


@area.act("/rounds/<int:number>/scenarios", "round.manage", endpoint="choose")
def choose(project: str, number: int) -> Response:
    found = _round(number)
    add = [] if request.form.getlist("remove") else pages.chosen_keys(g.actor, g.project, request.form, found)
    actions.change_round(g.actor, found, add=add, remove=request.form.getlist("remove"))
    return answer(_href(number))


@area.act("/rounds/<int:number>/closing", "round.manage")
def close(project: str, number: int) -> Response:
    seen = forms.seen_version(request.form)
    actions.close_round(g.actor, _round(number), request.form.get("reason", ""), seen=seen)
    flash(_("The round is closed. Its result can be signed now."))
    return answer(_href(number))


@area.page("/rounds/<int:number>/run", "result.record")
def run(project: str, number: int) -> Response:
    at, done = request.args.get("at", ""), request.args.get("done", type=a_number)
    walk = request.args.get("walk", type=a_number)
    shown = pages.run(g.actor, g.project, _round(number), at, done, walk)
    return page("acceptance/run.html", **shown, worker_scope=f"{request.script_root}/")


@area.page("/rounds/<int:number>/verdicts", "result.record")
def verdicts(project: str, number: int) -> Response:
    found = _round(number)
    newest = queries.newest_number(g.project_id)
    after = request.args.get("after", newest, type=a_number)
    response = jsonify(
        pages.verdicts(g.actor, found, after, newest) if after < newest else {"after": newest, "rows": []}
    )
    response.set_etag(f"{found.id}-{after}-{newest}")
    response.make_conditional(request)
    return response


@area.act("/rounds/<int:number>/results", "result.record", prepare=forms.received)
def record(project: str, number: int) -> Response:
    found = _round(number)
    sent = forms.result(request.form, request.args, request.headers)
    try:
        result = _recorded(found, sent, g.prepared)
        for one in forms.further(request.form):
            _recorded(found, one, [])
    except policy.TextMoved as error:
        return page("acceptance/moved.html", 409, **pages.moved(g.actor, g.project, found, sent, error))
    except Invalid as error:
        return page("acceptance/again.html", 422, **pages.again(g.actor, g.project, found, sent, error.reasons))
    if sent.by_script:
        if result.verdict != "failed":
            return Response(status=204)
        return page("defects/_sent.html", offers=pages.offers_of(g.actor, g.project, result.number, sent.walk))
    return answer(pages.after_record(g.actor, g.project, found, result, walking=sent.walk))


def _recorded(found: Round, sent: forms.Sent, evidence: list[Evidence]) -> Result:
    """What a card of run mode sent: a verdict, or that a stale pass may stand.

    Raises:
        Refused: 401 somebody else filled it in, on this machine (4-interface.md: unsent results belong to their author).
    """
    may = policy.is_author(g.actor, sent.author)
    may.require(401)
    scenario = item_for(g.actor, g.project_id, sent.key, "acceptance")
    if sent.verdict == AFFIRMED:
        return actions.affirm(g.actor, found, scenario, sent.row, sent.note, once=sent.once, seen=sent.seen)
    return actions.record_result(
        g.actor, found, scenario, sent.row, sent.verdict, sent.note, sent.steps,
        missing_from=sent.whom, evidence=evidence, once=sent.once, seen=sent.seen,
    )  # fmt: skip


@area.page("/results/<int:number>", "project.read")
def result(project: str, number: int) -> Response:
    g.place = "accept"
    found = queries.result_for(g.actor, g.project_id, number)
    return page("acceptance/result.html", **pages.result(g.actor, g.project, found))


@area.page("/machine-runs/<int:number>", "project.read")
def machine_run(project: str, number: int) -> Response:
    g.place = "accept"
    run, found = queries.run_for(g.actor, g.project_id, number)
    after = request.args.get("after", 0, type=a_number)
    return page("acceptance/machine_run.html", **machine_pages.run(g.actor, run, found, after))


@area.act("/results/<int:number>/revocation", "project.read")
def revoke(project: str, number: int) -> Response:
    g.place = "accept"
    found = queries.result_for(g.actor, g.project_id, number)
    try:
        actions.revoke(g.actor, found.round, found.result, request.form.get("reason", ""))
    except Invalid as error:
        return page("acceptance/result.html", 422, **pages.result(g.actor, g.project, found, error.reasons))
    return answer(url_for("acceptance.result", project=project, number=number))
