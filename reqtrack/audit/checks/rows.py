"""Sealed rows: each has its seal, the event that made it carries the same, and no event carries one without a row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reqtrack.audit.checks.reader import Row
from reqtrack.audit.checks.run import ROW_CHECKS, Run, Seal
from reqtrack.audit.seals import SEALED, key_of, seal_of
from reqtrack.db import canonical
from reqtrack.errors import Reason

# Finding out which column was changed costs some hundred hashes; done for the first so many broken rows.
MOST_TOLD = 80


def check_sealed(run: Run, table: str) -> None:
    """All rows of one sealed table."""
    model = SEALED[table]
    told = run.seals.get(table, {})
    look = ROW_CHECKS[table](run) if table in ROW_CHECKS else None
    for row in run.rows(table):
        run.report.count(table)
        key = key_of(model, row)
        made = told.pop(key, None)
        if made is None:
            reason = Reason("unmade", "No event made this row.")
            run.report.add(table, key, reason)
            continue
        if seal_of(row) != row["seal"] or row["seal"] != made.seal:
            _broken(run, table, key, row, made)
        elif look is not None:
            for column, reason in look(row):
                run.report.add(table, key, reason, column)
    for key, made in told.items():
        reason = Reason(
            "missing", "Event %(event)s made this row, and it is gone.", {"event": f"{made.project_id}:{made.seq}"}
        )
        run.report.add(table, key, reason)


def _broken(run: Run, table: str, key: str, row: Row, made: Seal) -> None:
    computed = seal_of(row)
    if computed == made.seal:
        run.report.add(table, key, Reason("changed", "Its seal was changed."), "seal")
        return
    column = ""
    if len(run.report.problems) < MOST_TOLD:
        column = next(_restoring(row, made.seal, _candidates(run, made)), "") or _by_content(run, table, row)
    if column:
        reason = Reason(
            "changed", "It was changed since event %(event)s made it.", {"event": f"{made.project_id}:{made.seq}"}
        )
    else:
        reason = Reason(
            "changed",
            "One of its columns was changed since event %(event)s made it.",
            {"event": f"{made.project_id}:{made.seq}"},
        )
    run.report.add(table, key, reason, column)


def _restoring(row: Row, seal: str, candidates: list[Any]) -> Iterator[str]:
    """The columns that, set to one of the candidates, give the row its seal back."""
    for column in row:
        if column == "seal":
            continue
        for value in candidates:
            if seal_of({**row, column: value}) == seal:
                yield column


def _candidates(run: Run, made: Seal) -> list[Any]:
    """What a column of a row may have held: all that the event that made it tells."""
    sql = "SELECT * FROM events WHERE project_id = :project AND seq = :seq"
    found: list[Any] = ["", None, 0, 1]
    for event in run.reader.rows("events", sql, {"project": made.project_id, "seq": made.seq}):
        found += [value for name, value in event.items() if name not in ("hash", "previous", "seals")]
        for text in (event["before"], event["after"]):
            try:
                found += _scalars(json.loads(text))
            except (ValueError, TypeError):
                continue
    return [value for value in found if value is None or isinstance(value, str | int)][:400]


def _scalars(told: Any) -> list[Any]:
    """All values inside, and each part as canonical JSON."""
    if isinstance(told, dict | list):
        parts = told.values() if isinstance(told, dict) else told
        return [canonical(told), *(value for part in parts for value in _scalars(part))]
    return [told]


def _by_content(run: Run, table: str, row: Row) -> str:
    """The column that the area's own look at the row finds wrong."""
    if table not in ROW_CHECKS:
        return ""
    return next((column for column, _reason in ROW_CHECKS[table](run)(row)), "")
