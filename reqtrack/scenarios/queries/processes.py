"""Processes with what tells them: the scenarios of each step, what these give rise to, and what accepts that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.db import db, plain
from reqtrack.items import steps as told
from reqtrack.items.lists import DECORATE
from reqtrack.items.models import Item, Link, Version
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.scenarios.friction import Budget, Figure, moved, of_process, of_step
from reqtrack.scenarios.models import Process, Scenario

# Set by the changes area: (actor, project id, item id, field) → rows (key, title, new) of the open changes that would set it.
proposed: Callable[[Actor, int, int, str], Sequence[Any]] = lambda actor, project_id, item_id, field: ()  # noqa: E731


class Telling(NamedTuple):
    """A scenario that is part of a process, with the numbers of the steps that it tells."""

    id: int
    key: str
    title: str
    kind: str | None
    steps: tuple[int, ...]


class Near(NamedTuple):
    """A requirement or acceptance scenario beside a step; ``status`` of its results where it has one."""

    key: str
    title: str
    stage: str
    status: str


@dataclass(frozen=True)
class StepRow:
    """A step of a process's page: itself, its figures against the budget, and what hangs on it."""

    step: Mapping[str, Any]
    figures: Sequence[Figure]
    scenarios: Sequence[Telling]
    requirements: Sequence[Near]
    acceptance: Sequence[Near]

    @property
    def gap(self) -> bool:
        return not self.scenarios

    @property
    def over(self) -> list[Figure]:
        return [one for one in self.figures if one.over or one.over_now]


@dataclass(frozen=True)
class Proposal:
    """An open change that would edit the steps, with the figures that it moves: ``(as planned now, as it would be)``."""

    key: str
    title: str
    figures: Sequence[tuple[Figure, Figure]]


@dataclass(frozen=True)
class Page:
    """What the page of a process shows. ``loose``: scenarios of the process that name none of its steps."""

    rows: Sequence[StepRow]
    lanes: Sequence[tuple[str, Mapping[int, StepRow]]]
    figures: Sequence[Figure]
    gaps: int
    loose: Sequence[Telling]
    proposals: Sequence[Proposal]


def scenarios_of(actor: Actor, project_id: int, process_ids: Sequence[int]) -> dict[int, list[Telling]]:
    """The live scenarios of processes that the actor may see, by process (one statement)."""
    own = Scenario.__table__
    rows = plain(
        select(Link.target_id, Item.id, Item.key, Item.title, own.c.scenario_kind, own.c.process_steps)
        .join(Item, Item.id == Link.source_id)
        .join(own, own.c.id == Item.id)
        .where(
            Link.target_id.in_(process_ids),
            Link.kind == "part_of",
            Link.until.is_(None),
            visible(actor, project_id, reached=True),
            Item.retired.is_(False),
        )
        .order_by(Item.number)
    )
    found: dict[int, list[Telling]] = {}
    for row in rows:
        one = Telling(row.id, row.key, row.title, row.scenario_kind, tuple(row.process_steps or ()))
        found.setdefault(row.target_id, []).append(one)
    return found


def untold(steps: Iterable[Mapping[str, Any]], scenarios: Iterable[Telling]) -> list[Mapping[str, Any]]:
    """The steps that no scenario tells."""
    named = {number for one in scenarios for number in one.steps}
    return [step for step in steps if step["id"] not in named]


def page_of(actor: Actor, project: Project, process: Process) -> Page:
    """The page of a process (a constant number of statements)."""
    steps = process.steps or []
    budget = Budget.of(project)
    scenarios = scenarios_of(actor, project.id, [process.id]).get(process.id, [])
    wanted, accepted = _below(actor, project.id, [one.id for one in scenarios])
    rows = [_row(step, budget, scenarios, wanted, accepted) for step in steps]
    known = {step["id"] for step in steps}
    return Page(
        rows=rows,
        lanes=_lanes(rows),
        figures=of_process(steps, budget),
        gaps=sum(row.gap for row in rows),
        loose=[one for one in scenarios if not known & set(one.steps)],
        proposals=_proposals(actor, project.id, process, budget),
    )


def _row(
    step: Mapping[str, Any], budget: Budget, scenarios: Sequence[Telling], wanted: Mapping[int, dict[int, Near]],
    accepted: Mapping[int, dict[int, Near]],
) -> StepRow:  # fmt: skip
    mine = [one for one in scenarios if step["id"] in one.steps]
    requirements = {number: one for telling in mine for number, one in wanted.get(telling.id, {}).items()}
    acceptance = {number: one for requirement in requirements for number, one in accepted.get(requirement, {}).items()}
    return StepRow(step, of_step(step, budget), mine, list(requirements.values()), list(acceptance.values()))


def _lanes(rows: Sequence[StepRow]) -> list[tuple[str, dict[int, StepRow]]]:
    """Who does something, in the order in which they first do, with their steps by place."""
    lanes: dict[str, dict[int, StepRow]] = {}
    for at, row in enumerate(rows):
        lanes.setdefault(row.step.get("actor", ""), {})[at] = row
    return list(lanes.items())


def _below(
    actor: Actor, project_id: int, scenario_ids: Sequence[int]
) -> tuple[dict[int, dict[int, Near]], dict[int, dict[int, Near]]]:
    """``(requirements by scenario, acceptance scenarios by requirement)``, each by id."""
    if not scenario_ids:
        return {}, {}
    wanted: dict[int, dict[int, Near]] = {}
    rows = _ends(actor, project_id, "gives_rise_to", Link.source_id, Link.target_id, scenario_ids)
    for row in rows:
        wanted.setdefault(row.near, {})[row.id] = Near(row.key, row.title, row.stage, "")
    ids = sorted({row.id for row in rows})
    if not ids:
        return wanted, {}
    rows = _ends(actor, project_id, "accepts", Link.target_id, Link.source_id, ids)
    decorate = DECORATE.get("acceptance")
    known = decorate(actor, project_id, sorted({row.id for row in rows})) if decorate is not None and rows else {}
    accepted: dict[int, dict[int, Near]] = {}
    for row in rows:
        status = known.get(row.id, {}).get("status", "untested")
        accepted.setdefault(row.near, {})[row.id] = Near(row.key, row.title, row.stage, status)
    return wanted, accepted


def _ends(actor: Actor, project_id: int, link: str, near: Any, far: Any, ids: Sequence[int]) -> Sequence[Any]:
    return plain(
        select(near.label("near"), Item.id, Item.key, Item.title, Item.stage)
        .join(Item, Item.id == far)
        .where(near.in_(ids), Link.kind == link, Link.until.is_(None), Item.retired.is_(False))
        .where(visible(actor, project_id))
        .order_by(Item.number)
    ).all()


def _proposals(actor: Actor, project_id: int, process: Process, budget: Budget) -> list[Proposal]:
    rows = proposed(actor, project_id, process.id, "steps")
    steps = process.steps or []
    return [Proposal(row.key, row.title, moved(steps, row.new or [], budget)) for row in rows]


def decorate(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """``gaps`` (steps that no scenario tells), ``friction`` (figures against the budget) and ``main_flow_only`` of processes, in
    two statements."""
    own, projects = Process.__table__, Project.__table__
    budget = (projects.c.most_pages, projects.c.most_required_fields, projects.c.most_approvals)
    rows = plain(
        select(own.c.id, own.c.steps, *budget).join(projects, projects.c.id == project_id).where(own.c.id.in_(ids))
    ).all()
    scenarios = scenarios_of(actor, project_id, ids)
    found = {}
    for row in rows:
        steps, mine = row.steps or [], scenarios.get(row.id, [])
        figures = of_process(steps, Budget.of(row))
        found[row.id] = {
            "gaps": len(untold(steps, mine)),
            "main_flow_only": main_only(mine),
            "friction": [as_shown(one) for one in figures],
        }
    return found


def as_shown(figure: Figure) -> dict[str, Any]:
    """A figure as the API shows it."""
    return {
        "name": figure.name, "now": figure.now, "planned": figure.planned, "most": figure.most,
        "over_now": figure.over_now, "over_planned": figure.over,
    }  # fmt: skip


def main_only(scenarios: Iterable[Telling]) -> bool:
    """Whether a main flow is told, and nothing beside it."""
    kinds = {one.kind for one in scenarios}
    return "main" in kinds and not kinds & {"alternative", "exception"}


def numbers_given(item_id: int) -> set[int]:
    """The numbers that a process has ever given to its steps."""
    contents = db.session.execute(select(Version.content).where(Version.item_id == item_id)).scalars()
    return {step["id"] for content in contents for step in json.loads(content).get("steps") or () if "id" in step}


def process_of(scenario_id: int) -> list[Process]:
    """The processes that a scenario is part of."""
    rows = db.session.execute(
        select(Process)
        .join(Link, Link.target_id == Process.id)
        .where(Link.source_id == scenario_id, Link.kind == "part_of", Link.until.is_(None))
        .order_by(Process.number)
    )
    return list(rows.scalars())


def steps_of(actor: Actor, project_id: int, key: str) -> list[dict[str, Any]]:
    """The steps of a process by its key, empty where the actor sees none of that key (one statement)."""
    found = db.session.execute(
        select(Process.steps).where(Process.key == key.strip().upper(), visible(actor, project_id))
    ).scalar()
    return found or []


def steps_told(actor: Actor, scenario: Scenario) -> list[tuple[Process, list[tuple[int, str]]]]:
    """The processes of a scenario that the actor may see, with number and name of the steps that it tells ("" where the process
    has that step no more)."""
    rows = db.session.execute(
        select(Process)
        .join(Link, Link.target_id == Process.id)
        .where(Link.source_id == scenario.id, Link.kind == "part_of", Link.until.is_(None))
        .where(visible(actor, scenario.project_id))
        .order_by(Process.number)
    )
    found = []
    for process in rows.scalars():
        names = {step["id"]: step.get("name", "") for step in process.steps or ()}
        found.append((process, [(number, names.get(number, "")) for number in scenario.process_steps or ()]))
    return found


def figure_words(figure: Mapping[str, Any]) -> str:
    """``Pages 8 → 3 / 3``: a figure as lists tell it, today and as planned, against the budget; "" where nothing is known."""
    shown = [str(one) for one in (figure["now"], figure["planned"]) if one is not None]
    if not shown:
        return ""
    # Not parted at the end of a line.
    words = f"{told.WORDS[figure['name']]} {' → '.join(dict.fromkeys(shown))} / {figure['most']}"
    return words.replace(" ", "\N{NO-BREAK SPACE}")
