"""The rows that say which result counts: written with each result, and anew where one was revoked or machines may say more or less."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from reqtrack.acceptance.actions import defects
from reqtrack.acceptance.models import NO_ROW, Result, Standing
from reqtrack.acceptance.queries import proof
from reqtrack.acceptance.queries.counting import counting_results
from reqtrack.db import db, one_of


def stand(result: Result) -> None:
    """Let the standing of a result's row point to it."""
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(Standing)
    values = {
        "project_id": result.project_id, "number": result.number, "verdict": result.verdict, "seq": result.seq,
    }  # fmt: skip
    place = {
        "round_id": result.round_id,
        "acceptance_id": result.acceptance_id,
        "row": NO_ROW if result.row is None else result.row,
    }
    statement = insert.values(**place, **values).on_conflict_do_update(index_elements=list(place), set_=values)
    db.session.execute(statement, execution_options={"spine": True})


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
    for result in wanted.values():
        stand(result)
    db.session.flush()
    db.session.expire_all()
    defects.follow(project_id, scenarios)


def rebuild_standings(project_id: int) -> int:
    """Make the standings of a project anew from its results; returns how many were not as they should be."""
    wrong = len(proof.standing_faults(project_id))
    stand_again(project_id)
    return wrong
