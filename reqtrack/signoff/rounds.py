"""The result of acceptance as a subject: a closed round is signed; the signature falls when what it accepted turns stale or fails.

What was stale when the round was closed was closed so with a reason. What turned stale since is judged here: it is signed with
remarks only, and a signature without them falls by it, whenever it was given.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from reqtrack.acceptance.models import NO_ROW, Result, Round, RoundScenario, Standing
from reqtrack.acceptance.queries import round_fingerprint
from reqtrack.acceptance.queries.status import status_of
from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.baselines.content import visible_keys
from reqtrack.db import db
from reqtrack.errors import YES, NotFound, no
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.subjects import Outcome, Place, Subject, SubjectKind, Told, number_in

# What a signature on a result accepts; a failure is none of it.
ACCEPTED = ("passed", "skipped")
CLOSED = "round.closed"


def load(project_id: int, number: int) -> Subject:
    """A round as a subject.

    Raises:
        NotFound: there is none of that number.
    """
    found = round_of(project_id, number)
    rows = standings(found)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.verdict] = counts.get(row.verdict, 0) + 1
    ready = YES
    if found.stage != "closed":
        ready += no("not_closed", "%(key)s is not closed yet: its results may still change.", key=found.key)
    if not rows:
        ready += no("no_results", "%(key)s has no results to sign.", key=found.key)
    return Subject(
        key=found.key,
        kind="round",
        title=found.name,
        at=found.closed_at or found.created_at,
        fingerprint=round_fingerprint(found),
        counts=counts,
        ready=ready,
        made_by=frozenset(row.tester for row in rows),
        stale=tuple(Told(row.key, row.title, "stale", _row(row.row)) for row in rows if _turned(row)),
    )


def round_of(project_id: int, number: int) -> Round:
    """The round of a number.

    Raises:
        NotFound: there is none.
    """
    found = db.session.execute(select(Round).where(Round.project_id == project_id, Round.number == number)).scalar()
    if found is None:
        raise NotFound(f"RND-{number}")
    return found


def titles(places: Collection[Place]) -> dict[Place, str]:
    """The names of rounds."""
    own = (Round.project_id, Round.number)
    rows = db.session.execute(select(*own, Round.name).where(tuple_(*own).in_(places)))
    return {(row.project_id, row.number): row.name for row in rows}


def standings(found: Round) -> list[Any]:
    """What counts in a round: rows ``(key, title, number, row, verdict, tester, note, text_seq, seq, closed)``.

    ``row`` is ``NO_ROW`` without examples. A result is stale where ``text_seq`` is greater than ``seq``; it turned so since the
    round was closed where ``text_seq`` is greater than ``closed``, too.
    """
    closed = select(func.max(Event.seq)).where(
        Event.project_id == found.project_id, Event.subject == found.key, Event.action == CLOSED
    )
    rows = db.session.execute(
        select(
            Item.key, Item.title, Item.number, Standing.row, Standing.verdict, Result.tester, Result.note,
            Item.text_seq, Standing.seq, closed.scalar_subquery().label("closed"),
        )
        .select_from(Standing)
        .join(
            RoundScenario,
            and_(RoundScenario.round_id == Standing.round_id, RoundScenario.acceptance_id == Standing.acceptance_id),
        )
        .join(Item, Item.id == Standing.acceptance_id)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(Standing.round_id == found.id)
        .order_by(Item.number, Standing.row)
    )  # fmt: skip
    return list(rows)


def _turned(row: Any) -> bool:
    """Whether a signature would accept a result that turned stale since the round was closed."""
    return row.verdict in ACCEPTED and row.text_seq > max(row.seq, row.closed or 0)


def _row(row: int) -> int | None:
    return None if row == NO_ROW else row


def outcomes(project_id: int, asked: Sequence[tuple[Signoff, Sequence[Signature]]]) -> dict[int, Outcome]:
    """Signed, or superseded by what turned stale since the round was closed, or failed since (two statements)."""
    moved: dict[int, list[Any]] = {}
    for row in _moved(project_id, {number_in(signoff.subject) for signoff, _given in asked}):
        moved.setdefault(row.number, []).append(row)
    events = _events(project_id, [signoff for signoff, _given in asked])
    return {
        signoff.id: _judged(signoff, given, events, moved.get(number_in(signoff.subject), []))
        for signoff, given in asked
    }


def _moved(project_id: int, numbers: Collection[int]) -> list[Any]:
    """What rounds accepted and is stale now, or failed in a later round: ``(number, key, title, row, text_seq, seq, failed)``."""
    later, newer = aliased(Round, flat=True), aliased(Standing, flat=True)
    failed = exists().where(
        newer.acceptance_id == Standing.acceptance_id,
        newer.row == Standing.row,
        newer.verdict == "failed",
        later.id == newer.round_id,
        later.number > Round.number,
        later.stage.in_(("running", "closed")),
    )
    rows = db.session.execute(
        select(Round.number, Item.key, Item.title, Standing.row, Item.text_seq, Standing.seq, failed.label("failed"))
        .select_from(Standing)
        .join(Round, Round.id == Standing.round_id)
        .join(Item, Item.id == Standing.acceptance_id)
        .where(
            Round.project_id == project_id,
            Round.number.in_(numbers),
            Standing.verdict.in_(ACCEPTED),
            or_(failed, Item.text_seq > Standing.seq),
        )
        .order_by(Item.number, Standing.row)
    )
    return list(rows)


def _events(project_id: int, signoffs: Sequence[Signoff]) -> dict[str, int]:
    """When the rounds of sign-offs were last closed, and when each signature was given: by the round's key, or the signature's seal,
    the event (one statement). On paper it is given by who compared the sheet, so its signer is not asked for."""
    rows = db.session.execute(
        select(Event.subject, Event.action, Event.seals, Event.seq)
        .where(
            Event.project_id == project_id,
            Event.subject.in_({part for one in signoffs for part in (one.subject, one.key)}),
            Event.action.in_((CLOSED, "signoff.signed")),
        )
        .order_by(Event.seq)
    )
    found: dict[str, int] = {}
    for row in rows:
        told = [row.subject] if row.action == CLOSED else [seal for _table, _key, seal in json.loads(row.seals or "[]")]
        found.update(dict.fromkeys(told, row.seq))
    return found


def _judged(signoff: Signoff, given: Sequence[Signature], events: Mapping[str, int], moved: Sequence[Any]) -> Outcome:
    closed = events.get(signoff.subject, signoff.settled_seq or 0)
    stale = tuple(
        Told(row.key, row.title, "stale", _row(row.row)) for row in moved if row.text_seq > max(row.seq, closed)
    )
    if signoff.state != "signed":
        return Outcome(signoff.state, stale=stale)
    until = _accepted_until(given, events, closed)
    fallen = tuple(
        Told(row.key, row.title, "failed" if row.failed else "stale", _row(row.row))
        for row in moved
        if row.failed or row.text_seq > max(row.seq, until)
    )
    return Outcome("superseded" if fallen else "signed", fallen=fallen, stale=stale)


def _accepted_until(given: Sequence[Signature], events: Mapping[str, int], closed: int) -> int:
    """The event up to which texts may have moved: the round's closing; where everybody signed with remarks, the first of these
    signatures."""
    signed = [row for row in given if row.outcome == "signed"]
    if any(not row.reason for row in signed):
        return closed
    return max(closed, min((events.get(row.seal, 0) for row in signed), default=0))


def completed(actor: Actor, project: Project, signoff: Signoff) -> Mapping[str, Any]:
    """A signed result brings nothing else with it."""
    return {}


def shown(actor: Actor, project: Project, signoff: Signoff) -> Mapping[str, Any]:
    """What a page shows of the result to be signed: each scenario and row with what it is worth now (``status``: stale, or its
    verdict), what is not passed first."""
    found = round_of(project.id, number_in(signoff.subject))
    rows = standings(found)
    keys = set(visible_keys(actor, project.id, [row.key for row in rows]))
    seen = [
        {**row._mapping, "status": status_of(row.text_seq, row.verdict, row.seq)} for row in rows if row.key in keys
    ]
    return {
        "round": found,
        "rows": sorted(seen, key=lambda row: (row["status"] == "passed", row["number"], row["row"])),
        "hidden": len(rows) - len(seen),
    }


ROUND = SubjectKind(
    prefix="RND",
    name="round",
    label=_l("Acceptance round"),
    meaning=_l("I accept this result."),
    load=load,
    titles=titles,
    endpoint="acceptance.round",
    template="signoff/_round.html",
    shown=shown,
    outcomes=outcomes,
    completed=completed,
    said={"en": "I accept this result.", "zh": "我接受这个结果。"},
    holds=_l(
        "It holds for these results. When a text changes or one of them fails later, it falls, and you will be told."
    ),
)
