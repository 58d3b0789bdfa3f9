"""What a round's signature stands for, and whether the standings are what the results say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from reqtrack.acceptance.models import NO_ROW, Result, Round, RoundScenario, ScenarioStanding, Standing
from reqtrack.acceptance.queries.counting import added_up, counting_results
from reqtrack.audit.seals import digest
from reqtrack.db import canonical, db
from reqtrack.items.models import Item


def round_content(found: Round) -> dict[str, Any]:
    """The subject of a round's signature: ``{"results": [[acceptance, row, text_print, verdict, seal]…]}`` over its standings,
    sorted by key and row (null first)."""
    rows = db.session.execute(
        select(Item.key, Standing.row, Result.text_print, Result.verdict, Result.seal)
        .select_from(Standing)
        .join(
            RoundScenario,
            and_(RoundScenario.round_id == Standing.round_id, RoundScenario.acceptance_id == Standing.acceptance_id),
        )
        .join(Item, Item.id == Standing.acceptance_id)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(Standing.round_id == found.id)
    ).all()
    ordered = sorted(rows, key=lambda row: (row.key, row.row))
    return {
        "results": [
            [row.key, None if row.row == NO_ROW else row.row, row.text_print, row.verdict, row.seal] for row in ordered
        ]
    }


def round_fingerprint(found: Round) -> str:
    """``sha256:…`` of the canonical form of ``round_content``."""
    return f"sha256:{digest(canonical(round_content(found)))}"


def standing_faults(project_id: int | None = None) -> list[str]:
    """Where the standings do not say what the results say: a sentence each (nothing when all is well). For ``verify``."""
    wanted = counting_results(project_id)
    statement = select(Standing)
    if project_id is not None:
        statement = statement.where(Standing.project_id == project_id)
    kept = {
        (one.round_id, one.acceptance_id, one.row): (one.project_id, one.number, one.verdict, one.seq)
        for one in db.session.execute(statement).scalars()
    }
    faults = []
    for place in sorted(wanted.keys() | kept.keys()):
        result = wanted.get(place)
        right = (result.project_id, result.number, result.verdict, result.seq) if result is not None else None
        if kept.get(place) != right:
            what = (
                "points to no result"
                if right is None
                else "is missing"
                if place not in kept
                else "is not the result that counts"
            )
            faults.append("standing of round {} acceptance {} row {} {}".format(*place, what))
    return faults + _sum_faults(project_id)


def _sum_faults(project_id: int | None) -> list[str]:
    """Where the standings of a scenario are not what its rows add up to."""
    rounds = select(Round.id).where(Round.project_id == project_id)
    wanted = added_up(*([Standing.round_id.in_(rounds)] if project_id is not None else []))
    kept = select(*ScenarioStanding.__table__.columns)
    if project_id is not None:
        kept = kept.where(ScenarioStanding.round_id.in_(rounds))
    right = {(row[0], row[1]): tuple(row[2:]) for row in db.session.execute(wanted)}
    held = {(row[0], row[1]): tuple(row[2:]) for row in db.session.execute(kept)}
    return [
        "standings of round {} acceptance {} are not added up right".format(*place)
        for place in sorted(right.keys() | held.keys())
        if right.get(place) != held.get(place)
    ]
