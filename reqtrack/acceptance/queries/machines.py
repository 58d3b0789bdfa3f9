"""Runs of machines: what a file may bring into a round, what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select

from reqtrack.acceptance.machines import OUTSIDE, Report, Scenario, Sorted, sort_out
from reqtrack.acceptance.models import (
    Acceptance,
    MachineRun,
    Result,
    ResultRevocation,
    Round,
    RoundScenario,
)
from reqtrack.acceptance.policy import Bringing
from reqtrack.acceptance.queries.rounds import tests_in
from reqtrack.acceptance.queries.status import data_of
from reqtrack.db import db, plain, whole_number
from reqtrack.errors import NotFound
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

_own = Acceptance.__table__
PAGE = 200


def bringing(actor: Actor, found: Round) -> Bringing:
    """What the policy wants to know before a machine's results come into a round (one query)."""
    tester = exists().where(Round.id == found.id, tests_in(actor.id))
    is_tester = bool(db.session.execute(select(tester)).scalar())
    return Bringing(found.project_id, found.key, found.stage, is_tester)


def run_of_file(found: Round, digest: str) -> MachineRun | None:
    """The run by which a file came into a round before."""
    wanted = select(MachineRun).where(MachineRun.round_id == found.id, MachineRun.digest == digest)
    return db.session.execute(wanted).scalar()


def taken(found: Round, report: Report, run: MachineRun | None) -> Sorted:
    """Which results of a file a round takes (two queries at most). ``run``: by which the file came in before."""
    done: dict[str, int] = {}
    if run is not None:
        own = select(Result.once, Result.number).where(
            Result.round_id == found.id, Result.project_id == found.project_id, Result.machine_run == run.number
        )
        done = {row.once: row.number for row in plain(own)}
    return sort_out(report.results, _scenarios(found), done, report.digest)


def _scenarios(found: Round) -> dict[str, Scenario]:
    rows = plain(
        select(
            Item.key, Item.id, Item.version, Item.text_print, Item.text_seq, Item.retired, _own.c.row_count
        )
        .join(RoundScenario, RoundScenario.acceptance_id == Item.id)
        .join(_own, _own.c.id == Item.id)
        .where(RoundScenario.round_id == found.id)
    )  # fmt: skip
    return {
        row.key: Scenario(row.id, row.version, row.text_print, row.text_seq, row.retired, row.row_count) for row in rows
    }


# -- what was brought ----------------------------------------------------------------------------------------------------


def runs_of(found: Round, *, after: int = 0, limit: int | None = None) -> Sequence[MachineRun]:
    """The runs of a round from number ``after`` on, oldest first."""
    wanted = select(MachineRun).where(MachineRun.round_id == found.id, MachineRun.number > after)
    return db.session.execute(wanted.order_by(MachineRun.number).limit(limit)).scalars().all()


def run_for(actor: Actor, project_id: int, given: str | int) -> tuple[MachineRun, Round]:
    """A run by its number, with its round.

    Raises:
        NotFound: there is none such for them.
    """
    number = whole_number(str(given))
    row = None
    if number is not None and actor.may("project.read", project_id):
        wanted = select(MachineRun, Round).join(Round, Round.id == MachineRun.round_id)
        row = db.session.execute(wanted.where(MachineRun.project_id == project_id, MachineRun.number == number)).first()
    if row is None:
        raise NotFound(f"machine run {str(given)[:40]}")
    return row.MachineRun, row.Round


@dataclass(frozen=True)
class Line:
    """A scenario and row that a run said something of. ``result`` is None before it is recorded."""

    key: str
    title: str
    row: int | None
    data: Sequence[str]
    verdict: str
    note: str
    attempts: int
    flaky: bool
    by: str = ""
    number: int | None = None
    machine_run: int | None = None
    affirms: int | None = None
    revoked: str | None = None


def lines_of(actor: Actor, run: MachineRun, *, after: int = 0, limit: int = PAGE) -> list[Line]:
    """What a run recorded, of the scenarios that the actor may see, in number order from ``after`` on (one query)."""
    rows = db.session.execute(
        select(Result, Item.key, Item.title, _own.c.examples, ResultRevocation.reason.label("revoked"))
        .join(Item, Item.id == Result.acceptance_id)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(
            ResultRevocation,
            (ResultRevocation.project_id == Result.project_id) & (ResultRevocation.number == Result.number),
        )
        .where(
            Result.project_id == run.project_id, Result.machine_run == run.number, Result.round_id == run.round_id,
            Result.number > after, visible(actor, run.project_id),
        )
        .order_by(Result.number)
        .limit(limit)
    )  # fmt: skip
    return [_line(row) for row in rows]


def _line(row: Any) -> Line:
    result: Result = row.Result
    data = [value for _column, value in data_of(row.examples, result.row)]
    return Line(
        row.key, row.title, result.row, data, result.verdict, result.note, result.attempts or 1, bool(result.flaky),
        number=result.number, machine_run=result.machine_run, revoked=row.revoked,
    )  # fmt: skip


def titles_of(actor: Actor, project_id: int, keys: Sequence[str]) -> dict[str, str]:
    """The titles of those acceptance scenarios that the actor may see, by key (one query for four hundred)."""
    known: dict[str, str] = {}
    for at in range(0, len(keys), 400):
        wanted = select(Item.key, Item.title).where(Item.key.in_(keys[at : at + 400]), visible(actor, project_id))
        known |= {row.key: row.title for row in plain(wanted)}
    return known


def seen_by(actor: Actor, run: MachineRun, *, limit: int | None = None) -> list[dict[str, Any]]:
    """What a run could not record, with the ``title`` of its scenario; nothing of those that the actor may not see."""
    kept = run.unmatched if limit is None else run.unmatched[:limit]
    keys = list(dict.fromkeys(one["acceptance"] for one in kept if one.get("acceptance")))
    known = titles_of(actor, run.project_id, keys)
    return [
        {**one, "title": known.get(one.get("acceptance", ""), "")}
        for one in kept
        if not one.get("acceptance") or one["acceptance"] in known
    ]


def missing_of(run: MachineRun) -> list[str]:
    """The keys of scenarios that a run knows, and its round did not hold."""
    return list(dict.fromkeys(one["acceptance"] for one in run.unmatched if one["reason"]["code"] == OUTSIDE))
