"""Verbs on documents that are evidence (contracts, regulations, complaints, old sheets) and on passages taken from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, invalid, no
from reqtrack.interviews import queries
from reqtrack.interviews.actions.rights import may
from reqtrack.interviews.models import DOCUMENT_KINDS, Document, Excerpt
from reqtrack.items import personal
from reqtrack.items.models import PersonalText
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor

DOCUMENT_FIELDS = ("title", "kind", "dated", "note")
LONGEST_TITLE, LONGEST_NOTE, LONGEST_PLACE, LONGEST_QUOTE, LONGEST_FILE_NAME = 400, 20_000, 400, 10_000, 255


@dataclass(frozen=True)
class StoredFile:
    """A file that passed the door and lies in the store."""

    digest: str
    name: str
    kind: str
    size: int


def add_document(actor: Actor, project: Project, values: Mapping[str, Any], file: StoredFile | None = None) -> Document:
    """Add a document, with a file or without. ``values``: title, kind, dated (a date), note.

    Raises:
        Invalid: no title, a kind that does not exist, a date that is none.
    """
    may(actor, project.id, "interview.write")
    given = _checked(project.id, {"title": "", **values})
    with recorded(actor, project.id, "document.added", given["title"]) as entry:
        row = Document(project_id=project.id, author=actor.login, created_at=entry.at, updated_at=entry.at)
        _fill(row, given, file)
        db.session.add(row)
        db.session.flush()
        entry.subject = f"document:{row.id}"
        entry.after = _told(row)
    return row


def change_document(
    actor: Actor, document: Document, values: Mapping[str, Any], seen: int | None = None, file: StoredFile | None = None
) -> Document:
    """Change a document's facts, or give it a file; what is left out stays.

    Raises:
        Invalid: per field. Refused: 409, somebody else was first.
    """
    may(actor, document.project_id, "interview.write")
    if seen is not None and seen != document.version:
        no("stale", "Somebody else changed this document meanwhile.").require(409)
    given = {
        name: value for name, value in _checked(document.project_id, values).items() if getattr(document, name) != value
    }
    if not given and file is None:
        return document
    before = _told(document)
    subject = f"document:{document.id}"
    with recorded(actor, document.project_id, "document.changed", subject, before=before) as entry:
        _fill(document, given, file)
        document.updated_at = entry.at
        entry.after = _told(document)
    return document


def take(actor: Actor, document: Document, quote: str, place: str = "") -> Excerpt:
    """Take a passage from a document: its words, and where they stand (``page 4``, ``sheet Orders, cell B12``). The same words taken
    twice at one place are one excerpt.

    Raises:
        Invalid: no words, or too many.
    """
    may(actor, document.project_id, "interview.write")
    words = _text("quote", quote, LONGEST_QUOTE).strip()
    if not words:
        raise invalid("quote", "Copy the words from the document.", "required")
    where = " ".join(_text("place", place, LONGEST_PLACE).split())
    where = queries.for_everybodys_eyes(document.project_id, where, LONGEST_PLACE)
    known = db.session.execute(
        select(Excerpt)
        .join(PersonalText, (PersonalText.digest == Excerpt.quote) & (PersonalText.project_id == Excerpt.project_id))
        .where(Excerpt.document_id == document.id, Excerpt.place == where, PersonalText.body == words)
    ).scalar()
    if known is not None:
        return known
    with recorded(actor, document.project_id, "excerpt.taken", f"document:{document.id}") as entry:
        row = Excerpt(
            project_id=document.project_id, document_id=document.id, place=where, start=0, notes_version=0,
            quote=personal.put(document.project_id, words), author=actor.login, at=entry.at,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        entry.after = {"excerpt": row.id, "quote": row.quote, "place": where}
    return row


def _checked(project_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, fit to be kept: names of who was heard become what they are called for everybody."""
    given: dict[str, Any] = {}
    reasons: list[Reason] = []
    for name, value in values.items():
        try:
            given[name] = _one(name, value)
        except Invalid as problem:
            reasons += problem.reasons
    if "title" in given and not given["title"]:
        reasons.append(Reason("required", "A document needs a title.", {}, "title"))
    if reasons:
        raise Invalid(reasons)
    for name, longest in (("title", LONGEST_TITLE), ("note", LONGEST_NOTE)):
        if given.get(name):
            given[name] = queries.for_everybodys_eyes(project_id, given[name], longest)
    return given


def _one(name: str, value: Any) -> Any:
    if name == "dated":
        return _date(value)
    if name == "kind":
        kind = value or "other"
        if kind not in DOCUMENT_KINDS:
            message = "%(given)s is not one of: %(choices)s."
            raise invalid("kind", message, given=str(kind)[:40], choices=tuple(DOCUMENT_KINDS))
        return kind
    if name == "title":
        return " ".join(_text(name, value or "", LONGEST_TITLE).split())
    if name == "note":
        return _text(name, value or "", LONGEST_NOTE)
    raise Invalid(
        (Reason("unknown_field", "%(kind)s has no field %(name)s.", {"kind": "document", "name": name}, name),)
    )


def _date(value: Any) -> date | None:
    if not value or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise invalid("dated", "%(given)s is not a date such as 2026-11-20.", given=str(value)[:40]) from None


def _text(name: str, value: Any, longest: int) -> str:
    try:
        return text_of(value, longest)
    except Unfit as unfit:
        raise invalid(name, unfit.message, **unfit.params) from None


def _fill(row: Document, given: Mapping[str, Any], file: StoredFile | None) -> None:
    for name, value in given.items():
        setattr(row, name, value)
    if file is not None:
        name = queries.for_everybodys_eyes(row.project_id, file.name, LONGEST_FILE_NAME)
        row.digest, row.file_name, row.media_type, row.size = file.digest, name, file.kind, file.size


def _told(row: Document) -> dict[str, Any]:
    dated = row.dated.isoformat() if row.dated else None
    return {"title": row.title, "kind": row.kind, "dated": dated, "note": row.note, "file": row.digest}
