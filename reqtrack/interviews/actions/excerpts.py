"""Verbs on excerpts: mark a passage, back an item with it, make an item of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project, User
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import NotFound, invalid, no
from reqtrack.interviews import passages, policy, queries, talk
from reqtrack.interviews.actions.rights import may, reopen
from reqtrack.interviews.models import Evidence, Excerpt, Interview
from reqtrack.interviews.queries.standing import marked_in, standing
from reqtrack.items import personal, store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import SYSTEM, Actor

# Of those who speak in notes, the one who asks.
_INTERVIEWER = 0


def mark(
    actor: Actor,
    interview: Interview,
    quote: str,
    *,
    near: int = 0,
    occurrence: int = 0,
    stakeholder_id: int | None = None,
) -> Excerpt:
    """Mark a passage of an interview's notes. The same passage marked twice is one excerpt.

    Args:
        near: where about it stands, or ``occurrence``: which of several, counted from 0, as the notes read.
        stakeholder_id: who said it, where the notes do not tell.

    Raises:
        Invalid: the words do not stand in the notes as the actor reads them, or the speaker was not in the interview.
    """
    may(actor, interview.project_id, "interview.write")
    notes = personal.get(interview.project_id, interview.notes)
    try:
        words = text_of(quote)
        found = passages.find(notes, words, near) if near else passages.nth(notes, words, occurrence)
    except Unfit as unfit:
        raise invalid("quote", unfit.message, **unfit.params) from None
    if found is None or _names_unknown(actor, interview, notes, *found):
        # Said alike of both: whoever guesses is told nothing.
        message = "These words do not stand in the notes of %(key)s as you read them. Where a name is hidden, ask its interviewer."
        raise invalid("quote", message, key=interview.key)
    if stakeholder_id is not None and stakeholder_id not in (interview.stakeholders or []):
        raise invalid("stakeholder", "This person was not heard in %(key)s.", key=interview.key)
    start, words = found
    known = _marked(interview, notes, start, words)
    if known is not None:
        return known
    with recorded(actor, interview.project_id, "excerpt.marked", interview.key) as entry:
        row = Excerpt(
            project_id=interview.project_id,
            interview_id=interview.id,
            stakeholder_id=stakeholder_id or _speaker(interview, notes, start),
            quote=personal.put(interview.project_id, words),
            start=start,
            notes_version=interview.version,
            author=actor.login,
            at=entry.at,
        )
        db.session.add(row)
        # Whoever reads the interview sees more than before.
        interview.updated_at = entry.at
        db.session.flush()
        entry.after = {"excerpt": row.id, "quote": row.quote, "start": start}
    reopen(actor, interview, "A passage was marked after they had been confirmed.")
    return row


def _names_unknown(actor: Actor, interview: Interview, notes: str, start: int, words: str) -> bool:
    """Whether a passage touches what the actor reads something else in the place of."""
    swaps = queries.masker(actor, interview.project_id).swaps(notes)
    return any(low < start + len(words) and start < high for low, high, _instead in swaps)


def _marked(interview: Interview, notes: str, start: int, words: str) -> Excerpt | None:
    """The excerpt that stands at this very place already."""
    marked = [one for one in marked_in(interview) if one.words == words]
    stands = standing(interview, notes, marked) if marked else {}
    return next((one.excerpt for one in marked if stands[one.excerpt.id].start == start), None)


def _speaker(interview: Interview, notes: str, start: int) -> int | None:
    """Who speaks at a place: the notes name them (see ``talk``), else the only one who was heard; nobody where it is another."""
    ids = interview.stakeholders or []
    called = [(one.name, one.id) for one in queries.people(SYSTEM, interview.project_id)]
    if interview.interviewer_id is not None:
        called.append((db.session.get_one(User, interview.interviewer_id).name, _INTERVIEWER))

    def whose(said: str) -> int | None:
        same = [one for name, one in called if name == said] or [
            one for name, one in called if talk.same_person(said, name)
        ]
        # One who was heard, before one who asks, before one who was not there.
        for group in (ids, [_INTERVIEWER], same):
            fitting = [one for one in same if one in group]
            if fitting:
                return fitting[0] if len(fitting) == 1 else None
        return None

    named, who = talk.speaker_at(notes, start, whose)
    if named:
        return who if who in ids else None
    return ids[0] if len(ids) == 1 else None


def back(actor: Actor, item: Item, excerpts: Sequence[Excerpt]) -> list[Evidence]:
    """Attach excerpts to a scenario or requirement as evidence (a working fact: open also when the item is locked)."""
    if item.kind not in ("scenario", "requirement"):
        raise invalid("item", "Evidence backs scenarios and requirements.")
    may(actor, item.project_id, *policy.BACKERS)
    there = set(
        db.session.execute(
            select(Evidence.excerpt_id).where(Evidence.item_id == item.id, Evidence.until.is_(None))
        ).scalars()
    )
    if any(excerpt.shown_as == "hidden" for excerpt in excerpts):
        no("hidden", "Who said this does not want the sentence to be shown, so it backs nothing.").require(409)
    made = []
    for excerpt in excerpts:
        if excerpt.id in there:
            continue
        with recorded(actor, item.project_id, "evidence.added", item.key) as entry:
            row = Evidence(project_id=item.project_id, excerpt_id=excerpt.id, item_id=item.id, since=entry.seq)
            db.session.add(row)
            entry.after = {"excerpt": excerpt.id}
        made.append(row)
    return made


def unback(actor: Actor, item: Item, excerpt_id: int) -> None:
    """Take evidence off an item; it stays in the history."""
    may(actor, item.project_id, "requirement.write" if item.kind == "requirement" else "scenario.write")
    row = db.session.execute(
        select(Evidence).where(Evidence.item_id == item.id, Evidence.excerpt_id == excerpt_id, Evidence.until.is_(None))
    ).scalar()
    if row is None:
        raise NotFound(f"excerpt {excerpt_id}")
    with recorded(actor, item.project_id, "evidence.ended", item.key, before={"excerpt": excerpt_id}) as entry:
        row.until = entry.seq


def make_from(
    actor: Actor,
    project: Project,
    interview: Interview,
    kind: str,
    quote: str,
    values: Mapping[str, Any],
    near: int = 0,
    occurrence: int = 0,
) -> Item:
    """From a passage to a scenario or requirement in one act: mark it, make the item, attach the evidence.

    What is not given is pre-filled: see ``queries.prefilled``.
    """
    excerpt = mark(actor, interview, quote, near=near, occurrence=occurrence)
    given = {"kind": "main"} if kind == "scenario" else {}
    given |= queries.prefilled(project.id, kind, quote, excerpt.stakeholder_id)
    given |= {name: value for name, value in values.items() if value not in (None, "", [])}
    item = store.create(actor, project, KINDS[kind], given)
    back(actor, item, [excerpt])
    return item
