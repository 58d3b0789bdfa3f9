"""Reviews in a small world: verbs by key and login, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reqtrack.db import db
from reqtrack.requirements.actions import change_phase
from reqtrack.requirements.queries import phases
from reqtrack.reviews import actions, queries
from tests.changes.conftest import Desk
from tests.support.world import World


@dataclass
class Table:
    """Where people sit together. ``desk`` is for the changes."""

    world: World
    desk: Desk

    def plan(self, by: str = "project_manager", **more: Any) -> str:
        with self.world.write(by) as scene:
            given = {"name": "Weekly", "planned_on": "2026-12-01", "begins": "10:00", "minutes": 60, **more}
            return actions.plan(scene.actor, scene.project, given).key

    def series(self, weeks: int = 2, by: str = "project_manager", **more: Any) -> tuple[int, str]:
        with self.world.write(by) as scene:
            given = {"name": "Weekly", "planned_on": "2026-12-01", "begins": "10:00", "minutes": 60, **more}
            made, review = actions.plan_series(scene.actor, scene.project, given, weeks)
            return made.id, review.key

    def do(
        self,
        key: str,
        verb: Callable[..., Any],
        *more: Any,
        by: str = "project_manager",
        proved: bool = False,
        **named: Any,
    ) -> Any:
        """An action on a review; one that wants the project too gets it."""
        with self.world.write(by) as scene:
            actor = replace(scene.actor, reauthenticated=True) if proved else scene.actor
            review = queries.review_for(actor, scene.project.id, key)
            takes = verb in (actions.fill, actions.hold, actions.cancel, actions.change_review)
            found = verb(actor, scene.project, review, *more, **named) if takes else verb(actor, review, *more, **named)
            db.session.flush()
            return found.key if hasattr(found, "key") and not isinstance(found, str) else found

    def say(self, key: str, subject: str, outcome: str, note: str = "", by: str = "project_manager") -> None:
        with self.world.write(by) as scene:
            review = queries.review_for(scene.actor, scene.project.id, key)
            line = next(one for one in queries.lines_of(review) if one.subject == subject)
            actions.say(scene.actor, review, line, outcome, note)

    def line(self, key: str, subject: str) -> int:
        with self.world.read("auditor") as scene:
            review = queries.review_for(scene.actor, scene.project.id, key)
            return next(one.id for one in queries.lines_of(review) if one.subject == subject)

    def agenda(self, key: str) -> list[tuple[str, str, str]]:
        """``(subject, why, outcome)`` of each line."""
        with self.world.read("auditor") as scene:
            review = queries.review_for(scene.actor, scene.project.id, key)
            return [(one.subject, one.why, one.outcome) for one in queries.lines_of(review)]

    def read(self, key: str) -> Any:
        with self.world.read("auditor") as scene:
            found = queries.review_for(scene.actor, scene.project.id, key)
            db.session.expunge_all()
            return found

    def waiting(self, by: str) -> list[tuple[str, str]]:
        with self.world.read(by) as scene:
            return [(one.kind, one.key) for one in queries.waiting_for(scene.actor)]

    def pending(self, key: str, by: str) -> dict[str, list[str]]:
        """Line → why the reader may not confirm it; ``[]``: they may."""
        with self.world.read(by) as scene:
            review = queries.review_for(scene.actor, scene.project.id, key)
            found = queries.pending(scene.actor, review, queries.lines_of(review))
            return {one.line.subject: [reason.code for reason in one.verdict.reasons] for one in found if not one.given}


@pytest.fixture
def table(world: World) -> Table:
    """A project with one person for each role and one phase, *Phase 1*."""
    world.cast()
    with world.write() as scene:
        change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"name": "Phase 1"})
    return Table(world, Desk(world))


@pytest.fixture
def req(table: Table) -> str:
    """The key of a *should* requirement."""
    return table.world.requirement(title="Quotes are approved", statement="Three levels approve.", tier="should")
