"""A desk for change requests in a small world: verbs by key and login, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reqtrack.changes import actions, dossier
from reqtrack.db import db
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.requirements.actions import change_phase
from reqtrack.requirements.queries import phases
from tests.support.world import World


@dataclass
class Desk:
    """The people are the roles: ``business_owner`` is the login of the one business owner."""

    world: World

    def log(self, by: str = "contributor", **more: Any) -> str:
        """A change's key."""
        with self.world.write(by) as scene:
            given = {"title": "Two levels of approval", "reason": "Quotes wait three days.", **more}
            return str(actions.log(scene.actor, scene.project, **given).key)

    def do(self, key: str, verb: Callable[..., Any], *more: Any, by: str, proved: bool = False, **named: Any) -> Any:
        """An action on a change; what it returns may be read after the transaction."""
        with self.world.write(by) as scene:
            actor = scene.actor
            if proved:
                actor = replace(actor, reauthenticated=True)
            return verb(actor, item_for(actor, scene.project.id, key, "change"), *more, **named)

    def submit(self, key: str, by: str = "contributor") -> Any:
        return self.do(key, actions.submit, by=by)

    def assess(self, key: str, likely: Any = 0.5, by: str = "analyst", **more: Any) -> Any:
        return self.do(key, actions.assess, by=by, likely=likely, **more)

    def decide(self, key: str, outcome: str = "approved", by: str = "project_manager", **more: Any) -> Any:
        if outcome == "approved":
            more = {"tier": "should", "phase": "Phase 1", **more}
        proved = more.pop("proved", True)
        return self.do(key, actions.decide, outcome, by=by, proved=proved, **more)

    def deciding(self, by: str = "contributor", likely: Any = 0.5, **more: Any) -> str:
        """A change that waits for its decision."""
        key = self.log(by, **more)
        self.submit(key, by)
        assessors = more.get("assessors") or ("analyst",)
        for login in assessors:
            self.assess(key, likely, by=login)
        return key

    def read(self, key: str) -> Any:
        """The item's row (any kind), detached."""
        with self.world.read("auditor") as scene:
            item = item_for(scene.actor, scene.project.id, key)
            db.session.expunge_all()
            return item

    def stage(self, key: str) -> str:
        return str(self.read(key).stage)

    def content(self, key: str) -> dict[str, Any]:
        with self.world.read("auditor") as scene:
            return store.content_of(item_for(scene.actor, scene.project.id, key))

    def dossier(self, key: str) -> dossier.Dossier:
        with self.world.read("auditor") as scene:
            found = dossier.load(item_for(scene.actor, scene.project.id, key, "change"))
            db.session.expunge_all()
            return found

    def world_edit(self, key: str, by: str = "analyst", **fields: Any) -> None:
        """Edit an item directly, past every change."""
        with self.world.write(by) as scene:
            item = item_for(scene.actor, scene.project.id, key)
            store.edit(scene.actor, item, values.parse(KINDS[item.kind], scene.project, fields))

    def submit_conflicts(self, key: str) -> list[str]:
        """The other open changes on the same items."""
        return list(dict.fromkeys(one.key for one in self.dossier(key).rivals))

    def phases(self) -> dict[str, int]:
        with self.world.read("auditor") as scene:
            return {one.name: one.id for one in phases(scene.project.id)}


@pytest.fixture
def desk(world: World) -> Desk:
    """A project with one person for each role and one phase, *Phase 1*."""
    world.cast()
    with world.write() as scene:
        change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"name": "Phase 1"})
    return Desk(world)


@pytest.fixture
def req(desk: Desk) -> str:
    """The key of a *should* requirement."""
    return desk.world.requirement(title="Quotes are approved", statement="Three levels approve.", tier="should")
