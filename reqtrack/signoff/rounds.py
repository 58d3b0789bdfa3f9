"""The result of acceptance as a subject: a closed round is signed; the signature falls when what it accepted turns stale or fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from reqtrack.acceptance.models import NO_ROW, Result, Round, RoundScenario, Standing
from reqtrack.acceptance.queries import round_fingerprint
from reqtrack.accounts.models import Project
from reqtrack.baselines.content import visible_keys
from reqtrack.db import db
from reqtrack.errors import YES, NotFound, no
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.subjects import Outcome, Subject, SubjectKind, Told, number_in


def load(project_id: int, number: int) -> Subject:
    """A round as a subject.

    Raises:
        NotFound: there is none of that number.
    """
    found = round_of(project_id, number)
    rows = standings(found.id)
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


def standings(round_id: int) -> list[Any]:
    """What counts in a round: rows ``(key, title, row, verdict, text_print, seal, tester, note)``, ``row`` None without examples."""
    rows = db.session.execute(
        select(
            Item.key, Item.title, Item.number, Standing.row, Standing.verdict, Result.text_print, Result.seal,
            Result.tester, Result.note,
        )
        .select_from(Standing)
        .join(
            RoundScenario,
            and_(RoundScenario.round_id == Standing.round_id, RoundScenario.acceptance_id == Standing.acceptance_id),
        )
        .join(Item, Item.id == Standing.acceptance_id)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(Standing.round_id == round_id)
        .order_by(Item.number, Standing.row)
    )  # fmt: skip
    return list(rows)


def outcome(project_id: int, signoff: Signoff, roles: frozenset[str]) -> Outcome:
    """Signed, or superseded by what turned stale or failed since it was completed (one query)."""
    number = number_in(signoff.subject)
    since = signoff.settled_seq or 0
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
            Standing.verdict.in_(("passed", "skipped")),
            or_(failed, turned_stale),
        )
        .order_by(Item.number, Standing.row)
    )
    fallen = tuple(
        Told(row.key, row.title, "failed" if row.failed else "stale", None if row.row == NO_ROW else row.row)
        for row in rows
    )
    return Outcome("superseded" if fallen else "signed", fallen=fallen)


def completed(actor: Actor, project: Project, signoff: Signoff) -> Mapping[str, Any]:
    """A signed result brings nothing else with it."""
    return {}


def shown(actor: Actor, project: Project, signoff: Signoff) -> Mapping[str, Any]:
    """What a page shows of the result to be signed: each scenario and row with its verdict, what did not pass first."""
    found = round_of(project.id, number_in(signoff.subject))
    rows = standings(found.id)
    keys = set(visible_keys(actor, project.id, [row.key for row in rows]))
    seen = [row for row in rows if row.key in keys]
    return {
        "round": found,
        "rows": sorted(seen, key=lambda row: (row.verdict == "passed", row.number, row.row)),
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
