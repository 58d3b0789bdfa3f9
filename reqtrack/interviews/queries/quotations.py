"""The passages that an interview's notes quote (``>``), and which of them are marked already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from reqtrack.db import db
from reqtrack.interviews import passages
from reqtrack.interviews.models import Excerpt, Interview
from reqtrack.interviews.queries.masks import masker
from reqtrack.items import personal
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain


@dataclass(frozen=True)
class Quotation:
    """A quoted passage as the actor may read it; ``start`` is its first character in the notes."""

    start: int
    text: str
    marked: bool


def starts_of(interview: Interview) -> Sequence[int]:
    """Where the excerpts of an interview begin."""
    return db.session.execute(select(Excerpt.start).where(Excerpt.interview_id == interview.id)).scalars().all()


def quotations(actor: Actor, interview: Interview, marked: Sequence[int] | None = None) -> list[Quotation]:
    """The quoted passages in their order.

    Args:
        marked: where its excerpts begin, if that was read already.
    """
    found = passages.quoted(personal.get(interview.project_id, interview.notes))
    if not found:
        return []
    starts = starts_of(interview) if marked is None else marked
    mask = masker(actor, interview.project_id)
    return [
        Quotation(start, mask(plain(words)), any(start <= one < start + len(words) for one in starts))
        for start, words in found
    ]
