"""The project's data dictionary as it is kept, and as its rules want it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from reqtrack.acceptance.data.dictionary import Entry
from reqtrack.acceptance.models import DictionaryEntry
from reqtrack.audit.kept import kept
from reqtrack.db import db
from reqtrack.errors import NotFound


def entries(project_id: int, *, retired: bool = False) -> Sequence[DictionaryEntry]:
    """The entries in their order; ``retired``: those that were taken out."""
    which = DictionaryEntry.archived_at.is_not(None) if retired else DictionaryEntry.archived_at.is_(None)
    wanted = select(DictionaryEntry).where(DictionaryEntry.project_id == project_id, which)
    return db.session.execute(wanted.order_by(DictionaryEntry.position, DictionaryEntry.id)).scalars().all()


def all_entries(project_id: int, after: int, limit: int) -> Sequence[DictionaryEntry]:
    """The entries in the order in which they were made, retired ones too, from behind ``after``."""
    wanted = select(DictionaryEntry).where(DictionaryEntry.project_id == project_id, DictionaryEntry.id > after)
    return db.session.execute(wanted.order_by(DictionaryEntry.id).limit(limit)).scalars().all()


def entry_for(project_id: int, number: int) -> DictionaryEntry:
    """An entry of a project, by its id.

    Raises:
        NotFound: there is none.
    """
    row = db.session.get(DictionaryEntry, number)
    if row is None or row.project_id != project_id:
        raise NotFound(f"field {number}")
    return row


def as_rule(row: DictionaryEntry) -> Entry:
    """An entry as ``acceptance.data`` reads it."""
    return Entry(
        name=row.name,
        meaning=row.meaning,
        type=row.type,
        format=row.format,
        unit=row.unit,
        allowed=tuple(row.allowed or ()),
        required=row.required,
        unique=row.is_unique,
        aliases=tuple(row.aliases or ()),
    )


def rules(project_id: int) -> Sequence[Entry]:
    """The entries in use, as rules, in their order."""
    return kept("data dictionary", project_id, lambda: [as_rule(row) for row in entries(project_id)])


def last_position(project_id: int) -> int:
    """The position of the last entry; 0 where there is none."""
    wanted = select(func.max(DictionaryEntry.position)).where(DictionaryEntry.project_id == project_id)
    return int(db.session.execute(wanted).scalar() or 0)
