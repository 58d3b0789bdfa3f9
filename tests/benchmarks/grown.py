"""A real project, grown: the requirements of NASA's CFDP application and the acceptance scenarios of Apache Fineract.

In modules of a thousand items with three thousand links, each item's text one of the corpus (where it is at hand, else
generated of the same shape) and told apart by its module. What a change of one item reaches is therefore the same in ten
modules and in a hundred.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from flask import Flask

from reqtrack.exchange import drafting
from reqtrack.requirements.actions import add_phase, change_phase
from reqtrack.requirements.queries import phases
from tests.benchmarks import plan
from tests.benchmarks.loader import Loader
from tests.benchmarks.plan import Acceptance, Requirement
from tests.support.corpus import ROOT
from tests.support.world import OPERATOR, World

PROJECT = "CRM"
# A module: requirements in five levels, and acceptance scenarios. 2 205 links between requirements, 795 to them.
LEVELS = (30, 60, 120, 180, 210)
REQUIREMENTS, SCENARIOS = sum(LEVELS), 400
MODULE = REQUIREMENTS + SCENARIOS
REFINES, ACCEPTS = 2_205, 795


def texts() -> tuple[list[tuple[str, str]], list[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]]:
    """``(title, statement)`` of requirements and ``(title, given, when, then)`` of acceptance scenarios."""
    if not ROOT.is_dir():
        requirements, scenarios = plan.plan(500)
        return (
            [(one.title, one.statement) for one in requirements],
            [(one.title, one.given, one.when, one.then) for one in scenarios],
        )
    table = ROOT / "requirements" / "nasa_cf_functional_requirements.csv"
    told = drafting.draft_file(table.read_bytes(), table.name, "requirements").rows
    drafts = [
        row
        for path in sorted((ROOT / "gherkin" / "fineract_loans").glob("*.feature"))
        for row in drafting.draft_file(path.read_bytes(), path.name, "acceptance").rows
    ]
    return (
        [(row.fields["title"], row.fields["statement"]) for row in told if "statement" in row.fields],
        [
            (row.fields["title"], *(tuple(row.fields.get(part, ())) for part in ("given", "when", "then")))
            for row in drafts
        ],
    )


def grown(modules: int) -> tuple[list[Requirement], list[Acceptance]]:
    """So many modules: all the same but for their names."""
    said, tried = texts()
    parents, accepted = _shape(random.Random(1_000))
    requirements, scenarios = [], []
    for module in range(modules):
        first = module * REQUIREMENTS
        for at, above in enumerate(parents):
            title, statement = said[at % len(said)]
            requirements.append(
                Requirement(
                    title=f"M{module + 1} {at + 1}: {title}"[:200],
                    statement=statement,
                    tier=("must", "should", "later")[at % 3],
                    stage=("draft", "approved", "in_review")[at % 3],
                    phase=(0, 1, None)[at % 3],
                    owner=at % 4 if at % 2 else None,
                    effort=("0.5", "1", "2.25", "8")[at % 4],
                    refines=tuple(first + place for place in above),
                )
            )
        for at, places in enumerate(accepted):
            title, given, when, then = tried[at % len(tried)]
            name = f"M{module + 1} {at + 1}: {title}"[:200]
            scenarios.append(Acceptance(name, given, when, then, tuple(first + place for place in places)))
    return requirements, scenarios


def _shape(dice: random.Random) -> tuple[list[list[int]], list[list[int]]]:
    """For each requirement of a module the places of those that it refines, for each scenario of those that it accepts."""
    ends = [sum(LEVELS[: level + 1]) for level in range(len(LEVELS))]
    level_of = [level for level, size in enumerate(LEVELS) for _ in range(size)]
    below = range(LEVELS[0], REQUIREMENTS)
    wanted = _shares(dice, len(below), REFINES)
    parents: list[list[int]] = [[] for _ in range(LEVELS[0])]
    for at, number in zip(below, wanted, strict=True):
        level = level_of[at]
        above = range(ends[level - 1] - LEVELS[level - 1], ends[level - 1])
        parents.append(sorted(dice.sample(above, number)))
    accepted = [sorted(dice.sample(range(REQUIREMENTS), number)) for number in _shares(dice, SCENARIOS, ACCEPTS)]
    return parents, accepted


def _shares(dice: random.Random, among: int, of: int) -> Iterator[int]:
    """``of`` things shared out evenly, at least one each, the rest by lot."""
    each, rest = divmod(of, among)
    more = set(dice.sample(range(among), rest))
    return (each + (at in more) for at in range(among))


def fill(app: Flask, modules: int) -> World:
    """Make the project with one person for each role and two phases."""
    world = World(app)
    world.cast(PROJECT)
    requirements, scenarios = grown(modules)
    with world.write(project=PROJECT) as scene:
        change_phase(OPERATOR, scene.project, phases(scene.project.id)[0], {"name": "Phase 1"})
        add_phase(OPERATOR, scene.project, {"name": "Phase 2"})
        ids = [phase.id for phase in phases(scene.project.id)]
        owner = world.people["business_owner"].id
        loader = Loader(OPERATOR, scene.project.id, ids, [owner] * 4)
        loader.requirements(requirements)
        loader.acceptance(scenarios)
        loader.finish()
    return world
