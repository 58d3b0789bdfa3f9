"""What follows from a name that becomes known: often notes come first, and the people that they name afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from reqtrack.interviews.actions.rights import index_again
from reqtrack.interviews.queries.telling import telling
from reqtrack.items import store
from reqtrack.permissions import SYSTEM


def take_out(project_id: int, names: Sequence[str]) -> None:
    """Take names that became known out of what everybody reads: titles and guides of interviews (see ``clean``), and what the
    search finds."""
    for interview in telling(project_id, names):
        before = interview.version
        values = {"title": interview.title, "guide": interview.guide or ""}
        store.edit(SYSTEM, interview, values, reason="It named somebody who was heard, and everybody reads it.")
        if interview.version == before:
            index_again(interview)
