"""Where the excerpts of an interview stand in its notes, now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from reqtrack.db import db
from reqtrack.interviews import anchors
from reqtrack.interviews.anchors import Place
from reqtrack.interviews.models import Excerpt, Interview
from reqtrack.items import personal
from reqtrack.items.models import PersonalText, Version


@dataclass(frozen=True)
class Marked:
    """An excerpt of an interview with its words."""

    excerpt: Excerpt
    words: str


def marked_in(interview: Interview) -> list[Marked]:
    """The excerpts of an interview in the order in which they were marked (one query)."""
    its_text = and_(PersonalText.digest == Excerpt.quote, PersonalText.project_id == Excerpt.project_id)
    rows = db.session.execute(
        select(Excerpt, PersonalText.body)
        .outerjoin(PersonalText, its_text)
        .where(Excerpt.interview_id == interview.id)
        .order_by(Excerpt.id)
    ).all()
    return [Marked(row[0], row[1] or "") for row in rows]


@dataclass(frozen=True)
class Stand:
    """Where an excerpt's words stand (``start``), or that they are gone and what stands there ``now`` instead ("": nothing like it)."""

    start: int | None
    now: str = ""
    end: int = 0


def stands_of(interview: Interview, notes: str | None = None) -> dict[int, Stand]:
    """How the excerpts of an interview stand in its notes, by their ids."""
    text = personal.get(interview.project_id, interview.notes) if notes is None else notes
    return standing(interview, text, marked_in(interview))


def standing(interview: Interview, notes: str, marked: Sequence[Marked]) -> dict[int, Stand]:
    """How each excerpt stands in the notes, by its id.

    No query while all stand where they are said to; two where some have to be looked for from the notes that they stood in.
    """
    found: dict[int, Stand] = {}
    lost: dict[int, list[Marked]] = {}
    for one in marked:
        excerpt = one.excerpt
        if one.words and excerpt.moved_at is None and notes.startswith(one.words, excerpt.start):
            found[excerpt.id] = Stand(excerpt.start, end=excerpt.start + len(one.words))
        else:
            lost.setdefault(excerpt.notes_version, []).append(one)
    if not lost:
        return found
    earlier = _notes_of(interview, lost)
    held = {(one.words, found[one.excerpt.id].start or 0) for one in marked if one.excerpt.id in found}
    for version in sorted(lost, reverse=True):
        _follow(earlier.get(version, ""), notes, lost[version], found, held)
    return found


def _follow(old: str, notes: str, these: Sequence[Marked], found: dict[int, Stand], held: set[tuple[str, int]]) -> None:
    """Where excerpts of one earlier state of the notes stand now; those whose words did not even stand there are gone."""
    known = [one for one in these if one.words and old.startswith(one.words, one.excerpt.start)]
    found.update({one.excerpt.id: Stand(None) for one in these})
    gone = []
    places = [Place(one.excerpt.start, one.words) for one in known]
    for one, start in zip(known, anchors.follow(old, notes, places, held), strict=True):
        if start is None:
            gone.append(one)
        else:
            found[one.excerpt.id] = Stand(start, end=start + len(one.words))
            held.add((one.words, start))
    now = anchors.instead(old, notes, [Place(one.excerpt.start, one.words) for one in gone]) if gone else ()
    for one, words in zip(gone, now, strict=True):
        found[one.excerpt.id] = Stand(None, words)


def _notes_of(interview: Interview, versions: Iterable[int]) -> Mapping[int, str]:
    """The notes as they stood in some versions (two queries)."""
    rows = db.session.execute(
        select(Version.number, Version.content).where(Version.item_id == interview.id, Version.number.in_(versions))
    ).all()
    digests = {row.number: json.loads(row.content).get("notes") for row in rows}
    texts = personal.many(interview.project_id, [one for one in digests.values() if one])
    return {number: texts.get(digest, "") for number, digest in digests.items() if digest}
