"""What a round's signature stands for, and whether the standings are what the results say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, func, select

from reqtrack.acceptance.models import NO_ROW, Result, Round, RoundScenario, Standing
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


def newest_results(project_id: int | None = None, round_id: int | None = None) -> dict[tuple[int, int, int], Result]:
    """The newest result of each ``(round, acceptance, row)``, read from the results themselves."""
    row = func.coalesce(Result.row, NO_ROW)
    newest = select(Result.project_id, func.max(Result.number).label("number")).group_by(
        Result.project_id, Result.round_id, Result.acceptance_id, row
    )
    if project_id is not None:
        newest = newest.where(Result.project_id == project_id)
    if round_id is not None:
        newest = newest.where(Result.round_id == round_id)
    found = newest.subquery()
    rows = db.session.execute(
        select(Result).join(found, and_(found.c.project_id == Result.project_id, found.c.number == Result.number))
    ).scalars()
    return {(one.round_id, one.acceptance_id, NO_ROW if one.row is None else one.row): one for one in rows}


def standing_faults(project_id: int | None = None) -> list[str]:
    """Where the standings do not say what the results say: a sentence each (nothing when all is well). For ``verify``."""
    wanted: Mapping[tuple[int, int, int], Result] = newest_results(project_id)
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
                else "is not the newest result"
            )
            faults.append("standing of round {} acceptance {} row {} {}".format(*place, what))
    return faults
