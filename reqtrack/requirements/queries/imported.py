"""What came by import and nobody has looked at yet, and how far one has come with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select

from reqtrack.audit.kept import kept
from reqtrack.audit.models import Event
from reqtrack.db import plain
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Comment, Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Requirement
from reqtrack.scenarios.models import Scenario

PAGE = 50


@dataclass(frozen=True)
class Progress:
    """How many of what came by import somebody has looked at. ``by_kind``: what is left, by kind."""

    done: int
    left: int
    by_kind: dict[str, int]

    @property
    def total(self) -> int:
        return self.done + self.left


def _waiting(actor: Actor, project_id: int) -> tuple[Any, ...]:
    return visible(actor, project_id), Item.imported.is_(True), Item.retired.is_(False)


def progress(actor: Actor, project_id: int) -> Progress:
    """How far one has come (one query, and one more when something was written)."""
    counted = select(Item.kind, func.count().label("number")).where(*_waiting(actor, project_id)).group_by(Item.kind)
    by_kind: dict[str, int] = {row.kind: row.number for row in plain(counted)}
    left = {name: by_kind[name] for name in KINDS if name in by_kind}
    done = kept("imported items looked at", project_id, partial(_looked_at, project_id))
    return Progress(done, sum(left.values()), left)


def _looked_at(project_id: int) -> int:
    actions = [f"{name}.reviewed" for name in KINDS]
    wanted = select(func.count(Event.subject.distinct())).where(
        Event.project_id == project_id, Event.action.in_(actions)
    )
    return int(plain(wanted).scalar_one())


def waiting(
    actor: Actor, project_id: int, kind: str = "", after: int = 0, limit: int = PAGE
) -> tuple[list[Any], int | None]:
    """A page of what waits, in the order in which it came: rows ``(id, key, kind, title, stage, said, asked)``, ``said`` being the
    beginning of its text, ``asked`` how many questions at it wait for an answer; and where the next page goes on."""
    open_questions = (
        select(func.count())
        .where(Comment.item_id == Item.id, Comment.kind == "question", Comment.answered_at.is_(None))
        .scalar_subquery()
    )
    items, requirements, scenarios = Item.__table__, Requirement.__table__, Scenario.__table__
    said = func.coalesce(requirements.c.statement, scenarios.c.trigger, scenarios.c.outcome, "")
    wanted = (
        select(
            Item.id, Item.key, Item.kind, Item.title, Item.stage, Item.version, func.substr(said, 1, 300).label("said"),
            open_questions.label("asked"),
        )
        .select_from(
            items.outerjoin(requirements, requirements.c.id == items.c.id).outerjoin(
                scenarios, scenarios.c.id == items.c.id
            )
        )
        .where(*_waiting(actor, project_id), Item.id > after)
        .order_by(Item.id)
        .limit(limit + 1)
    )  # fmt: skip
    if kind:
        wanted = wanted.where(Item.kind == kind)
    rows: Sequence[Any] = plain(wanted).all()
    return list(rows[:limit]), rows[limit - 1].id if len(rows) > limit else None
