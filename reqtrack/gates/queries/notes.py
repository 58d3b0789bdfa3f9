"""What testers wrote of the results that findings are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import and_, select

from reqtrack.acceptance.models import NO_ROW, Result, Standing
from reqtrack.acceptance.queries.status import counting
from reqtrack.db import plain
from reqtrack.gates.judging import Finding
from reqtrack.items.models import Item

WITH_RESULT = ("failed", "blocked", "skipped", "stale", "affirmed")
MOST_NOTE = 200


def with_notes(project_id: int, findings: Sequence[Finding]) -> Mapping[Finding, Finding]:
    """Findings about results with the number of one of them, and the note on it where it says why (one statement)."""
    wanted = {one.subject for one in findings if one.code in WITH_RESULT}
    if not wanted:
        return {}
    rounds = counting()
    rows = plain(
        select(Item.key, Standing.row, Result.number, Result.note)
        .select_from(Standing)
        .join(rounds, and_(rounds.c.acceptance_id == Standing.acceptance_id, rounds.c.round_id == Standing.round_id))
        .join(Item, Item.id == Standing.acceptance_id)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(Item.project_id == project_id, Item.key.in_(sorted(wanted)))
    )
    by_place = {(row.key, None if row.row == NO_ROW else row.row): row for row in rows}
    found = {}
    for one in findings:
        mine = [by_place[one.subject, row] for row in one.rows if (one.subject, row) in by_place]
        if one.code in WITH_RESULT and mine:
            note = (
                mine[0].note.splitlines()[0][:MOST_NOTE]
                if mine[0].note and one.code not in ("stale", "affirmed")
                else ""
            )
            found[one] = replace(one, params={**one.params, "result": mine[0].number, "note": note})
    return found
