"""Documents that are evidence, and figures that passages tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.interviews import policy
from reqtrack.interviews.models import DataPoint, Document, Excerpt, Interview
from reqtrack.interviews.queries.masks import masker
from reqtrack.items.lists import find
from reqtrack.items.models import Item
from reqtrack.permissions import Actor


def source_of(excerpt: Excerpt) -> str:
    """What an excerpt was taken from, as events name it: the key of an interview, or ``document:4``."""
    if excerpt.document_id is not None:
        return f"document:{excerpt.document_id}"
    return db.session.get_one(Item, excerpt.interview_id).key


def excerpt_for(actor: Actor, project_id: int, number: int) -> Excerpt:
    """One excerpt that the actor may see.

    Raises:
        NotFound: none, of another project, or one that is hidden from the actor.
    """
    row = db.session.get(Excerpt, number)
    if row is None or row.project_id != project_id or not actor.may("interview.read", project_id):
        raise NotFound(f"excerpt {number}")
    if row.shown_as == "hidden":
        interview = db.session.get_one(Interview, row.interview_id)
        if not policy.sees_sentence(actor, row.shown_as, interview.interviewer_id):
            raise NotFound(f"excerpt {number}")
    return row


def document_for(actor: Actor, project_id: int, number: int) -> Document:
    """One document of a project.

    Raises:
        NotFound: none, or of another project.
    """
    row = db.session.get(Document, number)
    if row is None or row.project_id != project_id or not actor.may("interview.read", project_id):
        raise NotFound(f"document {number}")
    return row


def documents(project_id: int, after: int = 0, limit: int | None = None) -> Sequence[Any]:
    """``(Document, how many passages)`` of a project in the order in which they were added (one query)."""
    passages = select(func.count()).select_from(Excerpt).where(Excerpt.document_id == Document.id).scalar_subquery()
    wanted = select(Document, passages.label("passages")).where(Document.project_id == project_id, Document.id > after)
    return db.session.execute(wanted.order_by(Document.id).limit(limit)).all()


def unheard(actor: Actor, project_id: int, items: Collection[int]) -> set[int]:
    """Those of some items that are interviews whose speakers the actor may not know."""
    if policy.sees_all_names(actor, project_id):
        return set()
    rows = db.session.execute(select(Interview.id, Interview.interviewer_id).where(Interview.id.in_(items)))
    return {row.id for row in rows if not policy.interviewed(actor, row.interviewer_id)}


@dataclass(frozen=True)
class Figure:
    """A figure that a passage tells, as the actor may read it."""

    id: int
    excerpt: int
    name: str
    value: str
    unit: str


def figures_of(actor: Actor, project_id: int, excerpts: Sequence[int]) -> list[Figure]:
    """The figures of some excerpts that the actor sees, in their order (one query)."""
    return _figures(actor, project_id, DataPoint.excerpt_id.in_(excerpts)) if excerpts else []


def figures_by_excerpt(actor: Actor, project_id: int, excerpts: Sequence[int]) -> dict[int, list[Figure]]:
    """As ``figures_of``, by excerpt."""
    found: dict[int, list[Figure]] = {}
    for one in figures_of(actor, project_id, excerpts):
        found.setdefault(one.excerpt, []).append(one)
    return found


def figures(actor: Actor, project_id: int, after: int, limit: int) -> list[Figure]:
    """All figures of a project, page by page."""
    return _figures(actor, project_id, DataPoint.id > after, limit)


def figure_for(actor: Actor, project_id: int, number: int) -> DataPoint:
    """One figure, as long as it was not removed.

    Raises:
        NotFound: none, or not for the actor.
    """
    row = db.session.get(DataPoint, number)
    if row is None or row.project_id != project_id or row.removed_at is not None:
        raise NotFound(f"figure {number}")
    excerpt_for(actor, project_id, row.excerpt_id)
    return row


def _figures(actor: Actor, project_id: int, which: Any, limit: int | None = None) -> list[Figure]:
    own = Interview.__table__
    seen = or_(Excerpt.shown_as != "hidden", own.c.interviewer_id == actor.id)
    rows = db.session.execute(
        select(DataPoint)
        .join(Excerpt, Excerpt.id == DataPoint.excerpt_id)
        .outerjoin(own, own.c.id == Excerpt.interview_id)
        .where(DataPoint.project_id == project_id, DataPoint.removed_at.is_(None), which, seen)
        .order_by(DataPoint.id)
        .limit(limit)
    ).scalars()
    mask = masker(actor, project_id)
    return [Figure(row.id, row.excerpt_id, mask(row.name), mask(row.value), mask(row.unit)) for row in rows]


def backable(actor: Actor, project_id: int, given: str, limit: int = 8) -> list[Any]:
    """The scenarios and requirements that a key, or words, can mean; one alone where that is sure."""
    hits = [one for one in find(actor, project_id, given, limit=4 * limit) if one.kind in ("scenario", "requirement")]
    exact = [one for one in hits if one.key == given.strip().upper() or one.title == given.strip()]
    return exact if len(exact) == 1 else hits[:limit]
