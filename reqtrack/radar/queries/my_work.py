"""What waits on somebody, over all their projects: each area is asked for its part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from reqtrack import clock
from reqtrack.acceptance import queries as acceptance
from reqtrack.accounts.models import Project
from reqtrack.changes import queries as changes
from reqtrack.db import db
from reqtrack.feedback import queries as feedback
from reqtrack.gates import queries as gates
from reqtrack.interviews import queries as interviews
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.radar.queries.days import day_in
from reqtrack.radar.queries.questions import questions_for
from reqtrack.reviews import queries as reviews
from reqtrack.signoff import queries as signoff
from reqtrack.workflow.waiting import Waiting

# In the order in which they hold others up.
KINDS = ("decide", "mend", "sign", "review", "assess", "fix", "answer", "test", "confirm", "unblock", "pass_on")
URGENT = ("decide", "mend", "sign", "unblock")
# What is still open of a change, in the sense of "I asked for it and it goes on".
CLOSED = ("applied", "closed", "rejected", "withdrawn")
SHOWN = 200


@dataclass(frozen=True)
class Entry:
    """One line of the queue. ``days``: how long it waits; ``left``: days until it is due (negative: late), or None."""

    waiting: Waiting
    project: str
    days: int | None
    left: int | None

    @property
    def urgent(self) -> bool:
        """Whether somebody else cannot go on: it is late, or a decision or a signature."""
        late = self.left is not None and self.left < 0
        return late or self.waiting.holds or self.waiting.kind in URGENT

    @property
    def due(self) -> bool:
        """Whether there is a time to do it, though nobody is held up yet: a day is named, or a round is open."""
        return not self.urgent and (self.left is not None or self.waiting.kind == "test")


def queue(actor: Actor, projects: Iterable[Project]) -> list[Entry]:
    """Everything that waits on the actor: what holds others up first, emergencies before all; then what is due first, then what
    waits longest."""
    known = {project.key: project for project in projects}
    if not (known or actor.is_admin):
        return []
    sources: tuple[Callable[[Actor], list[Waiting]], ...] = (
        changes.waiting_for, signoff.waiting_for, acceptance.waiting_for, acceptance.defects_waiting_for, questions_for,
        interviews.waiting_for,
        feedback.waiting_for, reviews.waiting_for, gates.waiting_for,
    )  # fmt: skip
    waiting = [one for source in sources for one in source(actor)]
    elsewhere = {one.project_key for one in waiting} - known.keys()
    if elsewhere:
        # What falls to an administrator in a project of others.
        rows = db.session.execute(select(Project).where(Project.key.in_(elsewhere))).scalars()
        known.update((project.key, project) for project in rows)
    return sorted((_entry(one, known[one.project_key]) for one in waiting), key=_order)


def _order(entry: Entry) -> tuple[Any, ...]:
    at = KINDS.index(entry.waiting.kind) if entry.waiting.kind in KINDS else len(KINDS)
    return (
        not entry.urgent,
        not entry.due,
        not entry.waiting.emergency,
        entry.waiting.rank,
        entry.left if entry.left is not None else 10_000,
        at,
        -(entry.days or 0),
        entry.waiting.key,
    )


def _entry(waiting: Waiting, project: Project) -> Entry:
    today = clock.today(project.zone)
    return Entry(
        waiting,
        project.name,
        (today - day_in(waiting.since, project.zone)).days if waiting.since else None,
        (waiting.due_on - today).days if waiting.due_on else None,
    )


def counts(entries: Iterable[Entry]) -> Mapping[str, int]:
    """How many wait, by kind."""
    found = dict.fromkeys(KINDS, 0)
    for entry in entries:
        found[entry.waiting.kind] = found.get(entry.waiting.kind, 0) + 1
    return found


def mine(actor: Actor) -> list[Any]:
    """The open changes that the actor logged: ``(project, project_id, key, title, stage, updated_at)``, newest first (one query)."""
    if actor.kind != "user" or not actor.roles:
        return []
    rows = db.session.execute(
        select(Project.key.label("project"), Item.project_id, Item.key, Item.title, Item.stage, Item.updated_at)
        .select_from(Item)
        .join(Project, Project.id == Item.project_id)
        .where(
            Item.kind == "change",
            Item.created_by == actor.login,
            Item.stage.not_in(CLOSED),
            Item.retired.is_(False),
            Project.archived_at.is_(None),
            or_(*(visible(actor, project_id) for project_id in actor.roles)),
        )
        .order_by(Item.updated_at.desc(), Item.id.desc())
        .limit(SHOWN)
    )
    return list(rows)
