"""What processes and special flows show on the shared pages, and what they add to forms and lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from reqtrack.errors import NotFound
from reqtrack.interviews import panels as interviews
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor
from reqtrack.scenarios import actions, queries

# What a form takes along that is to tell a special flow: ``SCN-1:offline``.
TELLS = "tells_flow"


def on_process(actor: Actor, item: Any) -> Mapping[str, Any]:
    """The swim lane of a process, what hangs on each step, friction and gaps."""
    page = queries.page_of(actor, g.project, item)
    mains = [one for row in page.rows for one in row.scenarios if one.kind == "main"]
    mains += [one for one in page.loose if one.kind == "main"]
    asks = actor.may("interview.read", item.project_id)
    return {
        "page": page,
        "may_write": bool(store.may_create(actor, g.project, KINDS["scenario"])),
        "may_edit": bool(store.may_write(actor, item, KINDS["process"])),
        "flows": queries.counts(item.project_id, [one.id for one in mains]) if asks and mains else {},
    }


def part_of(actor: Actor, item: Any) -> Mapping[str, Any] | None:
    """The steps that a scenario tells; nothing where it is part of no process that the actor may see."""
    told = queries.steps_told(actor, item)
    return {"processes": told} if told else None


def special_flows(actor: Actor, item: Any) -> Mapping[str, Any] | None:
    """What a main scenario is asked about; nothing for who may not read what interviews gave."""
    if item.scenario_kind != "main" or item.retired or not actor.may("interview.read", item.project_id):
        return None
    flows = queries.flows(actor, item)
    return {
        "flows": flows,
        "answered": sum(not one.open for one in flows),
        "may_answer": bool(store.may_write(actor, item, KINDS["scenario"])),
        "carry": carried(actor, item) if any(one.open for one in flows) else {},
    }


def carried(actor: Actor, item: Any) -> dict[str, str]:
    """What a scenario that is written for a special flow begins with."""
    processes = [process.key for process, _steps in queries.steps_told(actor, item)]
    steps = [str(number) for number in item.process_steps or ()] if len(processes) == 1 else []
    begun = {"process": " ".join(processes), "process_steps": " ".join(steps), "actor": item.actor or ""}
    return {name: value for name, value in begun.items() if value}


def options(actor: Actor, project_id: int, values: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The steps to choose from in a scenario's form, once its process is known."""
    given = values.get("process") or ()
    keys = given.replace(",", " ").split() if isinstance(given, str) else list(given)
    steps = queries.steps_of(actor, project_id, keys[0]) if len(keys) == 1 else []
    return {"process_steps": step_options(steps)} if steps else {}


def step_options(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps as boxes to tick."""
    return [
        {"value": step["id"], "label": f"{step['id']}. {step.get('name', '')}", "note": step.get("actor", "")}
        for step in steps
    ]


def after_create(actor: Actor, item: Item, form: MultiDict[str, str]) -> None:
    """A scenario that was written for a special flow tells it; one from an excerpt is backed by it."""
    interviews.after_create(actor, item, form)
    key, _colon, code = form.get(TELLS, "").partition(":")
    if key and code:
        main = item_for(actor, item.project_id, key, "scenario")
        actions.tell_flow(actor, main, code, item)  # type: ignore[arg-type]


def prefill(actor: Actor, project_id: int, kind: str, given: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """What a form that was opened from an excerpt or for a special flow begins with, and what is said about it."""
    filled, told = interviews.prefill(actor, project_id, kind, given)
    key, _colon, code = str(given.get(TELLS, "")).partition(":")
    if key and code:
        try:
            main = item_for(actor, project_id, key, "scenario")
        except NotFound:
            return filled, told
        asked = next((one.text for one in queries.prompts(project_id) if one.code == code), "")
        told = [*told, _("A special flow of %(key)s %(title)s: %(asked)s", key=main.key, title=main.title, asked=asked)]
    return filled, told


def veiled(actor: Actor, project_id: int, value: list[Any]) -> list[Any]:
    """What a scenario says of its process, for who may see processes."""
    return [] if actor.kind == "user" and actor.roles_in(project_id) == {"implementer"} else value


def gaps_cell(row: Any, extra: Mapping[str, Any]) -> Any:
    return extra.get("gaps") or None


def friction_cell(row: Any, extra: Mapping[str, Any]) -> str | None:
    """The figures over the budget, else all that are known."""
    figures = extra.get("friction", ())
    over = [one for one in figures if one["over_planned"] or one["over_now"]]
    words = [queries.figure_words(one) for one in over or figures]
    mark = "!" if over else ""
    return mark + " · ".join(word for word in words if word) or None


def flows_cell(row: Any, extra: Mapping[str, Any]) -> str | None:
    """How many special flows of a main scenario are answered."""
    counted = extra.get("special_flows")
    return f"{counted['answered']} / {counted['asked']}" if counted else None
