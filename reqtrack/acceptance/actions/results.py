"""Verbs on results.

A result is final once it is here: the history is append-only. What was recorded by mistake is corrected by recording again
(the newest counts, both stay); the ten seconds in which a verdict can be undone pass on the tester's device, before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.acceptance import policy
from reqtrack.acceptance.actions import defects
from reqtrack.acceptance.actions.standings import stand
from reqtrack.acceptance.models import VERDICTS, Acceptance, Result, Round
from reqtrack.acceptance.queries import rounds as queries
from reqtrack.audit.record import recorded
from reqtrack.db import clean_text, db
from reqtrack.errors import Invalid, Reason, Refused, invalid
from reqtrack.items import store
from reqtrack.items.actions import attach
from reqtrack.permissions import Actor

LONGEST_NOTE = 10_000
MOST_STEPS = 1_500
MARKS = ("", "passed", "failed")


def record_result(
    actor: Actor,
    found: Round,
    scenario: Acceptance,
    row: int | None,
    verdict: str,
    note: str = "",
    steps: Sequence[str] = (),
    *,
    missing_from: str = "",
    evidence: Sequence[policy.Evidence] = (),
    once: str = "",
    seen: int | None = None,
) -> Result:
    """Record what a tester saw. The first result starts a planned round.

    Args:
        row: of the example table, from 0; None where there is none.
        verdict: passed, failed, blocked or skipped; all but the first need a ``note``.
        steps: a mark per step inside: passed, failed or "".
        missing_from: who can bring what a blocked test waits for (the ``note`` says what that is).
        evidence: files sent along, already in the store; they hang on the scenario, too.
        once: the sender's own name for this result: sent again, the first one is answered and nothing is recorded twice.
        seen: the ``text_seq`` of the scenario that the tester read; None skips the check.

    Raises:
        Refused: no permission or not a named tester (403); closed, not in the round, retired, ``once`` used for something
            else (409). TextMoved: the text moved since ``seen`` (409). Invalid: no such row or verdict, no note.
    """
    asked = queries.asked(actor, found, scenario, row)
    known = sent_before(actor, found, scenario, row, verdict, once) if once else None
    if known is not None:
        return known
    may = policy.may_record(actor, asked)
    may.require(policy.status_of(may))
    note = _complete(asked, verdict, note, steps)
    missing_from = " ".join(checked_text(missing_from, "missing_from", 200).split()) if verdict == "blocked" else ""
    if seen is not None and seen != scenario.text_seq:
        raise policy.TextMoved(scenario.key, seen)
    result = keep(
        actor, found, scenario, row, verdict, note, steps=list(steps) or None, missing_from=missing_from or None,
        evidence=[[one.digest, one.name] for one in evidence] or None, once=once or None,
    )  # fmt: skip
    for one in evidence:
        attach(actor, scenario, one.digest, one.name, one.media_type, one.size)
    return result


def keep(
    actor: Actor, found: Round, scenario: Acceptance, row: int | None, verdict: str, note: str, **more: Any
) -> Result:
    """Write a person's result, bound to the text as it stands, and let it count. Nothing is asked; it starts a planned round.

    Args:
        more: further columns of the result.
    """
    if found.stage == "planned":
        start(actor, found)
    number = store.next_number(found.project_id, "RES")
    with recorded(actor, found.project_id, "result.recorded", found.key) as entry:
        result = Result(
            project_id=found.project_id, number=number, round_id=found.id, acceptance_id=scenario.id,
            acceptance_version=scenario.version, row=row, verdict=verdict, note=note, text_print=scenario.text_print,
            seq=scenario.text_seq, tester=actor.login, tester_name=actor.name, at=entry.at, since=entry.seq, **more,
        )  # fmt: skip
        entry.seal(result)
        stand(result)
        entry.after = _said(result, scenario)
    defects.follow(found.project_id, [scenario.id])
    return result


def _said(result: Result, scenario: Acceptance) -> Mapping[str, Any]:
    said = {"result": result.number, "acceptance": scenario.key, "row": result.row, "verdict": result.verdict}
    return {**said, "affirms": result.affirms} if result.affirms is not None else said


def sent_before(
    actor: Actor, found: Round, scenario: Acceptance, row: int | None, verdict: str, once: str
) -> Result | None:
    """The result that was sent under this name already."""
    if len(once) > 120:
        raise invalid("once", "The name of a sending has at most 120 characters.")
    wanted = select(Result).where(Result.round_id == found.id, Result.once == once)
    known = db.session.execute(wanted).scalar()
    if known is None:
        return None
    same = (known.tester, known.acceptance_id, known.row, known.verdict) == (actor.login, scenario.id, row, verdict)
    if not same:
        raise Refused((Reason("sent_before", "Another result was sent under this name already.", {}, "once"),), 409)
    return known


def _complete(asked: policy.Asked, verdict: str, note: str, steps: Sequence[str]) -> str:
    """The note, after everything that a result needs was found there."""
    if verdict not in VERDICTS:
        message = "%(verdict)s is not one of: %(verdicts)s."
        raise invalid("verdict", message, verdict=str(verdict)[:40], verdicts=tuple(VERDICTS))
    row = policy.row_exists(asked)
    if not row:
        raise Invalid(row.reasons)
    note = checked_text(note, "note").strip()
    if verdict in policy.NOTED and not note:
        raise invalid("note", "Say what you saw.", "required")
    if any(mark not in MARKS for mark in steps) or len(steps) > MOST_STEPS:
        raise invalid("steps", "A step is marked passed, failed or not at all.")
    return note


def start(actor: Actor, found: Round) -> None:
    """A planned round begins, by its first result."""
    with recorded(actor, found.project_id, "round.started", found.key, before={"stage": "planned"}) as entry:
        found.stage = "running"
        entry.after = {"stage": "running"}


def checked_text(given: str, field: str, longest: int = LONGEST_NOTE) -> str:
    """A text in normal form.

    Raises:
        Invalid: too long, or with a NUL.
    """
    if "\x00" in given or len(given) > longest:
        raise invalid(field, "This must be a text of at most %(longest)s characters.", longest=longest)
    return clean_text(given)
