"""The audit chain, and what of it is about one thing: the history of what has no versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g

from reqtrack.acceptance.queries import round_for
from reqtrack.acceptance.queries.data_sets import set_for as set_of
from reqtrack.api.area import PROJECT, after_number, answered, area, before_number, limit, paged
from reqtrack.api.resources.projects import phase_at
from reqtrack.audit import queries as audit
from reqtrack.baselines.queries import baseline_for
from reqtrack.branches.queries import branch_for
from reqtrack.errors import NotFound
from reqtrack.gates.queries import gate_named, waiver_for
from reqtrack.interviews.queries import stakeholder_for, unknown_accounts
from reqtrack.interviews.queries.guide import set_for
from reqtrack.items import present
from reqtrack.items.happened import OWN_WORD
from reqtrack.signoff.queries import signoff_for

# What of a stakeholder's record gives a person away.
TELLING = frozenset({"name", "job_role", "region", "level", "user", "user_id"})

# What of a project's settings or of an assessment is money.
MONEY = frozenset({"day_rate", "cost", "change_budget_cost"})


def _event(row: Any) -> dict[str, Any]:
    """An event as the reader may know it: what things cost is told only to who may read costs; what a stakeholder does
    (elsewhere it is shown where enough people do it), and who was heard and confirmed it, only to who may read names."""
    shown = audit.as_dict(row)
    hidden = set() if g.actor.may("name.read", g.project_id) else _naming(shown)
    if not g.actor.may("cost.read", g.project_id):
        hidden |= MONEY
    for part in ("before", "after"):
        if isinstance(shown[part], dict):
            shown[part] = {key: told for key, told in shown[part].items() if key not in hidden}
    return {**shown, **{part: _read(shown[part]) for part in ("before", "after", "reason")}}


def _read(told: Any) -> Any:
    """What an event keeps as the reader may read it: it was written when nobody knew yet whom it names."""
    if isinstance(told, dict):
        return {name: _read(part) for name, part in told.items()}
    if isinstance(told, list):
        return [_read(part) for part in told]
    return present.mask(g.actor, g.project_id, told) if isinstance(told, str) else told


def _naming(shown: dict[str, Any]) -> set[str]:
    """What of an event names somebody; the interviewee's own word loses its author."""
    if str(shown["subject"]).startswith(("stakeholder:", "voice-target:", "question-set:")):
        return set(TELLING)
    moved = shown["action"] == "interview.moved" and (shown["after"] or {}).get("stage") == "confirmed"
    if (moved or shown["action"] in OWN_WORD) and shown["actor"] in (called := unknown_accounts(g.actor, g.project_id)):
        shown["actor_name"], shown["actor"] = called[shown["actor"]], None
    return set()


@area.listing(f"{PROJECT}/events", "project.read", shape="Event")
@area.doc(summary="The project's audit chain", tags=["events"])
def list_events(project: str) -> Response:
    if not g.actor.may("interview.read", g.project_id):
        raise NotFound("events")  # the chain tells of interviews; an implementer sees none
    rows = audit.events_after(g.project_id, after_number(), limit() + 1)
    return paged(rows, _event, lambda row: row.seq)


@area.facts(f"{PROJECT}/events/<int:number>", "project.read", shape="Event")
@area.doc(summary="One event of the chain", tags=["events"])
def read_event(project: str, number: int) -> Response:
    rows = audit.events_after(g.project_id, number - 1, 1)
    if not rows or rows[0].seq != number or not g.actor.may("interview.read", g.project_id):
        raise NotFound(f"event {number}")
    return answered(_event(rows[0]))


# -- the history of what has no versions -------------------------------------------------------------------------------


def _declare_history(name: str, permission: str, part: str, subject: Callable[[Any], str]) -> None:
    """``subject`` finds the thing that an address names (or raises NotFound) and says how events call it."""

    @area.listing(f"{PROJECT}/{name}/<{part}>/history", permission, endpoint=f"history_{name}", shape="Event")
    @area.doc(summary="What was done to it, newest first", tags=[name])
    def history(project: str, **named: Any) -> Response:
        (given,) = named.values()
        rows = audit.events_about(g.project_id, subject(given), limit() + 1, before_number())
        return paged(rows, _event, lambda row: row.seq)


def _stakeholder(number: int) -> str:
    return f"stakeholder:{stakeholder_for(g.actor, g.project_id, number).id}"


_declare_history("stakeholders", "interview.read", "int:number", _stakeholder)


def _question_set(number: int) -> str:
    return f"question-set:{set_for(g.actor, g.project_id, number).id}"


_declare_history("question-sets", "interview.read", "int:number", _question_set)
_declare_history("phases", "project.read", "int:number", lambda number: f"phase:{phase_at(number).id}")
_declare_history("baselines", "project.read", "key", lambda key: baseline_for(g.actor, g.project_id, key).key)
_declare_history("branches", "interview.read", "key", lambda key: branch_for(g.actor, g.project_id, key).branch.key)
_declare_history("rounds", "project.read", "key", lambda key: round_for(g.actor, g.project_id, key).key)
_declare_history("datasets", "interview.read", "key", lambda key: set_of(g.actor, g.project_id, key).key)
_declare_history("signoffs", "project.read", "key", lambda key: signoff_for(g.actor, g.project_id, key).key)
_declare_history("waivers", "interview.read", "key", lambda key: waiver_for(g.actor, g.project, key).waiver.key)
_declare_history("gates", "interview.read", "gate", lambda gate: f"gate:{gate_named(gate)}")


@area.listing(f"{PROJECT}/history", "project.read", shape="Event")
@area.doc(summary="What was done to the project's settings, newest first", tags=["projects"])
def history_project(project: str) -> Response:
    rows = audit.events_about(g.project_id, g.project.key, limit() + 1, before_number())
    return paged(rows, _event, lambda row: row.seq)
