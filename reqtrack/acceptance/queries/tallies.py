"""How far acceptance is, over a whole project."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from reqtrack.acceptance.models import STATUSES, Acceptance, Round, ScenarioStanding
from reqtrack.acceptance.queries.status import RANK, counting, needed, requirement_status
from reqtrack.db import db, looked_at_last, plain
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

_own = Acceptance.__table__


_sum = ScenarioStanding
tested = _sum.passed + _sum.failed + _sum.blocked + _sum.skipped + _sum.older
# The status of a scenario from its standings added up, as ``status.rank_of_row`` has it row by row.
rank_of_scenario = case(
    (or_(_sum.seq.is_(None), tested == 0), RANK["untested"]),
    (Item.text_seq > _sum.seq, RANK["stale"]),
    (_sum.failed > 0, RANK["failed"]),
    (_sum.blocked > 0, RANK["blocked"]),
    (_sum.older > 0, RANK["stale"]),
    (tested < needed, RANK["untested"]),
    (_sum.skipped > 0, RANK["skipped"]),
    else_=RANK["passed"],
)


def ranked(actor: Actor, project_id: int) -> Subquery:
    """``(id, rank)`` of the scenarios in use that the actor sees, worst row first."""
    rounds = counting(Round.project_id == project_id)
    return (
        select(Item.id.label("id"), rank_of_scenario.label("rank"))
        .select_from(Item)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(rounds, rounds.c.acceptance_id == Item.id)
        .outerjoin(_sum, and_(_sum.round_id == rounds.c.round_id, _sum.acceptance_id == Item.id))
        .where(Item.kind == "acceptance", Item.retired.is_(False), visible(actor, project_id))
        .subquery()
    )


def _requirements(by_scenario: Subquery) -> Select[int, str, Any]:
    """``(id, stage, rank)`` of items, with the worst of what accepts them."""
    return (
        select(Item.id, Item.stage, func.min(by_scenario.c.rank).label("rank"))
        .outerjoin(Link, and_(Link.target_id == Item.id, Link.kind == "accepts", Link.until.is_(None)))
        .outerjoin(by_scenario, by_scenario.c.id == Link.source_id)
        # SQLite would read all items of the project, because they come in the order of ids.
        .group_by(looked_at_last(Item.id), Item.stage)
    )


def tally(actor: Actor, project_id: int) -> dict[str, int]:
    """How many acceptance scenarios in use have which status, all statuses named."""
    by_scenario = ranked(actor, project_id)
    rows = db.session.execute(select(by_scenario.c.rank, func.count()).group_by(by_scenario.c.rank))
    counts = {STATUSES[rank]: number for rank, number in rows}
    return {code: counts.get(code, 0) for code in STATUSES}


def all_statuses(actor: Actor, project_id: int) -> list[tuple[str, str, bool]]:
    """``(key, status, whether an import brought it and nobody has looked)`` of the acceptance scenarios in use, in number order."""
    by_scenario = ranked(actor, project_id)
    wanted = select(Item.key, by_scenario.c.rank, Item.imported).join(by_scenario, by_scenario.c.id == Item.id)
    return [(row.key, STATUSES[row.rank], row.imported) for row in plain(wanted.order_by(Item.number))]


def requirement_tally(actor: Actor, project_id: int) -> list[tuple[str | None, int | None, str, int]]:
    """``(tier, phase id, status, number)`` of the requirements in use: how far acceptance is, by tier and phase."""
    requirement = aliased(Item, flat=True)
    by_scenario = ranked(actor, project_id)
    each = (
        _requirements(by_scenario)
        .where(
            visible(actor, project_id),
            Item.kind == "requirement",
            Item.retired.is_(False),
            Item.stage.not_in(("deferred", "rejected", "obsolete")),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(requirement.tier, requirement.phase_id, each.c.stage, each.c.rank, func.count().label("number"))
        .join(each, each.c.id == requirement.id)
        .group_by(requirement.tier, requirement.phase_id, each.c.stage, each.c.rank)
    )
    counts: dict[tuple[str | None, int | None, str], int] = {}
    for row in rows:
        key = (row.tier, row.phase_id, requirement_status(row.stage, row.rank))
        counts[key] = counts.get(key, 0) + row.number
    return [(*key, number) for key, number in counts.items()]


def having_status(actor: Actor, project_id: int, kind: str, status: str) -> Select[int] | None:
    """The ids of the acceptance scenarios, or requirements, in use that have a status; None: their kind has none such."""
    by_scenario = ranked(actor, project_id)
    if kind == "acceptance":
        return select(by_scenario.c.id).where(by_scenario.c.rank == RANK[status]) if status in RANK else None
    if kind != "requirement":
        return None
    each = (
        _requirements(by_scenario)
        .where(visible(actor, project_id), Item.kind == "requirement", Item.retired.is_(False))
        .subquery()
    )
    built = each.c.stage == "implemented"
    fits = {
        **{code: each.c.rank == rank for code, rank in RANK.items()},
        "untested": or_(each.c.rank.is_(None), each.c.rank == RANK["untested"]),
        "passed": and_(each.c.rank == RANK["passed"], ~built),
        "verified": and_(each.c.rank == RANK["passed"], built),
    }
    return select(each.c.id).where(fits[status]) if status in fits else None


def process_statuses(actor: Actor, project_id: int) -> list[dict[str, str]]:
    """``{key, title, status}`` of the processes in use, in number order: the worst over the acceptance scenarios of the requirements
    that arise from their scenarios; untested where there are none (one statement)."""
    by_scenario = ranked(actor, project_id)
    part, arises, accepts = aliased(Link, flat=True), aliased(Link, flat=True), aliased(Link, flat=True)
    told = (
        select(part.target_id.label("id"), func.min(by_scenario.c.rank).label("rank"))
        .join(arises, and_(arises.source_id == part.source_id, arises.kind == "gives_rise_to", arises.until.is_(None)))
        .join(accepts, and_(accepts.target_id == arises.target_id, accepts.kind == "accepts", accepts.until.is_(None)))
        .join(by_scenario, by_scenario.c.id == accepts.source_id)
        .where(part.project_id == project_id, part.kind == "part_of", part.until.is_(None))
        .group_by(part.target_id)
        .subquery()
    )
    rows = plain(
        select(Item.key, Item.title, told.c.rank)
        .outerjoin(told, told.c.id == Item.id)
        .where(visible(actor, project_id), Item.kind == "process", Item.retired.is_(False))
        .order_by(Item.number)
    )
    return [
        {"key": row.key, "title": row.title, "status": "untested" if row.rank is None else STATUSES[row.rank]}
        for row in rows
    ]
