"""The result of acceptance as a subject: a closed round is signed; the signature falls when what it accepted turns stale or fails.

What was stale when the round was closed was closed so with a reason. What turned stale since is judged here: it is signed with
remarks only, and a signature without them falls by it, whenever it was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, func, or_, select
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
from reqtrack.signoff.subjects import Outcome, Subject, SubjectKind, Told, number_in

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


def title(project_id: int, number: int) -> str:
    """The name of a round."""
    wanted = select(Round.name).where(Round.project_id == project_id, Round.number == number)
    return db.session.execute(wanted).scalar() or ""


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


def outcome(project_id: int, signoff: Signoff, given: Sequence[Signature]) -> Outcome:
    """Signed, or superseded by what turned stale since the round was closed, or failed since (two queries)."""
    number = number_in(signoff.subject)
    since = _accepted_until(signoff, given)
    later, newer = aliased(Round, flat=True), aliased(Standing, flat=True)
    failed = exists().where(
        newer.acceptance_id == Standing.acceptance_id,
        newer.row == Standing.row,
        newer.verdict == "failed",
        later.id == newer.round_id,
        later.number > number,
        later.stage.in_(("running", "closed")),
    )
    turned_stale = and_(Item.text_seq > Standing.seq, Item.text_seq > since)
    rows = db.session.execute(
        select(Item.key, Item.title, Standing.row, failed.label("failed"))
        .select_from(Standing)
        .join(Round, Round.id == Standing.round_id)
        .join(Item, Item.id == Standing.acceptance_id)
        .where(
            Round.project_id == project_id,
            Round.number == number,
            Standing.verdict.in_(ACCEPTED),
            or_(failed, turned_stale),
        )
        .order_by(Item.number, Standing.row)
    )
    fallen = tuple(Told(row.key, row.title, "failed" if row.failed else "stale", _row(row.row)) for row in rows)
    return Outcome("superseded" if fallen else "signed", fallen=fallen)


def _accepted_until(signoff: Signoff, given: Sequence[Signature]) -> int:
    """The event up to which texts may have moved: the round's closing; where everybody signed with remarks, the first of these
    signatures."""
    remarked = {row.signer for row in given if row.outcome == "signed" and row.reason}
    bare = {row.signer for row in given if row.outcome == "signed"} - remarked
    rows = db.session.execute(
        select(Event.seq, Event.action, Event.actor).where(
            Event.project_id == signoff.project_id,
            or_(
                and_(Event.subject == signoff.subject, Event.action == CLOSED),
                and_(Event.subject == signoff.key, Event.action == "signoff.signed"),
            ),
        )
    ).all()
    closed = max((row.seq for row in rows if row.action == CLOSED), default=signoff.settled_seq or 0)
    if bare:
        return closed
    return max(closed, min((row.seq for row in rows if row.actor in remarked), default=0))


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
    title=title,
    endpoint="acceptance.round",
    template="signoff/_round.html",
    shown=shown,
    outcome=outcome,
    completed=completed,
)
