"""What is worth a look in the processes of a project, as plain rows for whoever watches over it: a few statements, whatever the size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.db import plain
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.scenarios.friction import Budget, Figure, of_process
from reqtrack.scenarios.models import Process
from reqtrack.scenarios.queries.processes import Telling, all_scenarios, main_only, untold


@dataclass(frozen=True)
class Facts:
    """A live process with its steps and the scenarios that tell it."""

    id: int
    key: str
    title: str
    kind: str | None
    steps: Sequence[Mapping[str, Any]]
    scenarios: Sequence[Telling]


@dataclass(frozen=True)
class Gap:
    """A process with steps that no scenario tells: their numbers and names. ``stretches``: how many runs of two such steps or
    more there are, one right after the other, with no scenario between them."""

    id: int
    key: str
    title: str
    steps: Sequence[tuple[int, str]]
    stretches: int


@dataclass(frozen=True)
class Over:
    """A process over the budget in one figure, today (``figure.over_now``) or as planned (``figure.over``)."""

    id: int
    key: str
    title: str
    figure: Figure


def facts(actor: Actor, project_id: int) -> list[Facts]:
    """All live processes of a project that the actor may see, by number (two statements)."""
    own = Process.__table__
    rows = plain(
        select(Item.id, Item.key, Item.title, own.c.process_kind, own.c.steps)
        .join(own, own.c.id == Item.id)
        .where(visible(actor, project_id), Item.kind == "process", Item.retired.is_(False))
        .order_by(Item.number)
    ).all()
    scenarios = all_scenarios(actor, project_id) if rows else {}
    return [
        Facts(row.id, row.key, row.title, row.process_kind, row.steps or [], scenarios.get(row.id, [])) for row in rows
    ]


def steps_without_scenario(actor: Actor, project_id: int) -> list[Gap]:
    """The processes with a step that no scenario tells."""
    found = []
    for one in facts(actor, project_id):
        gaps = untold(one.steps, one.scenarios)
        if gaps:
            named = [(step["id"], step.get("name", "")) for step in gaps]
            found.append(Gap(one.id, one.key, one.title, named, _stretches(one.steps, {number for number, _ in named})))
    return found


def _stretches(steps: Sequence[Mapping[str, Any]], gaps: set[int]) -> int:
    runs, run = 0, 0
    for step in steps:
        run = run + 1 if step["id"] in gaps else 0
        runs += run == 2
    return runs


def main_flow_only(actor: Actor, project_id: int) -> list[Facts]:
    """The processes whose main flow is told, and no alternative and no exception."""
    return [one for one in facts(actor, project_id) if main_only(one.scenarios)]


def over_budget(actor: Actor, project: Project, name: str) -> list[Over]:
    """The processes over the project's budget in ``pages``, ``required_fields`` or ``approvals``."""
    budget = Budget.of(project)
    found = []
    for one in facts(actor, project.id):
        figure = next(figure for figure in of_process(one.steps, budget) if figure.name == name)
        if figure.over or figure.over_now:
            found.append(Over(one.id, one.key, one.title, figure))
    return found
