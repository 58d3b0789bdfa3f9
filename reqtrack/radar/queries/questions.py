"""The questions that wait for somebody's answer, over all projects; and those of one project, open and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.db import db
from reqtrack.interviews.models import Excerpt, Interview, Stakeholder
from reqtrack.interviews.policy import held_by, label, sees_all_names, sees_sentence
from reqtrack.interviews.queries import SOMEBODY, Mask, Names, hidden_sentences
from reqtrack.items import present
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Comment, Item, PersonalText
from reqtrack.items.pages import asked_of
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.radar.queries.days import day_in
from reqtrack.rendering.markdown import plain
from reqtrack.workflow.waiting import Waiting

SHOWN = 200
ITS_TEXT = and_(PersonalText.digest == Comment.body, PersonalText.project_id == Comment.project_id)
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
            exists().where(Excerpt.project_id == Item.project_id, Excerpt.shown_as == "hidden").label("hidden"),
        )
        .join(Item, Item.id == Comment.item_id)
        .join(Project, Project.id == Item.project_id)
        .outerjoin(PersonalText, ITS_TEXT)
        .where(
            Comment.kind == "question",
            asked_me(actor),
            Comment.answered_at.is_(None),
            Project.archived_at.is_(None),
            or_(*(visible(actor, project_id) for project_id in actor.roles)),
        )
        .order_by(Comment.id)
        .limit(SHOWN)
    ).all()  # fmt: skip
    masks = _masks(actor, {row.project_id: bool(row.hidden) for row in rows})
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


def asked_me(actor: Actor) -> ColumnElement[bool]:
    """The clause for questions put to the actor: to the account, or to the stakeholder whose account it is."""
    mine = select(Stakeholder.id).where(Stakeholder.user_id == actor.id)
    return or_(Comment.asked_id == actor.id, Comment.asked_stakeholder_id.in_(mine))


@dataclass(frozen=True)
class Line:
    """A question in the list of a project. ``asked``: whom it is for, as the actor may know them; ``answer``: what was said."""

    id: int
    item: str
    title: str
    icon: str
    body: str
    author: str
    asked: str
    mine: bool
    at: datetime
    days: int
    open: bool
    answer: str
    answered_by: str
    excerpt: str


def questions_in(
    actor: Actor, project: Project, *, answered: bool = False, mine: bool = False, before: int | None = None
) -> list[Line]:
    """The questions of a project, newest first, at most ``SHOWN``; ``before`` (a question's id) goes on."""
    of_passage = aliased(PersonalText)
    wanted = (
        select(
            Comment, Item.key, Item.title, Item.kind, PersonalText.body, User.name.label("asked"), asked_me(actor).label("mine"),
            of_passage.body.label("passage"), Excerpt.shown_as, Interview.interviewer_id,
        )
        .join(Item, Item.id == Comment.item_id)
        .outerjoin(PersonalText, ITS_TEXT)
        .outerjoin(User, User.id == Comment.asked_id)
        .outerjoin(Excerpt, Excerpt.id == Comment.excerpt_id)
        .outerjoin(of_passage, and_(of_passage.digest == Excerpt.quote, of_passage.project_id == Excerpt.project_id))
        .outerjoin(Interview.__table__, Interview.__table__.c.id == Excerpt.interview_id)
        .where(
            Comment.project_id == project.id,
            Comment.kind == "question",
            Comment.answered_at.is_not(None) if answered else Comment.answered_at.is_(None),
            visible(actor, project.id),
        )
        .order_by(Comment.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    if mine:
        wanted = wanted.where(asked_me(actor))
    if before is not None:
        wanted = wanted.where(Comment.id < before)
    rows = db.session.execute(wanted).all()
    said = _answers([row.Comment.id for row in rows]) if answered else {}
    today = clock.today(project.zone)
    return [_line(actor, project, row, said, today) for row in rows]


def _line(actor: Actor, project: Project, row: Any, said: Mapping[int, tuple[str, str]], today: date) -> Line:
    one: Comment = row.Comment
    one.asked_name = row.asked or ""
    answer, by = said.get(one.id, ("", ""))
    reads = actor.may("interview.read", project.id) and sees_sentence(actor, row.shown_as or "name", row.interviewer_id)
    return Line(
        id=one.id,
        item=row.key,
        title=row.title,
        icon=KINDS[row.kind].icon,
        body=present.mask(actor, project.id, row.body or ""),
        author=one.author_name,
        asked=asked_of(actor, project.id, one),
        mine=bool(row.mine),
        at=one.at,
        days=(today - day_in(one.at, project.zone)).days,
        open=one.answered_at is None,
        answer=present.mask(actor, project.id, answer),
        answered_by=by,
        excerpt=present.mask(actor, project.id, plain(row.passage or "")) if reads else "",
    )


def _answers(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """What was answered, and by whom, by question: the first answer."""
    rows = db.session.execute(
        select(Comment.answers, PersonalText.body, Comment.author_name)
        .outerjoin(PersonalText, ITS_TEXT)
        .where(Comment.kind == "answer", Comment.answers.in_(ids))
        .order_by(Comment.id.desc())
    )
    return {row[0] or 0: (row[1] or "", row[2]) for row in rows}


def counts_in(actor: Actor, project_id: int) -> tuple[int, int, int]:
    """How many questions of a project are open, answered, and open for the actor."""
    waits = Comment.answered_at.is_(None)
    row = db.session.execute(
        select(
            func.count().filter(waits), func.count().filter(~waits), func.count().filter(and_(waits, asked_me(actor)))
        )
        .select_from(Comment)
        .join(Item, Item.id == Comment.item_id)
        .where(Comment.project_id == project_id, Comment.kind == "question", visible(actor, project_id))
    ).one()
    return row[0], row[1], row[2]


def _first_line(text: str) -> str:
    return " ".join(plain(text).split())[:LONGEST]


def _masks(actor: Actor, projects: Mapping[int, bool]) -> Mapping[int, Callable[[str], str]]:
    """By project, what puts job roles for the names of those interviewed (one query for all), and a remark for hidden sentences.

    Stricter than the item's page: an interviewer reads the names of their own interviews there, not here.

    Args:
        projects: whether there are hidden sentences, by project.
    """
    wanted = [one for one in projects if not sees_all_names(actor, one)]
    rows: Sequence[Any] = ()
    if wanted:
        rows = db.session.execute(
            select(
                Stakeholder.project_id,
                Stakeholder.department,
                Stakeholder.job_role,
                Stakeholder.region,
                PersonalText.body,
            )
            .outerjoin(
                PersonalText,
                and_(PersonalText.digest == Stakeholder.name, PersonalText.project_id == Stakeholder.project_id),
            )
            .where(Stakeholder.project_id.in_(wanted), Stakeholder.removed_at.is_(None))
            .order_by(Stakeholder.id)
        ).all()
    return {
        number: _mask(
            [row for row in rows if row.project_id == number], hidden_sentences(actor, number) if hidden else ()
        )
        for number, hidden in projects.items()
    }


def _mask(people: Iterable[Any], hidden: Iterable[str]) -> Callable[[str], str]:
    known = list(people)
    holders = held_by(known)
    called = [
        (one.body, label(one.department, one.job_role, one.region, holders) or str(SOMEBODY))
        for one in known
        if one.body
    ]
    return Mask(Names(called), tuple(hidden))
