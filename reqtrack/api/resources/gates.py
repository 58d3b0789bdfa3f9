"""Gates with what each of their rules finds, passages, and waivers."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from reqtrack import clock
from reqtrack.api.area import PROJECT, after_number, answered, area, check_version, created, limit, listed, paged, short
from reqtrack.api.schemas import GatePassageBody, GatePatch, ReasonBody, WaiverBody
from reqtrack.gates import actions, queries
from reqtrack.gates.judging import Finding, Outcome
from reqtrack.gates.kinds import GATES
from reqtrack.gates.models import GatePassage
from reqtrack.gates.queries import Gates
from reqtrack.gates.waiving import Held
from reqtrack.requirements.models import Phase

# What one may read of gates is what one may read of a project's content: not implementers.
READ = "interview.read"


def _phase(given: str) -> Phase | None:
    return queries.phase_given(g.project_id, given)


def _gates() -> Gates:
    return queries.gates_of(g.project, _phase(request.args.get("phase", "")))


def _gate(found: Gates, gate: str) -> dict[str, Any]:
    """A gate: its answer, and each rule with its figures and what stands in its way."""
    answer = found.answers[gate]
    findings = [one for outcome in answer.outcomes for one in outcome.found.findings]
    seen = queries.shown_keys(g.actor, g.project_id, findings)
    return {
        "key": gate, "version": found.own.version if found.own is not None else 0, "title": str(GATES[gate]),
        "phase": found.phase.name if found.phase is not None else None,
        "answer": "no" if answer.stopped else "warned" if answer.warned else "yes", "met": answer.met,
        "fingerprint": answer.fingerprint, "waivers": list(answer.waivers),
        "rules": [_rule(one, seen) for one in answer.outcomes],
        "off": [name for name, one in found.sets[gate].items() if one.mode == "off"],
    }  # fmt: skip


def _rule(one: Outcome, seen: frozenset[str]) -> dict[str, Any]:
    shown = [each for each in one.found.findings if all(key in seen for key in queries.keys_in(each.subject))]
    return {
        "rule": one.name, "title": str(one.set.title), **one.set.options(), "state": one.state, "done": one.found.done,
        "total": one.found.total, "findings": [_finding(each, one.waivers.get(each, ())) for each in shown],
        "hidden": len(one.found.findings) - len(shown),
    }  # fmt: skip


def _finding(one: Finding, waivers: tuple[str, ...]) -> dict[str, Any]:
    return {
        "subject": one.subject or None, "items": queries.keys_in(one.subject), "what": one.code,
        "rows": [row for row in one.rows if row is not None], "waivers": list(waivers),
    }  # fmt: skip


@area.listing(f"{PROJECT}/gates", READ, "phase")
@area.doc(summary="What the gates say, of a phase or the whole project", tags=["gates"])
def list_gates(project: str) -> Response:
    found = _gates()
    return short([_gate(found, gate) for gate in GATES], "key")


@area.page(f"{PROJECT}/gates/<gate>", READ, arguments=("phase",))
@area.doc(summary="One gate, rule by rule", tags=["gates"])
def read_gate(project: str, gate: str) -> Response:
    return answered(_gate(_gates(), queries.gate_named(gate)))


@area.act(f"{PROJECT}/gates/<gate>", "project.manage", methods=("PATCH",))
@area.input(GatePatch, location="json", arg_name="body")
@area.doc(summary="Set rules of a gate; the version is that of all rules together", tags=["gates"])
def update_gate(project: str, gate: str, body: GatePatch) -> Response:
    found = queries.gate_named(gate)
    own = queries.own_rules(g.project_id)
    version = own.version if own is not None else 0
    check_version("gates", version)
    wanted = {name: rule.model_dump(exclude_none=True) for name, rule in body.rules.items()}
    actions.set_rules(g.actor, g.project, {found: wanted}, seen=version)
    return answered(_gate(_gates(), found))


# -- passages ----------------------------------------------------------------------------------------------------------


def _passage(row: GatePassage) -> dict[str, Any]:
    return {
        "id": row.number, "version": 1, "gate": row.gate, "phase": row.phase_name or None, "pilot": row.pilot, "note": row.note,
        "by": row.by, "name": row.by_name, "roles": row.roles.split(), "at": clock.iso(row.at), "zone": row.zone,
        "fingerprint": row.fingerprint, "rules": row.told, "seal": row.seal,
    }  # fmt: skip


@area.listing(f"{PROJECT}/passages", READ)
@area.doc(summary="The gates that were passed", tags=["gates"])
def list_passages(project: str) -> Response:
    rows = queries.passages(g.project_id, after=after_number(), limit=limit() + 1)
    return paged(rows, _passage, lambda row: row.number)


@area.page(f"{PROJECT}/passages/<int:number>", READ)
@area.doc(summary="A passage, with what each rule found then", tags=["gates"])
def read_passage(project: str, number: int) -> Response:
    return answered(_passage(queries.passage_for(g.actor, g.project_id, number)))


@area.act(f"{PROJECT}/gates/<gate>/passages", READ, proof=True, shape="Thing")
@area.input(GatePassageBody, location="json", arg_name="body")
@area.doc(summary="Pass a gate", tags=["gates"])
def pass_gate(project: str, gate: str, body: GatePassageBody) -> Response:
    given = body.model_dump(include={"pilot", "note", "seen"})
    return created(
        _passage(actions.pass_gate(g.actor, g.project, queries.gate_named(gate), _phase(body.phase), **given))
    )


# -- waivers -----------------------------------------------------------------------------------------------------------


def _waiver(held: Held) -> dict[str, Any]:
    one = held.waiver
    seen = queries.shown_keys(g.actor, g.project_id, [Finding(subject, "") for _rule, subject, _row in one.covers])
    shown = [
        {"rule": rule or None, "item": subject or None, "row": row}
        for rule, subject, row in one.covers
        if all(key in seen for key in queries.keys_in(subject))
    ]
    return {
        "key": one.key, "version": 2 if held.withdrawn is not None else 1, "number": one.number, "state": held.state,
        "reason": one.reason, "workaround": one.workaround, "owner": one.owner, "expires_on": one.expires, "gates": one.gates,
        "covers": shown, "hidden": len(one.covers) - len(shown), "results": one.results, "asked_by": one.asked_by,
        "asked_at": clock.iso(one.at), "fingerprint": one.fingerprint,
        "signoff": f"SGN-{held.signoff}" if held.signoff is not None else None,
        "withdrawn": None
        if held.withdrawn is None
        else {"by": held.withdrawn.by, "at": clock.iso(held.withdrawn.at), "reason": held.withdrawn.reason},
    }  # fmt: skip


@area.listing(f"{PROJECT}/waivers", READ)
@area.doc(summary="List waivers", tags=["waivers"])
def list_waivers(project: str) -> Response:
    size = limit()
    rows = queries.held(g.project, after=after_number(), limit=size + 1)
    return listed([_waiver(one) for one in rows[:size]], rows[size - 1].waiver.number if len(rows) > size else None)


@area.page(f"{PROJECT}/waivers/<key>", READ)
@area.doc(summary="Read a waiver", tags=["waivers"])
def read_waiver(project: str, key: str) -> Response:
    return answered(_waiver(queries.waiver_for(g.actor, g.project, key)))


@area.act(f"{PROJECT}/waivers", "signoff.request", makes="read_waiver")
@area.input(WaiverBody, location="json", arg_name="body")
@area.doc(summary="Ask for a waiver: it excuses nothing before it is signed", tags=["waivers"])
def create_waiver(project: str, body: WaiverBody) -> Response:
    given = body.model_dump(exclude={"covers", "reason"})
    covers = [(one.rule, one.item, one.row) for one in body.covers]
    made, _asked = actions.ask(g.actor, g.project, body.reason, covers=covers, **given)
    return created(_waiver(queries.waiver_for(g.actor, g.project, made.number)))


@area.act(f"{PROJECT}/waivers/<key>/withdrawal", READ, shape="Thing")
@area.input(ReasonBody, location="json", arg_name="body")
@area.doc(summary="Withdraw a waiver before its day", tags=["waivers"])
def withdraw_waiver(project: str, key: str, body: ReasonBody) -> Response:
    held = queries.waiver_for(g.actor, g.project, key)
    actions.withdraw(g.actor, g.project, held, body.reason)
    return created(_waiver(queries.waiver_for(g.actor, g.project, key)))
