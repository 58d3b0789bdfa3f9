"""Verbs on defects: raised of a failed result, seen again, mended, opened again; moved by what is tested afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from reqtrack.acceptance import defect_policy as policy
from reqtrack.acceptance.actions.hook import tell
from reqtrack.acceptance.models import NO_ROW, Defect, DefectRow
from reqtrack.acceptance.queries import defects as queries
from reqtrack.acceptance.queries import results
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import YES, Invalid, NotFound
from reqtrack.items import store, values
from reqtrack.items.actions import attach
from reqtrack.items.kinds import KINDS
from reqtrack.items.moves import Move
from reqtrack.permissions import SYSTEM, Actor
from reqtrack.workflow import machine, tables

# What another tracker is told, by the stage that a defect moves to.
TOLD = {"fixed": "fixed", "closed": "closed", "open": "reopened"}


def raise_of(actor: Actor, project: Project, found: results.Recorded, given: Mapping[str, Any]) -> Defect:
    """Raise a defect of a failed result, in its row and with its files. Sent again for the same result, the first is answered.

    Args:
        given: fields of the defect as a form or the API sends them; ``queries.draft_of`` has what they begin with.

    Raises:
        Refused: no permission (403); the result did not fail, or was revoked (409). Invalid: a field does not fit.
    """
    known = queries.of_result(project.id, found.result.number)
    if known is not None:
        return known
    may = policy.may_raise(actor, project.id, _shows(found))
    may.require(policy.status_of(may))
    kind = KINDS["defect"]
    parsed = values.parse(kind, project, {**given, "found_in": [found.scenario.key]})
    made: Defect = store.create(actor, project, kind, parsed)  # type: ignore[assignment]
    _add_row(actor, made, found)
    return made


def add_to(actor: Actor, defect: Defect, found: results.Recorded) -> Defect:
    """Say that a failed result shows a defect that is there already.

    Raises:
        Refused: no permission (403); the result did not fail, or the defect is done with (409).
    """
    may = policy.may_add(actor, defect.project_id, _shows(found), defect.key, defect.stage, defect.retired)
    may.require(policy.status_of(may))
    scenarios = store.linked(defect, "found_in")
    if found.scenario.id not in {one.id for one in scenarios}:
        store.edit(actor, defect, {"found_in": [*scenarios, found.scenario]})
    _add_row(actor, defect, found)
    follow(defect.project_id, [found.scenario.id])
    return defect


def _shows(found: results.Recorded) -> policy.Shows:
    return policy.Shows(found.result.number, found.result.verdict, found.revoked is not None)


def _add_row(actor: Actor, defect: Defect, found: results.Recorded) -> None:
    """Keep the row in which a result showed a defect, newest result first, and hang the result's files on the defect."""
    result = found.result
    row = NO_ROW if result.row is None else result.row
    kept = db.session.get(DefectRow, (defect.id, found.scenario.id, row))
    if kept is not None and kept.number == result.number:
        return
    with recorded(actor, defect.project_id, "defect.shown", defect.key) as entry:
        if kept is None:
            kept = DefectRow(defect_id=defect.id, acceptance_id=found.scenario.id, row=row)
            db.session.add(kept)
        kept.round_id, kept.number = found.round.id, result.number
        entry.after = {"acceptance": found.scenario.key, "row": result.row, "result": result.number}
    for one in results.evidence_of(found):
        attach(actor, defect, one.digest, one.name, one.media_type, one.size)


# -- stages --------------------------------------------------------------------------------------------------------------


def follow(project_id: int, scenarios: Collection[int] | None = None) -> None:
    """Let the stages of defects be what the results say that count now; called whenever those may have changed.

    Args:
        scenarios: only defects that show in these acceptance scenarios; None: all of the project.
    """
    found = queries.followed(project_id, scenarios)
    verdicts = queries.verdicts_since([one.id for one in found])
    for defect in found:
        stage = policy.stage_after(defect.stage, defect.fixed_seq, verdicts.get(defect.id, []))
        if stage != defect.stage:
            store.move(SYSTEM, defect, stage)
            _tell(SYSTEM, defect)


def scenario_saved(actor: Actor, scenario: Any, changed: Sequence[str]) -> None:
    """After a save of an acceptance scenario: rows may have come or gone, or all of them with it."""
    if not changed or "examples" in changed:
        follow(scenario.project_id, [scenario.id])


def raised(actor: Actor, defect: Any) -> None:
    """Once a defect was made, whichever way: another tracker may want to know."""
    tell(actor, defect, "raised")


def _tell(actor: Actor, defect: Defect) -> None:
    if defect.stage in TOLD:
        tell(actor, defect, TOLD[defect.stage])


def moves(actor: Actor, item: Defect) -> list[Move]:
    """The moves from where a defect is."""
    listed = machine.moves(tables.DEFECT, actor, item, _facts(actor, item))
    return [Move(one.name, one.label, one.to, verdict, one.asks) for one, verdict in listed]


def make_move(actor: Actor, item: Defect, name: str, given: Mapping[str, str]) -> None:
    """Move a defect by hand. Fixed, its rows want a result; opened again or no defect, results move it no more.

    Raises:
        Refused: with every reason; 409 when it moved meanwhile. NotFound: no such move. Invalid: no reason where one is asked.
    """
    try:
        transition = tables.DEFECT.named(name)
    except KeyError:
        raise NotFound(name) from None
    verdict = machine.may(actor, item, transition, _facts(actor, item).get(name, YES))
    verdict.require(policy.status_of(verdict))
    store.check_stage(item, given.get("seen_stage") or None)
    reason = given.get("reason", "").strip()
    complete = machine.complete(transition, reason)
    if not complete:
        raise Invalid(complete.reasons)
    columns: dict[str, Any] = {}
    if name == "fix":
        columns = {"fixed_seq": lambda entry: entry.seq}
    elif name in ("reopen", "not_a_defect"):
        columns = {"fixed_seq": None}
    store.move(actor, item, transition.to, reason=reason, columns=columns)
    _tell(actor, item)


def _facts(actor: Actor, item: Defect) -> dict[str, Any]:
    rows = queries.row_count(item) if item.stage in policy.RETESTED else 0
    return policy.move_facts(actor, item.project_id, item.key, item.assignee_id, rows)


def defaults(actor: Actor, project_id: int, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A new defect is a normal one where nobody said how bad it is."""
    return {**given, "severity": given.get("severity") or "normal"}


def clean(actor: Actor, project_id: int, values: Mapping[str, Any], item: Defect | None) -> Mapping[str, Any]:
    """How bad a defect is always stands: left empty, it is as bad as it was."""
    if "severity" not in values or values["severity"]:
        return values
    return {**values, "severity": (item.severity if item is not None else None) or "normal"}
