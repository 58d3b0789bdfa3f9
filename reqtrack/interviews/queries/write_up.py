"""What somebody who was heard reads of it, masked for them, and what became of their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from sqlalchemy import (
    select,
)

from reqtrack.accounts.models import Project, User
from reqtrack.db import db
from reqtrack.interviews import fates, policy
from reqtrack.interviews.models import Evidence, Interview
from reqtrack.interviews.queries.confirming import own_person, print_of, said
from reqtrack.interviews.queries.corrections import corrections
from reqtrack.interviews.queries.masks import NOT_SHOWN, SHORTEST_HIDDEN, enough, masker, masker_for_person
from reqtrack.interviews.queries.people import people
from reqtrack.interviews.queries.standing import marked_in, standing
from reqtrack.items import personal
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain, to_html, unlinked

HAN = re.compile("[\u4e00-\u9fff]")
FENCE = re.compile(r"^[ >]*(?:```|~~~)")


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
