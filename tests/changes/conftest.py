"""A desk for change requests in a small world: verbs by key and login, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reqtrack.acceptance.actions import create_round, record_result
from reqtrack.acceptance.queries import round_for
from reqtrack.audit.queries import as_dict, events_about
from reqtrack.audit.record import newest_seq
from reqtrack.changes import actions, dossier, queries
from reqtrack.db import db
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS, Kind
from reqtrack.items.queries import item_for, items_by_key
from reqtrack.requirements.actions import change_phase
from reqtrack.requirements.queries import loads, phases
from reqtrack.signoff import actions as signoffs
from reqtrack.signoff import queries as signed
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

    def table(self, lines: list[dict[str, Any]], by: str = "project_manager", proved: bool = True, **more: Any) -> None:
        """Decide by another delegation table."""
        with self.world.write(by) as scene:
            actions.set_delegation(replace(scene.actor, reauthenticated=proved), scene.project, lines, **more)

    def read_project(self) -> Any:
        """The project's row, detached."""
        with self.world.read("auditor") as scene:
            db.session.expunge_all()
            return scene.project

    def name(self, login: str) -> str:
        """What somebody is called."""
        with self.world.read(login) as scene:
            return str(scene.actor.name)

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

    def item(self, scene: Any, key: str) -> Any:
        """An item inside a transaction."""
        return item_for(scene.actor, scene.project.id, key)

    def seen(self, by: str, *keys: str) -> list[str]:
        """Those of the keys whose items somebody may see."""
        with self.world.read(by) as scene:
            found = items_by_key(scene.actor, scene.project.id, keys)
            return [key for key in keys if key in found]

    def events(self, key: str) -> list[dict[str, Any]]:
        """The events about a key, newest first."""
        with self.world.read("auditor") as scene:
            return [as_dict(event) for event in events_about(scene.project.id, key)]

    def kind(self, name: str) -> Kind:
        return KINDS[name]

    def seq(self) -> int:
        """The newest event's number."""
        with self.world.read("auditor") as scene:
            return newest_seq(scene.project.id)

    def page(self, key: str, by: str = "auditor") -> queries.ChangePage:
        """What the page of a change shows somebody."""
        with self.world.read(by) as scene:
            found = queries.change_page(scene.actor, item_for(scene.actor, scene.project.id, key, "change"))
            db.session.expunge_all()
            return found

    def waiting(self, by: str) -> list[tuple[str, str]]:
        """``(kind, key)`` of what waits for somebody."""
        with self.world.read(by) as scene:
            return [(one.kind, one.key) for one in queries.waiting_for(scene.actor)]

    def loads(self) -> dict[str, float]:
        """What each phase carries, by the requirements area."""
        with self.world.read("auditor") as scene:
            return {one.name: float(one.total_days) for one in loads(scene.project.id) if one.phase_id}

    def sign(self, subject: str, by: str = "business_owner") -> int:
        """Have a baseline or a closed round signed; the number of the sign-off."""
        with self.world.write("analyst") as scene:
            made = signoffs.request(scene.actor, scene.project, subject, "I approve.", [by])
            number = made.number
        with self.world.write(by) as scene:
            actor = replace(scene.actor, reauthenticated=True)
            signoffs.sign(actor, scene.project, signed.signoff_for(actor, scene.project.id, number))
        return number

    def outcome(self, number: int) -> Any:
        """What became of a sign-off."""
        with self.world.read("auditor") as scene:
            return signed.page_of(scene.actor, signed.signoff_for(scene.actor, scene.project.id, number)).outcome

    def round(self, *keys: str) -> int:
        """A round that runs these acceptance scenarios."""
        with self.world.write("project_manager") as scene:
            return create_round(scene.actor, scene.project, "", keys, ("tester",)).number

    def passed(self, key: str, rounds: int | None = None, verdict: str = "passed") -> int:
        """Record a result for the one row of an acceptance scenario; the round's number."""
        number = rounds or self.round(key)
        with self.world.write("tester") as scene:
            found = round_for(scene.actor, scene.project.id, number)
            record_result(scene.actor, found, item_for(scene.actor, scene.project.id, key), None, verdict, "seen")
        return number

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
