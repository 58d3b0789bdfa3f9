"""A round in a small world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from reqtrack.acceptance import actions, queries
from reqtrack.db import db
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from tests.support.world import World

EXAMPLES = {
    "header": ["phone", "kept as"],
    "rows": [["138 1234 5678", "13812345678"], ["+86 138-1234-5678", "13812345678"]],
}


@dataclass
class Stage:
    """Verbs of the area by key and login, each in a transaction of its own."""

    world: World

    def round(
        self, *keys: str, by: str = "project_manager", testers: tuple[str, ...] = ("tester",), **more: Any
    ) -> int:
        with self.world.write(by) as scene:
            return actions.create_round(scene.actor, scene.project, "", keys, testers, **more).number

    def record(
        self, number: int, key: str, row: int | None, verdict: str, note: str = "", by: str = "tester", **more: Any
    ) -> int:
        with self.world.write(by) as scene:
            found = queries.round_for(scene.actor, scene.project.id, number)
            scenario = item_for(scene.actor, scene.project.id, key, "acceptance")
            return actions.record_result(scene.actor, found, scenario, row, verdict, note, **more).number

    def close(self, number: int, reason: str = "", by: str = "project_manager") -> None:
        with self.world.write(by) as scene:
            actions.close_round(scene.actor, queries.round_for(scene.actor, scene.project.id, number), reason)

    def change(self, number: int, by: str = "project_manager", **more: Any) -> None:
        with self.world.write(by) as scene:
            actions.change_round(scene.actor, queries.round_for(scene.actor, scene.project.id, number), **more)

    def edit(self, key: str, by: str = "analyst", **fields: Any) -> None:
        with self.world.write(by) as scene:
            item = item_for(scene.actor, scene.project.id, key)
            store.edit(scene.actor, item, values.parse(KINDS[item.kind], scene.project, fields), change="CR-1")

    def status(self, key: str) -> dict[str, Any]:
        with self.world.read("auditor") as scene:
            item = item_for(scene.actor, scene.project.id, key)
            asked = queries.statuses if item.kind == "acceptance" else queries.requirement_statuses
            return asked(scene.actor, scene.project.id, [item.id])[item.id]

    def ask(self, function: Callable[..., Any], *more: Any, by: str = "auditor") -> Any:
        """The answer of a query ``(actor, project id, …)``."""
        with self.world.read(by) as scene:
            return function(scene.actor, scene.project.id, *more)

    def id(self, key: str) -> int:
        """The id of an item."""
        with self.world.read("auditor") as scene:
            return item_for(scene.actor, scene.project.id, key).id

    def panel(self, key: str, by: str = "auditor") -> dict[str, Any]:
        """What acceptance shows on an item's page."""
        with self.world.read(by) as scene:
            item = item_for(scene.actor, scene.project.id, key)
            asked = queries.on_acceptance if item.kind == "acceptance" else queries.on_requirement
            panel = asked(scene.actor, item)
            db.session.expunge_all()
            return dict(panel or {})

    def retire(self, key: str) -> None:
        with self.world.write("analyst") as scene:
            store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {}, retired=True)


@pytest.fixture
def stage(world: World) -> Stage:
    """A project with one person for each role."""
    world.cast()
    return Stage(world)


@pytest.fixture
def phones(stage: Stage) -> str:
    """The key of an acceptance scenario with two example rows that accepts REQ-1."""
    requirement = stage.world.requirement(statement="Phones are kept in one form.")
    return stage.world.acceptance(
        title="Two ways of writing a phone",
        given=["the customer is known"],
        when=["I enter <phone>"],
        then=["<kept as> is shown", "no second customer is made"],
        examples=EXAMPLES,
        accepts=[requirement],
    )


@pytest.fixture
def plain(stage: Stage) -> str:
    """The key of an acceptance scenario without example rows that accepts nothing."""
    return stage.world.acceptance(title="Signing in", when=["I sign in"], then=["I see my work"])
