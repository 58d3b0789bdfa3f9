"""Special flows: what a project asks about its main scenarios, and what is known of it."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from reqtrack import clock
from reqtrack.api.area import PROJECT, answered, area, check_version, created, short
from reqtrack.api.schemas import PromptBody, PromptPatch, SpecialFlowBody
from reqtrack.errors import NotFound, invalid
from reqtrack.interviews.queries import stakeholder_for
from reqtrack.items.queries import item_for
from reqtrack.scenarios import actions, queries
from reqtrack.scenarios.flows import Prompt
from reqtrack.scenarios.models import Scenario
from reqtrack.scenarios.views import writes_scenarios


def _prompt(one: Prompt) -> dict[str, Any]:
    return {
        "code": one.code, "version": one.version, "text": one.text, "kind": one.kind, "own": one.own,
        "changed": one.changed, "left_out": one.left_out,
    }  # fmt: skip


def _prompt_at(code: str) -> Prompt:
    found = next((one for one in queries.prompts(g.project_id, all_of_them=True) if one.code == code), None)
    if found is None:
        raise NotFound(code)
    return found


@area.listing(f"{PROJECT}/special-flows", "interview.read", shape="Part")
@area.doc(summary="What this project asks about each main scenario", tags=["scenarios"])
def list_prompts(project: str) -> Response:
    return short([_prompt(one) for one in queries.prompts(g.project_id, all_of_them=True)], "code")


@area.page(f"{PROJECT}/special-flows/<code>", "interview.read")
@area.doc(summary="Read one of these prompts", tags=["scenarios"])
def read_prompt(project: str, code: str) -> Response:
    return answered(_prompt(_prompt_at(code)))


@area.act(f"{PROJECT}/special-flows", "scenario.write")
@area.input(PromptBody, location="json", arg_name="body")
@area.doc(summary="Ask about one more special flow", tags=["scenarios"])
def create_prompt(project: str, body: PromptBody) -> Response:
    row = actions.add_prompt(g.actor, g.project, body.text)
    return created(_prompt(_prompt_at(row.code)))


@area.act(f"{PROJECT}/special-flows/<code>", "scenario.write", methods=("PATCH",))
@area.input(PromptPatch, location="json", arg_name="body")
@area.doc(summary="Word a prompt in your own way, leave it out, or ask it again", tags=["scenarios"])
def update_prompt(project: str, code: str, body: PromptPatch) -> Response:
    check_version(code, _prompt_at(code).version)
    actions.change_prompt(g.actor, g.project, code, body=body.text, left_out=body.left_out)
    return answered(_prompt(_prompt_at(code)))


def _scenario(key: str) -> Scenario:
    found: Scenario = item_for(g.actor, g.project_id, key, "scenario")
    return found


def _reply(one: queries.Reply) -> dict[str, Any]:
    return {
        "id": one.id, "version": 1, "prompt": one.code, "scenario": one.key or None, "stakeholder": one.stakeholder,
        "asked": one.who or None, "asked_on": one.asked_on.isoformat() if one.asked_on else None, "author": one.author,
        "at": clock.iso(one.at),
    }  # fmt: skip


@area.listing(f"{PROJECT}/scenarios/<key>/special-flows", "interview.read", shape="Part")
@area.doc(summary="Each prompt at a main scenario, with its answers; without one it is open", tags=["scenarios"])
def list_special_flows(project: str, key: str) -> Response:
    scenario = _scenario(key)
    found = queries.flows(g.actor, scenario) if scenario.scenario_kind == "main" else []
    shown = [
        {
            "prompt": one.prompt.code, "text": one.prompt.text, "open": one.open,
            "answers": [_reply(reply) for reply in one.replies],
        }
        for one in found
    ]  # fmt: skip
    return short(shown, "prompt")


@area.act(f"{PROJECT}/scenarios/<key>/special-flows", writes_scenarios)
@area.input(SpecialFlowBody, location="json", arg_name="body")
@area.doc(summary="Say which scenario tells a special flow, or that somebody asked knew of none", tags=["scenarios"])
def answer_special_flow(project: str, key: str, body: SpecialFlowBody) -> Response:
    scenario = _scenario(key)
    if body.scenario:
        if body.stakeholder is not None or body.asked or body.asked_on:
            raise invalid("scenario", "A scenario tells it, or somebody was asked: not both.")
        try:
            told_by = _scenario(body.scenario)
        except NotFound:
            message = "There is no scenario %(key)s in this project."
            raise invalid("scenario", message, key=body.scenario[:40]) from None
        row = actions.tell_flow(g.actor, scenario, body.prompt, told_by)
    else:
        who = _stakeholder(body.stakeholder)
        row = actions.say_none(
            g.actor, scenario, body.prompt, stakeholder=who, asked=body.asked or "", asked_on=body.asked_on
        )
    made = next(one for one in queries.replies(g.actor, scenario) if one.id == row.id)
    return created(_reply(made))


def _stakeholder(number: int | None) -> int | None:
    if number is None:
        return None
    try:
        return stakeholder_for(g.actor, g.project_id, number).id
    except NotFound:
        raise invalid("stakeholder", "There is no stakeholder %(ids)s in this project.", ids=number) from None


@area.act(f"{PROJECT}/scenarios/<key>/special-flows/<int:number>", writes_scenarios, methods=("DELETE",))
@area.doc(summary="Take an answer back; it stays in the history", tags=["scenarios"])
def end_special_flow(project: str, key: str, number: int) -> Response:
    actions.end_reply(g.actor, _scenario(key), number)
    return Response(status=204)
