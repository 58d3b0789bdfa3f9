"""What the pages of walks show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reqtrack.acceptance import queries, walking
from reqtrack.acceptance.models import Round
from reqtrack.acceptance.queries import walks
from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor

# So many chains of one process, and so many records to choose from, are shown.
MOST, MOST_RECORDS = 8, 200


def overview(actor: Actor, project: Project) -> dict[str, Any]:
    """All processes, each with the walk that came furthest."""
    found = walks.walked(actor, project.id)
    return {
        "walks": found,
        "done": sum(one.done for one in found),
        "mains": [one for one in found if one.kind == "main"],
        "why": walking.WHY,
        "may_manage": actor.may("round.manage", project.id),
    }


def on_process(actor: Actor, item: Any) -> Mapping[str, Any] | None:
    """The chains of a process, the furthest first; nothing where it has no steps yet."""
    one = walks.of_process(actor, item.project_id, item.id)
    if one is None or not one.steps:
        return None
    return {
        "along": one,
        "walks": one.walks[:MOST],
        "why": walking.WHY,
        "may_manage": actor.may("round.manage", item.project_id) and bool(one.records),
    }


def round_part(actor: Actor, found: Round) -> dict[str, Any]:
    """The walks of a round: those planned for it, and those that came about in it."""
    planned = walks.planned(actor, found)
    known = {(one.walk.process, one.walk.record.name) for one in planned}
    more = [one for one in walks.in_round(actor, found) if (one.process, one.record.name) not in known]
    return {"planned_walks": planned, "more_walks": more, "why": walking.WHY}


def planning(
    actor: Actor, project: Project, wanted: Mapping[str, Any], reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """A process and a record to choose for a walk, and the round that takes it.

    Raises:
        NotFound: no such process.
    """
    key = str(wanted.get("process", "")).strip()
    one = walks.of_process(actor, project.id, item_for(actor, project.id, key, "process").id) if key else None
    people = queries.may_test(project.id)
    # Nobody is told of a walk that nobody takes: all are chosen until somebody says otherwise.
    told = getattr(wanted, "getlist", None) if "record" in wanted and "round" in wanted else None
    return {
        "along": one,
        "records": one.records[:MOST_RECORDS] if one else (),
        "processes": queries.of_kind(actor, project.id, "process"),
        "rounds": [each for each in queries.round_names(project.id) if each.stage != "closed"],
        "people": people,
        "given": wanted,
        "testers": told("testers") if told is not None else [each.login for each in people],
        "reasons": reasons,
        "why": walking.WHY,
    }
