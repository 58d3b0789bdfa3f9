"""Which processes were walked end to end, as the rounds tell it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, select

from reqtrack.acceptance.models import NO_ROW, Acceptance, Result, Round, RoundScenario, Standing
from reqtrack.acceptance.queries.sources import Source, print_of, sources_of
from reqtrack.acceptance.queries.status import COUNTING, chunks, in_table
from reqtrack.db import plain
from reqtrack.gates.facts import Flow, Required, Scene
from reqtrack.gates.walk import Pass, Walk, covered
from reqtrack.gates.walk import walked as judged
from reqtrack.items.models import Item

_own = Acceptance.__table__


def walked(
    project_id: int,
    processes: Sequence[Flow],
    scenes: Sequence[Scene],
    requirements: Sequence[Required],
    accepts: Mapping[int, Collection[int]],
) -> Mapping[int, Walk]:
    """How far each main process was walked, by its id. The one place that knows how that is found out.

    Args:
        accepts: the requirements that acceptance scenarios accept, by scenario.
    """
    arising = {one.id: one.scenarios for one in requirements}
    steps_of: dict[int, dict[int, frozenset[int]]] = {}
    for flow in (one for one in processes if one.kind != "side"):
        mine = {one.id: one.steps for one in scenes if flow.id in one.processes}
        by_requirement = covered(flow.steps, mine, arising)
        steps_of[flow.id] = {
            acceptance: steps
            for acceptance, accepted in accepts.items()
            if (steps := frozenset(step for one in accepted for step in by_requirement.get(one, ())))
        }
    passes = _passes(project_id, {acceptance for mine in steps_of.values() for acceptance in mine})
    by_id = {one.id: one for one in processes}
    return {
        process: judged(
            by_id[process].steps,
            [Pass(one[1], mine[one[0]], one[2], record) for one, record in passes if one[0] in mine],
        )
        for process, mine in steps_of.items()
    }


def _passes(project_id: int, ids: Collection[int]) -> list[tuple[tuple[int, int, int], tuple[str, ...]]]:
    """``((scenario, round, event), record)`` of each fresh pass in a running or closed round."""
    found = []
    for chunk in chunks(sorted(ids)):
        rows = plain(_statement(chunk)).all()
        examples = {
            row.id: row.examples for row in plain(select(_own.c.id, _own.c.examples).where(_own.c.id.in_(chunk)))
        }
        sources = sources_of(chunk)
        for row in rows:
            record = record_of(row.acceptance_id, examples.get(row.acceptance_id), row.row, sources)
            found.append(((row.acceptance_id, row.round_id, row.since), record))
    return found


def _statement(ids: Sequence[int]) -> Any:
    return (
        select(Standing.acceptance_id, Standing.round_id, Standing.row, Result.since)
        .join(Round, and_(Round.id == Standing.round_id, Round.stage.in_(COUNTING)))
        .join(
            RoundScenario,
            and_(RoundScenario.round_id == Standing.round_id, RoundScenario.acceptance_id == Standing.acceptance_id),
        )
        .join(_own, _own.c.id == Standing.acceptance_id)
        .join(Item, Item.id == Standing.acceptance_id)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(
            Standing.acceptance_id.in_(ids), Item.retired.is_(False), Standing.verdict == "passed",
            Item.text_seq <= Standing.seq, in_table,
        )
        .order_by(Result.since)
    )  # fmt: skip


def record_of(
    acceptance: int, examples: Mapping[str, Any] | None, row: int, sources: Mapping[tuple[int, str], Source]
) -> tuple[str, ...]:
    """The business record that an example row carries: the row of a data set that it came from, else what stands in its first
    column, which names it; a scenario without examples carries none, as all of those do."""
    rows = (examples or {}).get("rows", ())
    if row == NO_ROW or not 0 <= row < len(rows):
        return ()
    source = sources.get((acceptance, print_of(rows[row])))
    if source is not None:
        return (source.key, str(source.row))
    return (str((examples or {})["header"][0]).casefold(), rows[row][0].strip())
