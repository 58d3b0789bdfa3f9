"""Verbs on special flows, and what becomes of processes and scenarios when they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Verdict, invalid, no
from reqtrack.interviews.queries import for_everybodys_eyes
from reqtrack.items import personal, store
from reqtrack.items.kinds import KINDS
from reqtrack.items.steps import numbered
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor
from reqtrack.scenarios import policy, queries
from reqtrack.scenarios.flows import BY_CODE
from reqtrack.scenarios.models import FlowPrompt, FlowReply, Process, Scenario

LONGEST_PROMPT = 400
LONGEST_NAME = 200


# -- what is kept ------------------------------------------------------------------------------------------------------


def clean_process(actor: Actor, project_id: int, values: Mapping[str, Any], item: Process | None) -> Mapping[str, Any]:
    """New steps get numbers that the process never gave; a step that is brought back has its own again.

    Raises:
        Invalid: a step has a number that this process never gave.
    """
    if not values.get("steps"):
        return values
    steps = values["steps"]
    if item is None:
        return {**values, "steps": numbered(steps)}
    held = {step["id"] for step in item.steps or ()}
    if all(step.get("id") in held for step in steps):
        return values
    given = queries.numbers_given(item.id)
    unknown = sorted({step["id"] for step in steps if "id" in step} - given)
    if unknown:
        message = "%(key)s never had the steps %(numbers)s: leave the numbers of new steps out, they get one."
        raise invalid("steps", message, key=item.key, numbers=tuple(unknown))
    return {**values, "steps": numbered(steps, max(given, default=0))}


def clean_scenario(
    actor: Actor, project_id: int, values: Mapping[str, Any], item: Scenario | None
) -> Mapping[str, Any]:
    """The steps that a scenario names are those of its process; with another process they are chosen anew.

    Raises:
        Invalid: steps without one process, or that it does not have.
    """
    if "process" not in values and not values.get("process_steps"):
        return values
    before = queries.process_of(item.id) if item is not None else []
    processes = values.get("process", before)
    same = [one.id for one in processes] == [one.id for one in before]
    if "process_steps" not in values:
        kept = same or not (item and item.process_steps)
        return values if kept else {**values, "process_steps": []}
    wanted = set(values["process_steps"] or ())
    # What was decided is applied as it was decided; a step that went meanwhile is shown as gone.
    if not wanted or actor.kind == "system":
        return values
    if len(processes) != 1:
        raise invalid("process_steps", "Name one process: the steps are those of that process.")
    known = {step["id"] for step in processes[0].steps or ()}
    if same and item is not None:
        known |= set(item.process_steps or ())
    if wanted - known:
        message = "%(key)s has no step %(numbers)s."
        raise invalid("process_steps", message, key=processes[0].key, numbers=tuple(sorted(wanted - known)))
    return values


# -- special flows -----------------------------------------------------------------------------------------------------


def tell_flow(actor: Actor, scenario: Scenario, code: str, told_by: Scenario) -> FlowReply:
    """Say which scenario tells a special flow; what was said of nobody knowing one ends.

    Raises:
        Refused: no permission (403), or the scenario is no main one (409). Invalid: it would tell itself, or does already.
    """
    rows = queries.live_replies(scenario, code)
    _may(policy.may_answer(_may_write(actor, scenario), _asked(scenario, code, rows)))
    if told_by.id == scenario.id:
        raise invalid("scenario", "A scenario does not tell its own special flow.")
    if told_by.retired:
        raise invalid("scenario", "%(key)s is retired.", key=told_by.key)
    if any(row.told_by_id == told_by.id for row in rows):
        raise invalid("scenario", "%(key)s tells it already.", key=told_by.key)
    with recorded(actor, scenario.project_id, "flow.told", scenario.key) as entry:
        for row in rows:
            if row.told_by_id is None:
                row.until = entry.seq
        made = FlowReply(
            project_id=scenario.project_id, scenario_id=scenario.id, code=code, told_by_id=told_by.id, author=actor.login,
            at=entry.at, since=entry.seq,
        )  # fmt: skip
        db.session.add(made)
        entry.after = {"prompt": code, "target": told_by.key}
    return made


def say_none(
    actor: Actor,
    scenario: Scenario,
    code: str,
    *,
    stakeholder: int | None = None,
    asked: str = "",
    asked_on: date | None = None,
) -> FlowReply:
    """Say that somebody was asked about a special flow and knew of none: a stakeholder, or a name as written.

    Raises:
        Refused: no permission (403), or a scenario tells it (409). Invalid: nobody named, or a day that is still to come.
    """
    rows = queries.live_replies(scenario, code)
    _may(policy.may_say_none(_may_write(actor, scenario), _asked(scenario, code, rows)))
    try:
        name = " ".join(text_of(asked or "", LONGEST_NAME).split())
    except Unfit as unfit:
        raise invalid("asked", unfit.message, **unfit.params) from None
    if bool(name) == (stakeholder is not None):
        raise invalid("asked", "Say who was asked: one of the stakeholders, or a name.", "required")
    # It may be tomorrow already where they are.
    if asked_on is not None and asked_on > clock.now().date() + timedelta(days=1):
        raise invalid("asked_on", "This day is still to come.")
    with recorded(actor, scenario.project_id, "flow.none_known", scenario.key) as entry:
        day = asked_on or entry.at.date()
        made = FlowReply(
            project_id=scenario.project_id, scenario_id=scenario.id, code=code, stakeholder_id=stakeholder,
            asked=personal.put(scenario.project_id, name), asked_on=day, author=actor.login,
            at=entry.at, since=entry.seq,
        )  # fmt: skip
        db.session.add(made)
        # A name is a personal text: the chain holds its digest alone.
        entry.after = {
            "prompt": code,
            "stakeholder": stakeholder,
            "asked": made.asked or None,
            "asked_on": day.isoformat(),
        }
    return made


def end_reply(actor: Actor, scenario: Scenario, number: int) -> None:
    """Take an answer back; it stays in the history."""
    _may(_may_write(actor, scenario))
    row = queries.reply_of(scenario, number)
    with recorded(actor, scenario.project_id, "flow.ended", scenario.key, before={"prompt": row.code}) as entry:
        row.until = entry.seq


def _may_write(actor: Actor, scenario: Scenario) -> Verdict:
    return store.may_write(actor, scenario, KINDS["scenario"])


def _asked(scenario: Scenario, code: str, rows: Sequence[FlowReply]) -> policy.Asked:
    known = code in {one.code for one in queries.prompts(scenario.project_id)}
    return policy.Asked(scenario.key, scenario.scenario_kind, scenario.retired, known, queries.told_keys(rows))


def _may(verdict: Verdict) -> None:
    verdict.require(403 if any(one.code == "no_permission" for one in verdict.reasons) else 409)


# -- what a project asks -----------------------------------------------------------------------------------------------


def add_prompt(actor: Actor, project: Project, body: str) -> FlowPrompt:
    """Ask about one more special flow in a project.

    Raises:
        Refused: no permission. Invalid: no words.
    """
    policy.may_edit_prompts(actor, project.id).require()
    text = _words(project.id, body)
    with recorded(actor, project.id, "flow.prompt_added", project.key) as entry:
        row = FlowPrompt(project_id=project.id, code=queries.next_code(project.id), body=text)
        db.session.add(row)
        entry.after = {"prompt": row.code, "text": text}
    return row


def change_prompt(
    actor: Actor,
    project: Project,
    code: str,
    *,
    body: str | None = None,
    left_out: bool | None = None,
    seen: int | None = None,
) -> None:
    """Word a prompt in the project's own way ("" gives a shipped one its own words back), leave it out or ask it again.

    Args:
        seen: the version that was seen (0: as shipped); None skips the check.

    Raises:
        NotFound: no such prompt. Refused: no permission (403), or changed meanwhile (409). Invalid: one of one's own
        without words.
    """
    policy.may_edit_prompts(actor, project.id).require()
    row = queries.prompt_row(project.id, code)
    if seen is not None and seen != (row.version if row is not None else 0):
        no("stale", "Somebody else changed this prompt meanwhile.").require(409)
    kept = row if row is not None else FlowPrompt(project_id=project.id, code=code, body="")
    text = kept.body if body is None else "" if code in BY_CODE and not body.strip() else _words(project.id, body)
    if code in BY_CODE and text == str(BY_CODE[code].text):
        text = ""
    out = kept.archived_at is not None if left_out is None else left_out
    before = {"text": kept.body, "left_out": kept.archived_at is not None}
    after = {"text": text, "left_out": out}
    if before == after:
        return
    with recorded(actor, project.id, "flow.prompt_changed", project.key, before={"prompt": code, **before}) as entry:
        kept.body = text
        kept.archived_at = (kept.archived_at or entry.at) if out else None
        db.session.add(kept)
        entry.after = {"prompt": code, **after}


def _words(project_id: int, body: str) -> str:
    """The words of a prompt, fit for everybody's eyes."""
    try:
        text = " ".join(text_of(body, LONGEST_PROMPT).split())
    except Unfit as unfit:
        raise invalid("body", unfit.message, **unfit.params) from None
    if not text:
        raise invalid("body", "Say what is to be asked.", "required")
    return for_everybodys_eyes(project_id, text)
