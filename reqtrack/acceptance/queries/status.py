"""Status: computed from the standings, never kept.

The newest running or closed round that contains a scenario counts. Of its rows, and of a requirement's scenarios, the worst
counts, in the order of ``STATUSES``. A result is stale when the text that it tested has moved since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.orm import aliased

from reqtrack.acceptance.models import NO_ROW, STATUSES, Acceptance, Round, RoundScenario, Standing
from reqtrack.acceptance.queries.counting import in_table as in_table
from reqtrack.db import db, plain
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all, titles
from reqtrack.permissions import Actor

RANK = {code: at for at, code in enumerate(STATUSES)}
COUNTING = ("running", "closed")
CHUNK = 5_000

_own = Acceptance.__table__
# How many results a scenario needs: one a row, or one for all where it has no example rows.
needed = case((_own.c.row_count > 0, _own.c.row_count), else_=1)
rank_of_row = case(
    (Standing.row.is_(None), None),
    (Item.text_seq > Standing.seq, RANK["stale"]),
    *((Standing.verdict == code, RANK[code]) for code in ("failed", "blocked", "skipped")),
    else_=RANK["passed"],
)


def rows_of(row_count: int) -> list[int]:
    """The rows that a scenario's results name: 0, 1, …, or ``NO_ROW`` alone where it has no example rows."""
    return list(range(row_count)) or [NO_ROW]


def data_of(examples: Mapping[str, Any] | None, row: int | None) -> list[tuple[str, str]]:
    """The data of one example row as ``(column, value)``."""
    rows = (examples or {}).get("rows", [])
    if examples is None or row is None or not 0 <= row < len(rows):
        return []
    return list(zip(examples["header"], rows[row], strict=False))


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


def _counting_round() -> ScalarSelect[int]:
    """The round that counts for the scenario of the enclosing statement: for a page's worth of scenarios quicker than ``counting``."""
    return (
        select(func.max(RoundScenario.round_id))
        .join(Round, Round.id == RoundScenario.round_id)
        .where(Round.stage.in_(COUNTING), RoundScenario.acceptance_id == _own.c.id)
        .correlate(_own)
        .scalar_subquery()
    )


# Lists ask for statuses on every page: their statements are put together once. ``ids`` is bound anew at each call.
_ids: BindParameter[Any] = bindparam("ids", expanding=True)


@cache
def _rows_statement() -> Select[Any, Any, Any, Any, Any, Any]:
    return (
        select(_own.c.id, _own.c.row_count, Item.text_seq, Standing.row, Standing.verdict, Standing.seq)
        .select_from(Item)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(
            Standing,
            and_(Standing.acceptance_id == _own.c.id, Standing.round_id == _counting_round(), in_table),
        )
        .where(Item.id.in_(_ids), Item.project_id == bindparam("project"))
    )


@cache
def _requirement_statement() -> Select[Any, Any, Any, Any, Any]:
    """A row per requirement and scenario: the worst of its results, how many it has, how many it needs."""
    required = aliased(Item, flat=True)
    return (
        select(
            required.id,
            required.stage,
            func.min(rank_of_row).label("lowest"),
            func.count(Standing.row).label("tested"),
            func.max(case((Item.id.is_(None), None), else_=needed)).label("needed"),
        )
        .select_from(required)
        .outerjoin(Link, and_(Link.target_id == required.id, Link.kind == "accepts", Link.until.is_(None)))
        .outerjoin(Item.__table__, and_(Item.id == Link.source_id, Item.retired.is_(False)))
        .outerjoin(_own, _own.c.id == Item.id)
        .outerjoin(
            Standing,
            and_(Standing.acceptance_id == _own.c.id, Standing.round_id == _counting_round(), in_table),
        )
        .where(required.id.in_(_ids), required.project_id == bindparam("project"))
        .group_by(required.id, required.stage, Item.id)
    )


def _may_see(actor: Actor, project_id: int, ids: Sequence[int]) -> list[int]:
    """Those of the items that the actor may see; no question to the database for who sees everything."""
    if sees_all(actor, project_id):
        return list(ids)
    return sorted(titles(actor, project_id, ids))


def statuses(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The status of acceptance scenarios, all told and row by row.

    Returns:
        ``{id: {"status": code, "rows": {row: code}}}`` for those of the ids that the actor may see; the row is None where the
        scenario has no example rows.
    """
    found: dict[int, dict[str, Any]] = {}
    for chunk in chunks(_may_see(actor, project_id, ids)):
        for row in plain(_rows_statement(), {"ids": chunk, "project": project_id}):
            of_rows = found.setdefault(
                row.id, {"rows": {None if one == NO_ROW else one: "untested" for one in rows_of(row.row_count)}}
            )["rows"]
            if row.row is not None:
                of_rows[None if row.row == NO_ROW else row.row] = status_of(row.text_seq, row.verdict, row.seq)
    return {item_id: {"status": worst(one["rows"].values()), **one} for item_id, one in found.items()}


def requirement_statuses(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """``{id: {"status": code}}`` of requirements: the worst over the scenarios that accept them, untested when none does,
    *verified* when implemented and everything passed on the text as it stands."""
    ranks: dict[int, tuple[str, int | None]] = {}
    for chunk in chunks(_may_see(actor, project_id, ids)):
        for row in plain(_requirement_statement(), {"ids": chunk, "project": project_id}):
            rank = _rank_of(row.lowest, row.tested, row.needed)
            before = ranks.get(row.id, (row.stage, None))[1]
            ranks[row.id] = (row.stage, rank if before is None else before if rank is None else min(rank, before))
    return {item_id: {"status": requirement_status(stage, rank)} for item_id, (stage, rank) in ranks.items()}


def _rank_of(lowest: int | None, tested: int, wanted: int | None) -> int | None:
    """The rank of a scenario from the worst of its results; None where there is no scenario."""
    if wanted is None:
        return None
    untested = RANK["untested"]
    if lowest is None or (tested < wanted and lowest > untested):
        return untested
    return lowest


def requirement_status(stage: str, rank: int | None) -> str:
    """The status of a requirement from the worst rank of what accepts it (None: nothing does)."""
    status = "untested" if rank is None else STATUSES[rank]
    return "verified" if status == "passed" and stage == "implemented" else status


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
    return _of_agreed()


@cache
def _of_agreed() -> ColumnElement[bool]:
    target = aliased(Item, flat=True)
    return Item.id.in_(
        select(Link.source_id)
        .join(target, target.id == Link.target_id)
        .where(Link.kind == "accepts", Link.until.is_(None), target.stage.in_(("approved", "implemented")))
    )
