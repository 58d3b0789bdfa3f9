"""Write-ups that are put to those who were heard: what they saw, who was asked, and what they answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    and_,
    select,
)
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.seals import digest
from reqtrack.db import canonical, db, mode, once
from reqtrack.errors import NotFound, Verdict, invalid, no
from reqtrack.interviews import policy
from reqtrack.interviews.models import Confirmation, Correction, Excerpt, Interview
from reqtrack.interviews.queries.people import people
from reqtrack.interviews.queries.quotes import excerpts_shown
from reqtrack.items.models import PersonalText
from reqtrack.permissions import Actor

# -- what was seen -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A quote of an interview, as far as a confirmation is about it. ``speaker``: whose words it is, where one knows."""

    id: int
    speaker: int | None
    quote: str  # digest
    shown_as: str


def said(interview: Interview) -> list[Said]:
    """The quotes of an interview in the order of the notes."""
    return said_in([interview])[interview.id]


def said_in(interviews: Sequence[Interview]) -> dict[int, list[Said]]:
    """The quotes of some interviews, by interview, in the order of the notes (one query)."""
    only = {one.id: one.stakeholders[0] for one in interviews if one.stakeholders and len(one.stakeholders) == 1}
    found: dict[int, list[Said]] = {one.id: [] for one in interviews}
    for row in _excerpts_in(list(found)):
        speaker = row.stakeholder_id or only.get(row.interview_id)
        found[row.interview_id].append(Said(row.id, speaker, row.quote, row.shown_as))
    return found


def _excerpts_in(ids: Sequence[int]) -> Sequence[Any]:
    """The excerpts of some interviews; those of a page that has shown its own are not asked for again."""
    if len(ids) == 1 and (shown := excerpts_shown(ids[0])) is not None:
        return sorted(shown, key=lambda one: (one.start, one.id))
    return db.session.execute(
        select(Excerpt.interview_id, Excerpt.id, Excerpt.stakeholder_id, Excerpt.quote, Excerpt.shown_as)
        .where(Excerpt.interview_id.in_(ids))
        .order_by(Excerpt.start, Excerpt.id)
    ).all()


def print_of(interview: Interview, quotes: Iterable[Said], person: int | None) -> str:
    """The fingerprint of what one of those who were heard confirms: the notes, what was marked in them, and who may see which of
    their own words. Made of the digests of the texts, which are salted: it gives no text away once that is erased."""
    marked = [[one.quote, one.shown_as if person is not None and one.speaker == person else ""] for one in quotes]
    return digest(canonical({"notes": interview.notes or "", "excerpts": marked}))


# -- who was asked, and what they answered -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One confirmation as it stands now.

    ``state``: waits · no_reply · revoked · confirmed · earlier (of an earlier text). ``live``: its link still leads somewhere.
    """

    id: int
    person: int | None
    way: str
    state: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None
    revoked_at: datetime | None
    live: bool
    linked: bool

    @property
    def version(self) -> int:
        """Counts what was done with it."""
        return 1 + (self.confirmed_at is not None) + (self.revoked_at is not None)


def asked_of(interview: Interview) -> list[Asked]:
    """Who was asked to confirm an interview, in the order of asking (two queries, once in a transaction that only reads)."""
    now = mode()
    kept: dict[int, list[Asked]] = {} if now is None or now.writing else once("asked")
    if interview.id not in kept:
        found = list({row.Confirmation.id: row.Confirmation for row in answers_in(interview)}.values())
        quotes = said(interview) if found else []
        project = db.session.get_one(Project, interview.project_id)
        heard = interview.stakeholders or []
        kept[interview.id] = [
            _asked(one, print_of(interview, quotes, one.stakeholder_id), project, heard) for one in found
        ]
    return kept[interview.id]


def answers_in(interview: Interview) -> Sequence[Any]:
    """Each confirmation with each of its corrections (None where there is none), in their order: one query, once in a
    transaction that only reads."""
    now = mode()
    kept: dict[int, Sequence[Any]] = {} if now is None or now.writing else once("answers")
    if interview.id not in kept:
        passage, body = aliased(PersonalText), aliased(PersonalText)
        own = Correction.project_id
        kept[interview.id] = db.session.execute(
            select(Confirmation, Correction, passage.body.label("passage"), body.body.label("words"))
            .outerjoin(Correction, Correction.confirmation_id == Confirmation.id)
            .outerjoin(passage, and_(passage.digest == Correction.passage, passage.project_id == own))
            .outerjoin(body, and_(body.digest == Correction.body, body.project_id == own))
            .where(Confirmation.interview_id == interview.id)
            .order_by(Confirmation.id, Correction.id)
        ).all()
    return kept[interview.id]


def _asked(row: Confirmation, now: str, project: Project, heard: Collection[int]) -> Asked:
    # Who is not of those who were heard any more is not asked any more.
    out = row.stakeholder_id is not None and row.stakeholder_id not in heard
    return Asked(
        row.id, row.stakeholder_id, row.way, _state(row, now, project, out), row.asked_by, row.asked_at, row.expires_at,
        row.confirmed_at, row.revoked_at, not out and _live(row), bool(row.digest),
    )  # fmt: skip


def _state(row: Confirmation, now: str, project: Project, out: bool) -> str:
    if row.confirmed_at is not None:
        return "confirmed" if row.seen == now else "earlier"
    if out or row.revoked_at is not None:
        return "revoked"
    late = policy.is_no_reply(_day(row.asked_at, project), clock.today(project.zone), project.reply_days)
    return "no_reply" if late else "waits"


def _live(row: Confirmation) -> bool:
    if not row.digest or row.revoked_at is not None:
        return False
    until = row.expires_at if row.confirmed_at is None else row.confirmed_at + timedelta(days=policy.WORDS_DAYS)
    return until > clock.now()


def _day(instant: datetime, project: Project) -> date:
    return instant.astimezone(ZoneInfo(project.zone)).date()


def is_confirmed(asked: Sequence[Asked], heard: Iterable[int]) -> bool:
    """Whether all who were asked, of those who were heard, have confirmed the present text: what each said last counts, and what
    was said for all of them (by nobody's name) where none was asked."""
    newest = {one.person: one for one in asked if one.state != "revoked"}
    theirs = [newest[one] for one in heard if one in newest]
    counting = theirs or [one for one in newest.values() if one.person is None]
    return bool(counting) and all(one.state == "confirmed" for one in counting)


def has_confirmed(interview: Interview, person: int | None) -> bool:
    """Whether one of those who were heard has confirmed the present text."""
    theirs = [one for one in asked_of(interview) if one.person == person and one.state != "revoked"]
    return bool(theirs) and theirs[-1].state == "confirmed"


def may_ask(actor: Actor, interview: Interview) -> Verdict:
    """Whether the actor may ask who was heard to confirm it, with every reason why not."""
    return policy.may_ask(
        actor, interview.project_id, interview.key, interview.interviewer_id, interview.stage, bool(interview.notes)
    )


def whose_word(actor: Actor, interview: Interview, person: int | None = None) -> int | None:
    """Which of those who were heard speaks: the one who is named, else the actor, else the only one; None where it is open."""
    heard = interview.stakeholders or []
    return person or own_person(actor, interview) or (heard[0] if len(heard) == 1 else None)


def may_answer(actor: Actor, interview: Interview, person: int | None = None) -> Verdict:
    """Whether the actor may answer for one of those who were heard (by name, or as ``whose_word`` has it), with every reason
    why not.

    Raises:
        Invalid: the one who is named was not heard in it.
    """
    heard = interview.stakeholders or []
    named = whose_word(actor, interview, person)
    if named is not None and named not in heard:
        raise invalid("stakeholder", "This person was not heard in %(key)s.", key=interview.key)
    own = named is not None and named == own_person(actor, interview)
    unnamed = 0 if named is not None else len(heard)
    verdict = policy.may_confirm(actor, interview.interviewer_id, own, unnamed)
    if verdict and has_confirmed(interview, named):
        verdict += no("confirmed_already", "They have confirmed this very text already.")
    if interview.stage not in policy.CONFIRMABLE:
        verdict += no("not_written", "%(key)s is not written up yet: say that it is, then ask.", key=interview.key)
    return verdict


def may_read_write_up(actor: Actor, interview: Interview, person: int | None) -> Verdict:
    """Whether the actor may see what one of those who were heard (None: nobody by name) is asked to confirm: that person, and who
    asks them.

    Raises:
        NotFound: nobody of that number was heard in it.
    """
    if person is not None and person not in (interview.stakeholders or []):
        raise NotFound(f"stakeholder {person}")
    own = person is not None and person == own_person(actor, interview)
    if own or policy.asks(actor, interview.project_id, interview.interviewer_id):
        return Verdict()
    return no("not_interviewee", "Only who was heard can confirm it, or the interviewer face to face with them.")


def open_row(interview: Interview, person: int | None) -> Confirmation | None:
    """The question that one of those who were heard has not answered yet."""
    return db.session.execute(
        select(Confirmation)
        .where(
            Confirmation.interview_id == interview.id,
            Confirmation.stakeholder_id == person if person is not None else Confirmation.stakeholder_id.is_(None),
            Confirmation.confirmed_at.is_(None),
            Confirmation.revoked_at.is_(None),
        )
        .order_by(Confirmation.id.desc())
        .limit(1)
    ).scalar()


def confirmation_of(interview: Interview, number: int) -> Confirmation:
    """One confirmation of an interview.

    Raises:
        NotFound: none, or of another.
    """
    row = db.session.get(Confirmation, number)
    if row is None or row.interview_id != interview.id:
        raise NotFound(f"confirmation {number}")
    return row


def own_person(actor: Actor, interview: Interview) -> int | None:
    """Which of those who were heard the actor is."""
    heard = set(interview.stakeholders or [])
    return next(
        (
            one.id
            for one in people(actor, interview.project_id)
            if one.id in heard and actor.login and one.user == actor.login
        ),
        None,
    )
