"""What acceptance shows on the pages of requirements and of acceptance scenarios: one query a panel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select

from reqtrack.acceptance.models import NO_ROW, Acceptance, Result, ResultRevocation, Round, RoundScenario, Standing
from reqtrack.acceptance.queries.counting import in_table
from reqtrack.acceptance.queries.status import RANK, counting, data_of, rows_of, status_of, worst
from reqtrack.db import db
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor

_own = Acceptance.__table__
HISTORY = 200


def on_requirement(actor: Actor, item: Item) -> Mapping[str, Any]:
    """How we will see that a requirement works: what accepts it, with the results that count."""
    hidden = not sees_all(actor, item.project_id)
    wanted = _accepting(visible(actor, item.project_id)) if hidden else _all_accepting()
    rows = db.session.execute(wanted, {"item": item.id, "project": item.project_id}).all()
    by_scenario: dict[int, list[Any]] = {}
    for row in rows:
        by_scenario.setdefault(row.id, []).append(row)
    lines = [_line(found) for found in by_scenario.values()]
    status = worst(line["status"] for line in lines)
    return {
        "lines": lines,
        "status": status,
        "verified": status == "passed" and item.stage == "implemented",
        "open": [line for line in lines if line["status"] not in ("passed", "skipped")],
        "may_write": actor.may("acceptance.write", item.project_id) or actor.may("acceptance.draft", item.project_id),
        "may_test": actor.may("result.record", item.project_id),
    }


def _accepting(seen: ColumnElement[bool]) -> Any:
    accepting = and_(Link.target_id == bindparam("item"), Link.kind == "accepts", Link.until.is_(None))
    rounds = counting(RoundScenario.acceptance_id.in_(select(Link.source_id).where(accepting)))
    return (
        select(
            Item.id, Item.key, Item.title, Item.text_seq, _own.c.row_count, Round.number.label("round"),
            Round.name.label("round_name"), Round.stage.label("round_stage"), Standing.row, Result,
        )
        .select_from(Link)
        .join(Item, Item.id == Link.source_id)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(rounds, rounds.c.acceptance_id == Item.id)
        .outerjoin(Round, Round.id == rounds.c.round_id)
        .outerjoin(Standing, and_(Standing.round_id == Round.id, Standing.acceptance_id == Item.id, in_table))
        .outerjoin(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(accepting, Item.retired.is_(False), seen)
        .order_by(Item.number, Standing.row)
    )  # fmt: skip


# Asked on the page of every requirement: put together once, for who sees everything.
@cache
def _all_accepting() -> Any:
    return _accepting(Item.project_id == bindparam("project"))


def _line(rows: list[Any]) -> dict[str, Any]:
    """One scenario: its status, how many of its rows passed, and who said so last."""
    first = rows[0]
    found = dict.fromkeys(rows_of(first.row_count), "untested")
    results = [row.Result for row in rows if row.Result is not None]
    for row in rows:
        if row.Result is not None:
            found[row.row] = status_of(row.text_seq, row.Result.verdict, row.Result.seq)
    status = worst(found.values())
    # The one who gave the result that makes the status what it is; of several the newest.
    deciding = [one for one in results if status_of(first.text_seq, one.verdict, one.seq) == status] or results
    newest = max(deciding, key=lambda one: one.number, default=None)
    return {
        "key": first.key,
        "title": first.title,
        "status": status,
        "done": sum(one == "passed" for one in found.values()),
        "rows": len(found),
        "has_rows": bool(first.row_count),
        "bad": sum(RANK[one] <= RANK["untested"] for one in found.values()),
        "result": newest,
        "round": first.round,
        "round_name": first.round_name,
        "round_stage": first.round_stage,
    }


def on_acceptance(actor: Actor, item: Acceptance) -> Mapping[str, Any] | None:
    """The rounds that an acceptance scenario was or is in, newest first, with all its results."""
    mine = and_(ResultRevocation.project_id == Result.project_id, ResultRevocation.number == Result.number)
    rows = db.session.execute(
        select(Round, Result, Standing.number.label("stands"), ResultRevocation.reason.label("revoked"))
        .select_from(RoundScenario)
        .join(Round, Round.id == RoundScenario.round_id)
        .outerjoin(Result, and_(Result.round_id == Round.id, Result.acceptance_id == RoundScenario.acceptance_id))
        .outerjoin(Standing, and_(Standing.project_id == Result.project_id, Standing.number == Result.number))
        .outerjoin(ResultRevocation, mine)
        .where(RoundScenario.acceptance_id == item.id)
        # What counts first, so that no long history hides it.
        .order_by(Round.number.desc(), Standing.number.is_(None), Result.number.desc())
        .limit(HISTORY)
    ).all()
    if not rows:
        return None
    rounds: dict[int, dict[str, Any]] = {}
    counts: int | None = None
    for row in rows:
        shown = rounds.setdefault(row.Round.id, {"round": row.Round, "results": [], "stand": [], "counts": False})
        if counts is None and row.Round.stage != "planned":
            counts = row.Round.id
        if row.Result is not None:
            shown["results"].append({"result": row.Result, "revoked": row.revoked})
        if row.stands is not None:
            shown["stand"].append(row.Result)
    for shown in rounds.values():
        shown["results"].sort(key=lambda one: one["result"].number, reverse=True)
    current = rounds[counts]["stand"] if counts is not None else []
    if counts is not None:
        rounds[counts]["counts"] = True
    return {"rounds": list(rounds.values()), "cells": _cells(item, current)}


def _cells(item: Acceptance, results: list[Result]) -> list[dict[str, Any]]:
    """Each row with its status now, from the results that count."""
    counting = {NO_ROW if one.row is None else one.row: one for one in results}
    cells = []
    for row in rows_of(item.row_count):
        result = counting.get(row)
        status = status_of(item.text_seq, result.verdict, result.seq) if result else "untested"
        cells.append(
            {
                "row": None if row == NO_ROW else row,
                "data": [value for _column, value in data_of(item.examples, row)],
                "status": status,
                "result": result,
            }
        )
    return cells
