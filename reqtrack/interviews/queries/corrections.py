"""What those who were heard say is not so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.interviews import policy
from reqtrack.interviews.models import Correction, Interview
from reqtrack.interviews.queries.confirming import answers_in, own_person
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Corrected:
    """What somebody says is not so; ``passage`` "" is at no passage in particular."""

    id: int
    person: int | None
    passage: str
    body: str
    at: datetime
    settled_at: datetime | None
    settled_by: str

    @property
    def version(self) -> int:
        return 1 + (self.settled_at is not None)


def corrections(interview: Interview, mask: Callable[[str], str], person: int | None = None) -> list[Corrected]:
    """What was corrected in an interview, oldest first; ``person``: by this one alone."""
    found = [
        Corrected(
            row.Correction.id, row.Confirmation.stakeholder_id, mask(row.passage or ""), mask(row.words or ""), row.Correction.at,
            row.Correction.settled_at, row.Correction.settled_by,
        )
        for row in answers_in(interview)
        if row.Correction is not None and person in (None, row.Confirmation.stakeholder_id)
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.id)


def corrections_for(actor: Actor, interview: Interview, mask: Callable[[str], str]) -> list[Corrected]:
    """The corrections that the actor reads: all of them who asks for confirmations, their own who was heard."""
    if policy.asks(actor, interview.project_id, interview.interviewer_id):
        return corrections(interview, mask)
    own = own_person(actor, interview)
    return corrections(interview, mask, own) if own is not None else []


def correction_of(interview: Interview, number: int) -> Correction:
    """One correction of an interview.

    Raises:
        NotFound: none, or of another.
    """
    row = db.session.get(Correction, number)
    if row is None or row.interview_id != interview.id:
        raise NotFound(f"correction {number}")
    return row
