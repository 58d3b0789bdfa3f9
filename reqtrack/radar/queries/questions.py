"""The questions that wait for somebody's answer, over all projects, in two queries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.interviews.models import Stakeholder
from reqtrack.interviews.policy import label, names_in, sees_all_names
from reqtrack.interviews.queries import SOMEBODY
from reqtrack.items.models import Comment, Item, PersonalText
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain
from reqtrack.workflow.waiting import Waiting

SHOWN = 200
LONGEST = 200


@dataclass(frozen=True)
class Question(Waiting):
    """A question, which is answered in place: ``comment`` is its number."""

    comment: int = 0


def questions_for(actor: Actor) -> list[Waiting]:
    """The questions put to the actor at items that they may see, oldest first."""
    if actor.kind != "user" or not actor.roles:
        return []
    rows = db.session.execute(
        select(
            Comment.id, Comment.at, Comment.author_name, Item.project_id, Item.key, Item.title,
            Project.key.label("project"), PersonalText.body,
        )
        .join(Item, Item.id == Comment.item_id)
        .join(Project, Project.id == Item.project_id)
        .outerjoin(
            PersonalText, and_(PersonalText.digest == Comment.body, PersonalText.project_id == Comment.project_id)
        )
        .where(
            Comment.kind == "question",
            Comment.asked_id == actor.id,
            Comment.answered_at.is_(None),
            Project.archived_at.is_(None),
            or_(*(visible(actor, project_id) for project_id in actor.roles)),
        )
        .order_by(Comment.id)
        .limit(SHOWN)
    ).all()  # fmt: skip
    masks = _masks(actor, {row.project_id for row in rows})
    return [
        Question(
            project_key=row.project,
            kind="answer",
            key=row.key,
            title=_first_line(masks.get(row.project_id, str)(row.body or "")) or row.title,
            href_endpoint="items.show",
            href_args={"project": row.project, "key": row.key, "_anchor": "timeline"},
            since=row.at,
            action=_l("Answer"),
            note=f"{row.author_name} · {row.title}",
            comment=row.id,
        )
        for row in rows
    ]


def _first_line(text: str) -> str:
    return " ".join(plain(text).split())[:LONGEST]


def _masks(actor: Actor, project_ids: Iterable[int]) -> Mapping[int, Callable[[str], str]]:
    """By project, what puts job roles for the names of those interviewed (one query for all).

    Stricter than the item's page: an interviewer reads the names of their own interviews there, not here.
    """
    wanted = [one for one in project_ids if not sees_all_names(actor, one)]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            Stakeholder.project_id, Stakeholder.department, Stakeholder.job_role, Stakeholder.region, PersonalText.body
        )
        .outerjoin(
            PersonalText,
            and_(PersonalText.digest == Stakeholder.name, PersonalText.project_id == Stakeholder.project_id),
        )
        .where(Stakeholder.project_id.in_(wanted), Stakeholder.removed_at.is_(None))
        .order_by(Stakeholder.id)
    ).all()
    return {project_id: _mask([row for row in rows if row.project_id == project_id]) for project_id in wanted}


def _mask(people: Iterable[Any]) -> Callable[[str], str]:
    holders: dict[tuple[str, str], int] = {}
    known = list(people)
    for one in known:
        holders[one.job_role, one.region] = holders.get((one.job_role, one.region), 0) + 1
    called: dict[str, str] = {}
    for one in known:
        for spelling in names_in(one.body or ""):
            called.setdefault(spelling, label(one.department, one.job_role, one.region, holders) or str(SOMEBODY))
    if not called:
        return str
    longest_first = sorted(called, key=len, reverse=True)
    pattern = re.compile(
        "|".join(rf"\b{re.escape(one)}\b" if one.isascii() else re.escape(one) for one in longest_first)
    )
    return lambda text: pattern.sub(lambda found: called[found.group()], text)
