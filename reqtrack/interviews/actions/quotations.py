"""Marking what the notes themselves say was said: the passages with ``>`` before them."""

from __future__ import annotations

from collections.abc import Collection

from reqtrack.errors import invalid
from reqtrack.interviews import actions, passages
from reqtrack.interviews.models import Excerpt, Interview
from reqtrack.interviews.queries.quotations import starts_of
from reqtrack.items import personal
from reqtrack.permissions import Actor


def mark_quoted(actor: Actor, interview: Interview, starts: Collection[int] | None = None) -> list[Excerpt]:
    """Mark quoted passages of an interview's notes: those that begin at ``starts``, or (None) all that are not marked yet.

    Raises:
        Invalid: no quotation begins there (any more).
    """
    notes = personal.get(interview.project_id, interview.notes)
    found = dict(passages.quoted(notes))
    if starts is None:
        marked = starts_of(interview)
        starts = [
            start for start, words in found.items() if not any(start <= one < start + len(words) for one in marked)
        ]
    elif any(start not in found for start in starts):
        raise invalid("start", "No quotation begins there in the notes of %(key)s (any more).", key=interview.key)
    return [actions.mark(actor, interview, found[start], near=start) for start in starts]
