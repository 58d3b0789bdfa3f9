"""The pages of special flows: a project's list, the answer to one; and the steps of a process for the form of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack import clock
from reqtrack.errors import Invalid, NotFound, Reason, invalid
from reqtrack.interviews.queries import people, stakeholder_for
from reqtrack.items.kinds import KINDS
from reqtrack.items.pages import seen_version
from reqtrack.items.queries import item_for
from reqtrack.items.views import write_of_kind
from reqtrack.scenarios import actions, forms, panels, policy, queries
from reqtrack.scenarios.flows import BY_CODE
from reqtrack.scenarios.models import Scenario
from reqtrack.web.answers import answer, is_htmx, page
from reqtrack.web.area import Area
from reqtrack.web.problems import sentence

area = Area("scenarios", __name__, url_prefix="/p/<project>")


def writes_scenarios(arguments: Mapping[str, Any]) -> str:
    """What one must be allowed to who writes scenarios, or drafts of them."""
    return "scenario.write" if g.actor.may("scenario.write", g.project_id) else "scenario.draft"


@area.page("/processes/steps", "project.read")
def steps(project: str) -> Response:
    """The steps of a process as boxes to tick, for the form of a scenario that is open; by itself, a new one of that process."""
    if not is_htmx():
        return answer(url_for("items.new", project=project, plural="scenarios", **request.args))
    keys = request.args.get("process", "").replace(",", " ").split()
    found = queries.steps_of(g.actor, g.project_id, keys[0]) if len(keys) == 1 else []
    field = KINDS["scenario"].field("process_steps")
    chosen = request.args.getlist("process_steps")
    return page("scenarios/steps_choice.html", field=field, options=panels.step_options(found), chosen=chosen)


# -- what a project asks -----------------------------------------------------------------------------------------------


@area.page("/special-flows", "interview.read")
def prompts(project: str) -> Response:
    return _prompts()


def _prompts(status: int = 200, at: str = "", reasons: Sequence[Reason] = ()) -> Response:
    g.place = "discover"
    return page(
        "scenarios/prompts.html",
        status,
        prompts=queries.prompts(g.project_id, all_of_them=True),
        shipped={code: str(one.text) for code, one in BY_CODE.items()},
        may_edit=bool(policy.may_edit_prompts(g.actor, g.project_id)),
        at=at,
        typed=request.form.get("body", "") if at else "",
        error=sentence(reasons[0]) if reasons else "",
    )


@area.act("/special-flows", "scenario.write")
def add_prompt(project: str) -> Response:
    try:
        actions.add_prompt(g.actor, g.project, request.form.get("body", ""))
    except Invalid as error:
        return _prompts(422, "new", error.reasons)
    return answer(url_for("scenarios.prompts", project=project) + "#new")


@area.act("/special-flows/<code>", "scenario.write")
def change_prompt(project: str, code: str) -> Response:
    seen = seen_version(request.form)
    out = {"leave_out": True, "ask_again": False}.get(request.form.get("do", ""))
    try:
        actions.change_prompt(g.actor, g.project, code, body=request.form.get("body"), left_out=out, seen=seen)
    except Invalid as error:
        return _prompts(422, code, error.reasons)
    return answer(url_for("scenarios.prompts", project=project) + f"#{code}")


# -- at a scenario -----------------------------------------------------------------------------------------------------


def _scenario(key: str) -> Scenario:
    g.place = "discover"
    found: Scenario = item_for(g.actor, g.project_id, key, "scenario")
    return found


@area.page("/i/<key>/special-flows/<code>", write_of_kind)
def flow(project: str, key: str, code: str) -> Response:
    return _flow(_scenario(key), code)


def _flow(scenario: Scenario, code: str, status: int = 200, reasons: Sequence[Reason] = ()) -> Response:
    found = next((one for one in queries.flows(g.actor, scenario) if one.prompt.code == code), None)
    if found is None or scenario.scenario_kind != "main":
        raise NotFound(code)
    today = clock.now().astimezone(ZoneInfo(g.project.zone)).date()
    who = people(g.actor, g.project_id) if g.actor.may("interview.read", g.project_id) else []
    return page(
        "scenarios/flow.html",
        status,
        scenario=scenario,
        flow=found,
        candidates=[(one["value"], one["label"]) for one in queries.candidates(g.actor, scenario, found.replies)],
        stakeholders=[(one.id, f"{one.name} · {one.label}" if one.name else f"{one.label} #{one.id}") for one in who],
        given={"asked_on": today.isoformat(), **request.form.to_dict()},
        errors={one.field: sentence(one) for one in reasons},
        summary=[{"field": one.field, "sentence": sentence(one)} for one in reasons],
        write_href=_write_href(scenario, found.prompt.code, found.prompt.kind),
    )


def _write_href(scenario: Scenario, code: str, kind: str) -> str:
    begun: dict[str, Any] = {**panels.carried(g.actor, scenario), panels.TELLS: f"{scenario.key}:{code}"}
    return url_for("items.new", project=g.project.key, plural="scenarios", kind=kind, **begun)


@area.act("/i/<key>/special-flows/<code>", write_of_kind)
def answer_flow(project: str, key: str, code: str) -> Response:
    scenario = _scenario(key)
    try:
        given = forms.answer(request.form)
        if given.scenario:
            actions.tell_flow(g.actor, scenario, code, _told_by(given.scenario))
        else:
            actions.say_none(
                g.actor, scenario, code, stakeholder=_stakeholder(given.stakeholder), asked=given.asked,
                asked_on=given.asked_on,
            )  # fmt: skip
    except Invalid as error:
        return _flow(scenario, code, 422, error.reasons)
    flash(_("Noted"))
    return answer(url_for("items.show", project=project, key=key) + "#special-flows")


def _told_by(key: str) -> Scenario:
    try:
        found: Scenario = item_for(g.actor, g.project_id, key, "scenario")
    except NotFound:
        raise invalid("scenario", "There is no scenario %(key)s in this project.", key=key[:40]) from None
    return found


def _stakeholder(number: int | None) -> int | None:
    if number is None:
        return None
    try:
        return stakeholder_for(g.actor, g.project_id, number).id
    except NotFound:
        message = "There is no stakeholder %(ids)s in this project."
        raise invalid("stakeholder", message, ids=number) from None


@area.act("/i/<key>/special-flows/<int:number>/end", write_of_kind)
def end_flow(project: str, key: str, number: int) -> Response:
    actions.end_reply(g.actor, _scenario(key), number)
    return answer(url_for("items.show", project=project, key=key) + "#special-flows")
