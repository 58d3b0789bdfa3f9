"""The rows that say which result counts: written with each result, and anew where one was revoked or machines may say more or less."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from reqtrack.acceptance.actions import defects
from reqtrack.acceptance.actions.days import forget_days
from reqtrack.acceptance.models import NO_ROW, Result, Round, ScenarioStanding, Standing
from reqtrack.acceptance.queries import proof
from reqtrack.acceptance.queries.counting import added_up, counting_results
from reqtrack.accounts.models import Project
from reqtrack.db import db, one_of

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
PLACE = ("round_id", "acceptance_id", "row")
STANDS = ("project_id", "number", "verdict", "seq")
SPINE = {"spine": True}


def stand(result: Result) -> None:
    """Let the standing of a result's row point to it."""
    _stand([result])
    here = {"round": result.round_id, "scenario": result.acceptance_id}
    db.session.execute(_sum_of_one(db.engine.dialect.name), here, execution_options=SPINE)


def _stand(results: Collection[Result]) -> None:
    if not results:
        return
    rows = [
        {**{name: getattr(one, name) for name in (*PLACE, *STANDS)}, "row": NO_ROW if one.row is None else one.row}
        for one in results
    ]
    db.session.execute(_put(db.engine.dialect.name), rows, execution_options=SPINE)


# Each result is written by these: to put them together takes longer than the database does.
@cache
def _put(dialect: str) -> Any:
    put: Any = INSERTS[dialect](Standing)
    return put.on_conflict_do_update(index_elements=PLACE, set_={name: put.excluded[name] for name in STANDS})


@cache
def _sum_of_one(dialect: str) -> Any:
    """Adds up the standings of a ``scenario`` in a ``round`` anew, where it has any."""
    names = [column.name for column in ScenarioStanding.__table__.columns]
    here = added_up(Standing.round_id == bindparam("round"), Standing.acceptance_id == bindparam("scenario"))
    put: Any = INSERTS[dialect](ScenarioStanding.__table__).from_select(names, here)
    return put.on_conflict_do_update(index_elements=names[:2], set_={name: put.excluded[name] for name in names[2:]})


def add_up(project_id: int, round_id: int | None = None, scenarios: Collection[int] | None = None) -> None:
    """Add up the standings anew: of a whole project, or of these acceptance scenarios in a round or in all."""

    def chosen(of: type[Standing | ScenarioStanding]) -> list[ColumnElement[bool]]:
        here: list[ColumnElement[bool]] = [one_of(of.acceptance_id, scenarios)] if scenarios is not None else []
        if round_id is not None:
            return [of.round_id == round_id, *here]
        return here or [of.round_id.in_(select(Round.id).where(Round.project_id == project_id))]

    names = [column.name for column in ScenarioStanding.__table__.columns]
    spine = {**SPINE, "synchronize_session": False}
    db.session.execute(delete(ScenarioStanding).where(*chosen(ScenarioStanding)), execution_options=spine)
    db.session.execute(
        insert(ScenarioStanding).from_select(names, added_up(*chosen(Standing))), execution_options=SPINE
    )


def stand_again(project_id: int, round_id: int | None = None, scenarios: Collection[int] | None = None) -> None:
    """Work out anew what counts: of a whole project, or of these acceptance scenarios in a round."""
    wanted = counting_results(project_id, round_id, scenarios)
    kept = select(Standing).where(Standing.project_id == project_id)
    if round_id is not None:
        kept = kept.where(Standing.round_id == round_id)
    if scenarios is not None:
        kept = kept.where(one_of(Standing.acceptance_id, scenarios))
    for one in db.session.execute(kept).scalars().all():
        result = wanted.get((one.round_id, one.acceptance_id, one.row))
        if result is None:
            db.session.delete(one)
        elif (one.project_id, one.number, one.verdict, one.seq) == (
            result.project_id, result.number, result.verdict, result.seq,
        ):  # fmt: skip
            del wanted[one.round_id, one.acceptance_id, one.row]
    _stand(wanted.values())
    db.session.flush()
    add_up(project_id, round_id, scenarios)
    db.session.expire_all()
    defects.follow(project_id, scenarios)


def machines_count(project: Project) -> None:
    """Let what a machine's pass is worth in a project hold in its rounds, but for the closed: they stay as they were signed."""
    wanted = select(Round).where(Round.project_id == project.id, Round.stage != "closed")
    for found in db.session.execute(wanted).scalars():
        found.machine_counts = project.machine_counts
    db.session.flush()
    stand_again(project.id)
    forget_days(project.id)


def rebuild_standings(project_id: int) -> int:
    """Make the standings of a project anew from its results; returns how many were not as they should be."""
    wrong = len(proof.standing_faults(project_id))
    stand_again(project_id)
    return wrong
