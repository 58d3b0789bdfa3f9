"""Write-ups that are put to those who were heard: what they read, what they answered, and what became of their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.accounts.links import folded
from reqtrack.accounts.models import Project, User
from reqtrack.accounts.sessions import digest_of
from reqtrack.audit.seals import digest
from reqtrack.db import canonical, db, mode, once
from reqtrack.errors import NotFound, Verdict, invalid, no
from reqtrack.interviews import fates, policy
from reqtrack.interviews.models import Confirmation, Correction, Evidence, Excerpt, Interview
from reqtrack.interviews.queries.masks import NOT_SHOWN, SHORTEST_HIDDEN, enough, masker, masker_for_person
from reqtrack.interviews.queries.people import people
from reqtrack.interviews.queries.quotes import excerpts_shown
from reqtrack.interviews.queries.standing import marked_in, standing
from reqtrack.items import personal
from reqtrack.items.models import Item, PersonalText
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain, to_html, unlinked

HAN = re.compile("[\u4e00-\u9fff]")
FENCE = re.compile(r"^[ >]*(?:```|~~~)")


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
        found = list({row.Confirmation.id: row.Confirmation for row in _answers(interview)}.values())
        quotes = said(interview) if found else []
        project = db.session.get_one(Project, interview.project_id)
        heard = interview.stakeholders or []
        kept[interview.id] = [
            _asked(one, print_of(interview, quotes, one.stakeholder_id), project, heard) for one in found
        ]
    return kept[interview.id]


def _answers(interview: Interview) -> Sequence[Any]:
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


# -- the link ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """What a link leads to."""

    row: Confirmation
    interview: Interview
    project: Project


def names(person: ColumnExpressionArgument[Any]) -> ColumnElement[bool]:
    """The clause for interviews in which somebody was heard."""
    # The list of ids as text: [3,14] reads ,3,14,
    heard = func.replace(func.replace(type_coerce(Interview.stakeholders, Text), "[", ","), "]", ",")
    return heard.like(literal("%,").concat(cast(person, Text)).concat(",%"))


def opened(secret: str, answering: bool = False) -> Opened:
    """What the link of a secret leads to, found by the digest of the secret in one statement, whatever comes of it.

    Args:
        answering: it is to be answered, not only read: it was not yet.

    Raises:
        NotFound: unknown, out of date, taken back, used already, of somebody who was not heard after all (not told apart).
    """
    now = clock.now()
    waits = and_(
        Confirmation.confirmed_at.is_(None),
        Confirmation.expires_at > now,
        Interview.stage.in_(policy.CONFIRMABLE),
    )
    told = Confirmation.confirmed_at > now - timedelta(days=policy.WORDS_DAYS)
    found = db.session.execute(
        select(Confirmation, Interview, Project)
        .join(Interview, Interview.id == Confirmation.interview_id)
        .join(Project, Project.id == Confirmation.project_id)
        .where(
            Confirmation.digest == digest_of(folded(secret)),
            Confirmation.revoked_at.is_(None),
            Interview.retired.is_(False),
            names(Confirmation.stakeholder_id),
            waits if answering else or_(waits, told),
        )
    ).first()
    if found is None:
        raise NotFound("link")
    return Opened(*found)


# -- what the person reads ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WriteUp:
    """An interview as one of those who were heard reads it: no name but theirs, no way into the project.

    ``own``: their quotes, ``(id, words, shown_as)``. ``paragraphs``: ``(words, HTML)``. ``sent``: their corrections.
    """

    title: str
    project: str
    interviewer: str
    held_on: date | None
    person: int | None
    called: str
    paragraphs: list[tuple[str, Markup]]
    own: list[tuple[int, str, str]]
    sent: list[Any]
    seen: str


def write_up(interview: Interview, project: Project, person: int | None, viewer: Actor | None = None) -> WriteUp:
    """What one of those who were heard is asked to confirm.

    Args:
        person: None: all of them together, by nobody's name.
        viewer: who looks at it beside them, and reads no more than they may.
    """
    quotes = said(interview)
    mine = [one for one in quotes if person is not None and one.speaker == person]
    left_out = [one.id for one in quotes if one.shown_as == "hidden" and one not in mine]
    bodies = personal.many(project.id, [interview.notes or "", *(one.quote for one in mine)])
    mask = _mask(interview, person, viewer)
    notes = _without(interview, bodies.get(interview.notes or "", ""), left_out)
    asker = db.session.get(User, interview.interviewer_id) if interview.interviewer_id else None
    return WriteUp(
        title=mask(interview.title),
        project=project.name,
        interviewer=asker.name if asker else "",
        held_on=interview.held_on,
        person=person,
        called=_called(project.id, person),
        paragraphs=[(_told(one), unlinked(to_html(one))) for one in paragraphs(mask(notes)) if plain(one)],
        own=[(one.id, mask(plain(bodies.get(one.quote, ""))), one.shown_as) for one in mine],
        sent=corrections(interview, mask, person) if person is not None else [],
        seen=print_of(interview, quotes, person),
    )


def _without(interview: Interview, notes: str, left_out: Sequence[int]) -> str:
    """The notes without what another of those who were heard wants nobody to see: the words of some excerpts."""
    marked = [one for one in marked_in(interview) if one.excerpt.id in left_out] if left_out else []
    stands = standing(interview, notes, marked)
    found = set()
    for one in marked:
        start = stands[one.excerpt.id].start
        # A word or two that do not stand there any more are anybody's.
        if start is not None or len(one.words) >= SHORTEST_HIDDEN:
            found.add(enough(one.words, start or 0, notes))
    for words in sorted(found, key=len, reverse=True):
        notes = notes.replace(words, str(NOT_SHOWN))
    return notes


def _mask(interview: Interview, person: int | None, viewer: Actor | None) -> Callable[[str], str]:
    """What the person reads; of it, what somebody else may who looks at it."""
    theirs = masker_for_person(interview.project_id, person)
    if viewer is None or person == own_person(viewer, interview):
        return theirs
    others = masker(viewer, interview.project_id)
    return lambda body: others(theirs(body))


def _called(project_id: int, person: int | None) -> str:
    """What the person is called for everybody: what stands beside their words where the name does not."""
    return next((one.label for one in people(policy.NOBODY, project_id) if one.id == person), "")


def paragraphs(notes: str) -> list[str]:
    """The paragraphs of notes in Markdown: what is parted by blank lines, code as a whole, a heading with what follows it."""
    found: list[list[str]] = [[]]
    fenced = False
    for line in notes.split("\n"):
        fenced ^= bool(FENCE.match(line))
        if line.strip() or fenced:
            found[-1].append(line)
        elif found[-1] and not (len(found[-1]) == 1 and found[-1][0].lstrip().startswith("#")):
            found.append([])
    return ["\n".join(one) for one in found if one]


def _told(paragraph: str) -> str:
    """The words of a paragraph without the heading above it."""
    below = [line for line in paragraph.split("\n") if not line.lstrip().startswith("#")]
    return plain("\n".join(below)) or plain(paragraph)


def likely_locale(interview: Interview, name: str) -> str:
    """The language that somebody of this name most likely reads: that of the name, else that of the notes."""
    text = name or personal.get(interview.project_id, interview.notes)
    return "zh_Hans_CN" if HAN.search(text) else "en"


# -- what they corrected -----------------------------------------------------------------------------------------------


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
        for row in _answers(interview)
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


# -- what became of their words ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of one quote: ``made`` holds ``(kind, title, fate)`` of what was made of it."""

    words: str
    hidden: bool
    made: list[tuple[str, str, fates.Fate]]


def outcomes(interview: Interview, person: int | None, viewer: Actor | None = None) -> list[Outcome]:
    """What became of each of somebody's own words: titles and decisions of what was made of them, nothing else of the project."""
    mask = _mask(interview, person, viewer)
    mine = [one for one in said(interview) if person is not None and one.speaker == person]
    bodies = personal.many(interview.project_id, [one.quote for one in mine])
    made = _made(interview.project_id, [one.id for one in mine if one.shown_as != "hidden"], mask)
    return [
        Outcome(mask(plain(bodies.get(one.quote, ""))), one.shown_as == "hidden", made.get(one.id, [])) for one in mine
    ]


def _made(
    project_id: int, ids: Sequence[int], mask: Callable[[str], str]
) -> Mapping[int, list[tuple[str, str, fates.Fate]]]:
    rows = db.session.execute(
        select(Evidence.excerpt_id, Item.id, Item.kind, Item.title)
        .join(Item, Item.id == Evidence.item_id)
        .where(Evidence.excerpt_id.in_(ids), Evidence.until.is_(None), Item.kind.in_(("scenario", "requirement")))
        .order_by(Item.kind, Item.number)
    ).all()
    known = {
        (kind, number): fate
        for kind in {row.kind for row in rows}
        for number, fate in fates.told(project_id, kind, [row.id for row in rows if row.kind == kind]).items()
    }
    found: dict[int, list[tuple[str, str, fates.Fate]]] = {}
    for row in rows:
        fate = known[row.kind, row.id]
        shown = fates.Fate(**{**vars(fate), "why": mask(plain(fate.why)), "until": mask(fate.until)})
        found.setdefault(row.excerpt_id, []).append((row.kind, mask(row.title), shown))
    return found
