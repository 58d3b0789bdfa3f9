"""The templates of standard changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.changes.models import ChangeTemplate
from reqtrack.changes.package import editable
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.items.kinds import KINDS


def field_names() -> dict[str, Any]:
    """The fields that a template may be limited to, with their labels: those of what a scope is made of."""
    return {
        field.name: field.label
        for kind in KINDS.values()
        if editable(kind)
        for field in kind.fields
        if field.text or field.scope
    }


def templates(project_id: int, *, usable: bool = False) -> Sequence[ChangeTemplate]:
    """The templates of a project that are in use, in the order of their names; ``usable``: approved ones alone."""
    wanted = select(ChangeTemplate).where(ChangeTemplate.project_id == project_id, ChangeTemplate.archived_at.is_(None))
    if usable:
        wanted = wanted.where(ChangeTemplate.approved_by != "")
    return db.session.execute(wanted.order_by(ChangeTemplate.name, ChangeTemplate.id)).scalars().all()


def template_for(project_id: int, number: int) -> ChangeTemplate:
    """A template by its id, also one that is put away.

    Raises:
        NotFound
    """
    row = db.session.get(ChangeTemplate, number)
    if row is None or row.project_id != project_id:
        raise NotFound(f"template {number}")
    return row
