"""Excerpts and the evidence that they give, as far as the actor may know who said it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, select

from reqtrack.db import db, mode, once
from reqtrack.errors import invalid
from reqtrack.interviews import policy
from reqtrack.interviews.models import DataPoint, Document, Evidence, Excerpt, Interview
from reqtrack.interviews.policy import Person
from reqtrack.interviews.queries.masks import for_everybodys_eyes, masker
from reqtrack.interviews.queries.people import backs, for_everybody, people, who_does_it
from reqtrack.interviews.queries.standing import Marked, Stand, standing
from reqtrack.items.models import Item, PersonalText
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain

# Of a title that is made of what somebody said.
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Quote:
    """An excerpt as the actor may see it: ``who`` is "" or the name, ``role`` the label, ``items`` the keys it backs.

    ``interview`` is "" for a passage of a document, whose ``document`` is its title and ``place`` where it stands in it.
    ``moved``: its own words do not stand in the notes any more; ``now``: what does ("" where nothing is like it, or not asked).
    """

    id: int
    number: int
    text: str
    interview: str
    interview_id: int | None
    start: int
    who: str
    role: str
    level: str  # "" where it would give the speaker away
    items: tuple[tuple[str, str, str], ...] = ()  # (key, kind, title)
    document: str = ""
    document_id: int | None = None
    place: str = ""
    shown_as: str = "name"
    moved: bool = False
    now: str = ""
    end: int = 0  # where its words end in the notes, 0 where that was not asked or they are gone
    has_figures: bool = False


def _excerpts() -> Any:
    """Excerpts with ``key`` and ``stakeholders`` of their interviews, or ``title`` of their documents, and their words (``body``)."""
    own = Interview.__table__
    return (
        select(
            Excerpt,
            Item.key,
            own.c.stakeholders,
            own.c.interviewer_id,
            Document.title,
            PersonalText.body,
            exists().where(DataPoint.excerpt_id == Excerpt.id, DataPoint.removed_at.is_(None)).label("has_figures"),
        )
        .select_from(Excerpt)
        .outerjoin(Item, Item.id == Excerpt.interview_id)
        .outerjoin(own, own.c.id == Excerpt.interview_id)
        .outerjoin(Document, Document.id == Excerpt.document_id)
        .outerjoin(
            PersonalText, and_(PersonalText.digest == Excerpt.quote, PersonalText.project_id == Excerpt.project_id)
        )
    )


def quotes_of_interview(actor: Actor, interview: Interview, notes: str | None = None) -> list[Quote]:
    """The excerpts of an interview in the order of the notes; ``notes``: as they stand now, to be told how each stands in them."""
    rows = db.session.execute(
        _excerpts().where(Excerpt.interview_id == interview.id).order_by(Excerpt.start, Excerpt.id)
    ).all()
    if (now := mode()) is not None and not now.writing:
        once("excerpts shown")[interview.id] = [row.Excerpt for row in rows]
    stands = {}
    if notes is not None:
        stands = standing(interview, notes, [Marked(row.Excerpt, row.body or "") for row in rows])
    places = {number: (one.start is None, one.start or 0) for number, one in stands.items()}
    rows = sorted(rows, key=lambda row: (*places.get(row.Excerpt.id, (False, row.Excerpt.start)), row.Excerpt.id))
    return _quotes(actor, interview.project_id, rows, stands)


def excerpts_shown(interview_id: int) -> Sequence[Excerpt] | None:
    """The excerpts of an interview, where this transaction only reads and has loaded them."""
    now = mode()
    return None if now is None or now.writing else once("excerpts shown").get(interview_id)


def quotes_of_document(actor: Actor, document: Document) -> list[Quote]:
    """The passages that were taken from a document, in the order in which they were."""
    rows = db.session.execute(_excerpts().where(Excerpt.document_id == document.id).order_by(Excerpt.id)).all()
    return _quotes(actor, document.project_id, rows)


def quotes_of_item(actor: Actor, item: Item) -> list[Quote]:
    """The excerpts that back an item."""
    rows = db.session.execute(
        _excerpts()
        .join(Evidence, Evidence.excerpt_id == Excerpt.id)
        .where(Evidence.item_id == item.id, backs())
        .order_by(Evidence.id)
    ).all()
    return _quotes(actor, item.project_id, rows)


def quotes_by_id(actor: Actor, project_id: int, ids: Sequence[int]) -> list[Quote]:
    """Excerpts of a project by id, those that exist and that the actor may see."""
    rows = db.session.execute(
        _excerpts().where(Excerpt.project_id == project_id, Excerpt.id.in_(ids)).order_by(Excerpt.id)
    ).all()
    return _quotes(actor, project_id, rows)


def _quotes(
    actor: Actor, project_id: int, rows: Sequence[Any], stands: Mapping[int, Stand] | None = None
) -> list[Quote]:
    rows = [row for row in rows if policy.sees_sentence(actor, row.Excerpt.shown_as, row.interviewer_id)]
    if not rows:
        return []
    mask = masker(actor, project_id)
    known = {one.id: one for one in people(actor, project_id)}
    for_all = for_everybody(project_id) if any(row.Excerpt.shown_as == "role" for row in rows) else {}
    backed = _backed(actor, project_id, [row.Excerpt.id for row in rows])
    quotes = []
    for number, row in enumerate(rows, 1):
        excerpt = row.Excerpt
        by_role = excerpt.shown_as == "role"
        person = _speaker(excerpt, row.stakeholders or [], for_all if by_role else known)
        stand = (stands or {}).get(excerpt.id)
        quotes.append(
            Quote(
                id=excerpt.id,
                number=number,
                text=mask(plain(row.body or "")),
                interview=row.key or "",
                interview_id=excerpt.interview_id,
                start=stand.start if stand is not None and stand.start is not None else excerpt.start,
                who=person.name if person else "",
                role=person.label if person else "",
                level=person.level if person else "",
                items=() if excerpt.shown_as == "hidden" else tuple(backed.get(excerpt.id, ())),
                document=mask(row.title or ""),
                document_id=excerpt.document_id,
                place=mask(excerpt.place),
                shown_as=excerpt.shown_as,
                moved=excerpt.moved_at is not None if stand is None else stand.start is None,
                now=mask(plain(stand.now)) if stand is not None else "",
                end=stand.end if stand is not None else 0,
                has_figures=bool(row.has_figures),
            )
        )
    return quotes


def _speaker(excerpt: Excerpt, heard: Sequence[int], known: dict[int, Person]) -> Person | None:
    if excerpt.document_id is not None:
        return None
    if excerpt.stakeholder_id:
        return known.get(excerpt.stakeholder_id)
    return known.get(heard[0]) if len(heard) == 1 else None


def _backed(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, list[tuple[str, str, str]]]:
    # An outer join, so that SQLite begins at the evidence: it would begin at all items of the project.
    rows = db.session.execute(
        select(Evidence.excerpt_id, Item.key, Item.kind, Item.title)
        .outerjoin(Item, and_(Item.id == Evidence.item_id, visible(actor, project_id)))
        .where(Evidence.excerpt_id.in_(ids), Evidence.until.is_(None))
        .order_by(Item.kind, Item.number)
    )
    found: dict[int, list[tuple[str, str, str]]] = {}
    for row in rows:
        if row.key is not None:
            found.setdefault(row.excerpt_id, []).append((row.key, row.kind, row.title))
    return found


def excerpts_for(project_id: int, ids: Sequence[int]) -> list[Excerpt]:
    """Excerpts by id.

    Raises:
        Invalid: one of them is not of this project.
    """
    rows = (
        db.session.execute(select(Excerpt).where(Excerpt.project_id == project_id, Excerpt.id.in_(ids))).scalars().all()
    )
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise invalid("evidence", "There is no excerpt %(ids)s in this project.", ids=sorted(missing))
    return list(rows)


def evidence_ids(actor: Actor, project_id: int, item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """``{item id: {"evidence": [excerpt ids]}}``, for the API (implementers see no excerpts)."""
    if not actor.may("interview.read", project_id):
        return {}
    rows = db.session.execute(
        select(Evidence.item_id, Evidence.excerpt_id)
        .join(Excerpt, Excerpt.id == Evidence.excerpt_id)
        .where(Evidence.item_id.in_(item_ids), backs())
        .order_by(Evidence.id)
    )
    found: dict[int, dict[str, Any]] = {item_id: {"evidence": []} for item_id in item_ids}
    for row in rows:
        found[row.item_id]["evidence"].append(row.excerpt_id)
    return found


def prefilled(project_id: int, kind: str, quote: str, speaker: int | None = None) -> dict[str, str]:
    """What a scenario or requirement begins with that is made from a passage: its words, fit for everybody's eyes, and whose
    work it is."""
    said = for_everybodys_eyes(project_id, " ".join(plain(quote).split()))
    filled = {"title": said[:LONGEST_TITLE]}
    if kind == "requirement":
        filled["statement"] = said
    elif speaker is not None:
        filled["actor"] = who_does_it(project_id, speaker)
    return filled
