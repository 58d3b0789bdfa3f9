"""The results that count, read from the results themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from reqtrack.acceptance.counting import Given, counting
from reqtrack.acceptance.models import NO_ROW, VERDICTS, Acceptance, Result, ResultRevocation, Round, Standing
from reqtrack.db import db, one_of

# Where a result stands: round, acceptance scenario, row (``NO_ROW`` without examples).
Place = tuple[int, int, int]

_own = Acceptance.__table__
# Rows that were taken out of the example table since do not count any more.
in_table = or_(
    and_(_own.c.row_count == 0, Standing.row == NO_ROW), and_(Standing.row >= 0, Standing.row < _own.c.row_count)
)


def added_up(*conditions: ColumnElement[bool]) -> Select[Any, Any, Any, Any, Any, Any, Any, Any]:
    """The rows of ``ScenarioStanding`` as the standings give them; ``conditions`` on Standing narrow them."""
    newest = (
        select(Standing.round_id, Standing.acceptance_id, func.max(Standing.seq).label("seq"))
        .join(_own, _own.c.id == Standing.acceptance_id)
        .where(in_table, *conditions)
        .group_by(Standing.round_id, Standing.acceptance_id)
        .subquery()
    )

    def number(wanted: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((wanted, 1), else_=0))

    on_newest = Standing.seq == newest.c.seq
    same = and_(newest.c.round_id == Standing.round_id, newest.c.acceptance_id == Standing.acceptance_id)
    return (
        select(
            Standing.round_id, Standing.acceptance_id, newest.c.seq,
            *(number(and_(on_newest, Standing.verdict == verdict)).label(verdict) for verdict in VERDICTS),
            number(Standing.seq < newest.c.seq).label("older"),
        )
        .join(newest, same)
        .join(_own, _own.c.id == Standing.acceptance_id)
        .where(in_table, *conditions)
        .group_by(Standing.round_id, Standing.acceptance_id, newest.c.seq)
    )  # fmt: skip


def not_revoked() -> ColumnElement[bool]:
    """The clause for results that were not revoked."""
    return ~exists().where(ResultRevocation.project_id == Result.project_id, ResultRevocation.number == Result.number)


def counting_results(
    project_id: int | None = None, round_id: int | None = None, scenarios: Collection[int] | None = None
) -> dict[Place, Result]:
    """The result that counts at each place (three statements at most).

    Args:
        project_id, round_id, scenarios: only those of a project, of a round, of acceptance scenarios by id; None: all.
    """
    where = [not_revoked()]
    if project_id is not None:
        where.append(Result.project_id == project_id)
    if round_id is not None:
        where.append(Result.round_id == round_id)
    if scenarios is not None:
        where.append(one_of(Result.acceptance_id, scenarios))
    found = {_place(one): one for one in db.session.execute(_newest(where)).scalars()}
    brought = db.session.execute(
        select(Result).where(*where, Result.machine_run.is_not(None)).order_by(Result.project_id, Result.number)
    ).scalars()
    machines: dict[Place, list[Result]] = {}
    for one in brought:
        machines.setdefault(_place(one), []).append(one)
    alone = _alone({place[0] for place in machines}) if machines else {}
    for place, results in machines.items():
        by_number = {one.number: one for one in (*results, *([found[place]] if place in found else ()))}
        counted = counting(
            [Given(one.number, one.verdict, one.machine_run is not None) for _n, one in sorted(by_number.items())],
            alone[place[0]],
        )
        if counted is not None:
            found[place] = by_number[counted]
    return found


def _newest(where: Sequence[ColumnElement[bool]]) -> Select[Result]:
    """The newest result that a person recorded at each place."""
    newest = (
        select(Result.project_id, func.max(Result.number).label("number"))
        .where(*where, Result.machine_run.is_(None))
        .group_by(Result.project_id, Result.round_id, Result.acceptance_id, func.coalesce(Result.row, NO_ROW))
        .subquery()
    )
    return select(Result).join(newest, and_(newest.c.project_id == Result.project_id, newest.c.number == Result.number))


def _place(one: Result) -> Place:
    return one.round_id, one.acceptance_id, NO_ROW if one.row is None else one.row


def _alone(rounds: Collection[int]) -> Mapping[int, bool]:
    rows = db.session.execute(select(Round.id, Round.machine_counts).where(one_of(Round.id, rounds)))
    return {row.id: row.machine_counts == "alone" for row in rows}
