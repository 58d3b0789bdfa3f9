"""Status: computed from the standings, never kept.

The newest running or closed round that contains a scenario counts. Of its rows, and of a requirement's scenarios, the worst
counts, in the order of ``STATUSES``. A result is stale when the text that it tested has moved since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from reqtrack.acceptance.models import NO_ROW, STATUSES, Acceptance, Round, RoundScenario, Standing
from reqtrack.db import db
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

RANK = {code: at for at, code in enumerate(STATUSES)}
COUNTING = ("running", "closed")
CHUNK = 5_000

_own = Acceptance.__table__
# How many results a scenario needs: one a row, or one for all where it has no example rows.
needed = case((_own.c.row_count > 0, _own.c.row_count), else_=1)
# Rows that were taken out of the example table since do not count any more.
in_table = or_(
    and_(_own.c.row_count == 0, Standing.row == NO_ROW), and_(Standing.row >= 0, Standing.row < _own.c.row_count)
)
_rank = case(
    (Standing.row.is_(None), None),
    (Item.text_seq > Standing.seq, RANK["stale"]),
    *((Standing.verdict == code, RANK[code]) for code in ("failed", "blocked", "skipped")),
    else_=RANK["passed"],
)


def rows_of(row_count: int) -> list[int]:
    """The rows that a scenario's results name: 0, 1, …, or ``NO_ROW`` alone where it has no example rows."""
    return list(range(row_count)) or [NO_ROW]


def status_of(text_seq: int, verdict: str | None, seq: int | None) -> str:
    """The status of one row from its newest result (None: there is none)."""
    if verdict is None or seq is None:
        return "untested"
    return "stale" if text_seq > seq else verdict


def worst(found: Iterable[str]) -> str:
    """The worst of some statuses; without any, untested."""
    return min(found, key=RANK.__getitem__, default="untested")


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ids in portions that both databases take as parameters of one statement."""
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))


def counting(*conditions: ColumnElement[bool]) -> Subquery:
    """``(acceptance_id, round_id)``: the round that counts for each scenario; ``conditions`` on RoundScenario or Round."""
    return (
        select(RoundScenario.acceptance_id, func.max(RoundScenario.round_id).label("round_id"))
        .join(Round, Round.id == RoundScenario.round_id)
        .where(Round.stage.in_(COUNTING), *conditions)
        .group_by(RoundScenario.acceptance_id)
        .subquery()
    )


def statuses(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The status of acceptance scenarios, all told and row by row.

    Returns:
        ``{id: {"status": code, "rows": {row: code}}}`` for those of the ids that the actor may see; the row is None where the
        scenario has no example rows.
    """
    found: dict[int, dict[str, Any]] = {}
    for chunk in chunks(list(ids)):
        rounds = counting(RoundScenario.acceptance_id.in_(chunk))
        rows = db.session.execute(
            select(_own.c.id, _own.c.row_count, Item.text_seq, Standing.row, Standing.verdict, Standing.seq)
            .select_from(Item)
            .join(_own, _own.c.id == Item.id)
            .outerjoin(rounds, rounds.c.acceptance_id == _own.c.id)
            .outerjoin(
                Standing,
                and_(Standing.round_id == rounds.c.round_id, Standing.acceptance_id == _own.c.id, in_table),
            )
            .where(Item.id.in_(chunk), visible(actor, project_id))
        )
        for row in rows:
            of_rows = found.setdefault(
                row.id, {"rows": {None if one == NO_ROW else one: "untested" for one in rows_of(row.row_count)}}
            )["rows"]
            if row.row is not None:
                of_rows[None if row.row == NO_ROW else row.row] = status_of(row.text_seq, row.verdict, row.seq)
    return {item_id: {"status": worst(one["rows"].values()), **one} for item_id, one in found.items()}


def ranked(*conditions: ColumnElement[bool]) -> Subquery:
    """``(id, rank)`` of scenarios in use, worst row first; ``conditions`` on Item or Acceptance narrow them."""
    rounds = counting(RoundScenario.acceptance_id.in_(_chosen(conditions)) if conditions else Round.id > 0)
    lowest, tested = func.min(_rank), func.count(Standing.row)
    untested = RANK["untested"]
    return (
        select(
            Item.id.label("id"),
            case(
                (and_(tested < func.max(needed), or_(lowest.is_(None), lowest > untested)), untested), else_=lowest
            ).label("rank"),
        )
        .select_from(Item)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(rounds, rounds.c.acceptance_id == Item.id)
        .outerjoin(Standing, and_(Standing.round_id == rounds.c.round_id, Standing.acceptance_id == Item.id, in_table))
        .where(Item.kind == "acceptance", Item.retired.is_(False), *conditions)
        .group_by(Item.id)
        .subquery()
    )


def _chosen(conditions: Sequence[ColumnElement[bool]]) -> Select[int]:
    return select(Item.id).where(Item.kind == "acceptance", *conditions).correlate(None)


def requirement_statuses(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """``{id: {"status": code}}`` of requirements: the worst over the scenarios that accept them, untested when none does,
    *verified* when implemented and everything passed on the text as it stands."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in chunks(list(ids)):
        accepting = select(Link.source_id).where(
            Link.target_id.in_(chunk), Link.kind == "accepts", Link.until.is_(None)
        )
        by_scenario = ranked(Item.id.in_(accepting))
        for row in db.session.execute(_requirements(by_scenario).where(Item.id.in_(chunk), visible(actor, project_id))):
            found[row.id] = {"status": _requirement_status(row.stage, row.rank)}
    return found


def _requirements(by_scenario: Subquery) -> Select[int, str, Any]:
    """``(id, stage, rank)`` of items, with the worst of what accepts them."""
    return (
        select(Item.id, Item.stage, func.min(by_scenario.c.rank).label("rank"))
        .outerjoin(Link, and_(Link.target_id == Item.id, Link.kind == "accepts", Link.until.is_(None)))
        .outerjoin(by_scenario, by_scenario.c.id == Link.source_id)
        .group_by(Item.id, Item.stage)
    )


def _requirement_status(stage: str, rank: int | None) -> str:
    status = "untested" if rank is None else STATUSES[rank]
    return "verified" if status == "passed" and stage == "implemented" else status


def tally(actor: Actor, project_id: int) -> dict[str, int]:
    """How many acceptance scenarios in use have which status, all statuses named."""
    by_scenario = ranked(visible(actor, project_id))
    rows = db.session.execute(select(by_scenario.c.rank, func.count()).group_by(by_scenario.c.rank))
    counts = {STATUSES[rank]: number for rank, number in rows}
    return {code: counts.get(code, 0) for code in STATUSES}


def requirement_tally(actor: Actor, project_id: int) -> list[tuple[str | None, int | None, str, int]]:
    """``(tier, phase id, status, number)`` of the requirements in use: how far acceptance is, by tier and phase."""
    requirement = aliased(Item, flat=True)
    by_scenario = ranked(visible(actor, project_id))
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
        key = (row.tier, row.phase_id, _requirement_status(row.stage, row.rank))
        counts[key] = counts.get(key, 0) + row.number
    return [(*key, number) for key, number in counts.items()]


def results_at_stake(ids: Iterable[int]) -> dict[int, int]:
    """How many fresh results would turn stale if the texts of these items changed, by acceptance scenario.

    Args:
        ids: of acceptance scenarios, and of requirements (for those that accept them); others add nothing.
    """
    wanted = sorted(set(ids))
    scenarios: set[int] = set()
    for chunk in chunks(wanted):
        scenarios.update(db.session.execute(select(_own.c.id).where(_own.c.id.in_(chunk))).scalars())
        accepting = select(Link.source_id).where(
            Link.target_id.in_(chunk), Link.kind == "accepts", Link.until.is_(None)
        )
        scenarios.update(db.session.execute(accepting).scalars())
    found: dict[int, int] = {}
    for chunk in chunks(sorted(scenarios)):
        rounds = counting(RoundScenario.acceptance_id.in_(chunk))
        rows = db.session.execute(
            select(Standing.acceptance_id, func.count())
            .join(
                rounds,
                and_(rounds.c.acceptance_id == Standing.acceptance_id, rounds.c.round_id == Standing.round_id),
            )
            .join(_own, _own.c.id == Standing.acceptance_id)
            .join(Item, Item.id == _own.c.id)
            .where(in_table, Item.text_seq <= Standing.seq, Item.retired.is_(False))
            .group_by(Standing.acceptance_id)
        )
        found.update((scenario, number) for scenario, number in rows)
    return found


def stale_if_changed(ids: Iterable[int]) -> int:
    """How many fresh results would turn stale if the texts of these items changed."""
    return sum(results_at_stake(ids).values())


# -- what lists, pages and the API show ----------------------------------------------------------------------------------


def decorate_acceptance(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """``status``, ``rows`` (how many), ``row_statuses`` (in order) and ``accepts`` (keys) of acceptance scenarios."""
    accepted = accepted_keys(ids)
    return {
        item_id: {
            "status": one["status"],
            "rows": 0 if None in one["rows"] else len(one["rows"]),
            "row_statuses": list(one["rows"].values()),
            "accepts": accepted.get(item_id, []),
        }
        for item_id, one in statuses(actor, project_id, ids).items()
    }


def accepted_keys(ids: Sequence[int]) -> dict[int, list[str]]:
    """The keys of the requirements that scenarios accept, by scenario."""
    found: dict[int, list[str]] = {}
    for chunk in chunks(list(ids)):
        for source, key in db.session.execute(
            select(Link.source_id, Item.key)
            .join(Item, Item.id == Link.target_id)
            .where(Link.source_id.in_(chunk), Link.kind == "accepts", Link.until.is_(None))
            .order_by(Item.number)
        ):
            found.setdefault(source, []).append(key)
    return found


def implementer_sees(actor: Actor) -> ColumnElement[bool]:
    """The acceptance scenarios that an implementer may see: those that accept an agreed requirement."""
    target = aliased(Item, flat=True)
    return Item.id.in_(
        select(Link.source_id)
        .join(target, target.id == Link.target_id)
        .where(Link.kind == "accepts", Link.until.is_(None), target.stage.in_(("approved", "implemented")))
    )
