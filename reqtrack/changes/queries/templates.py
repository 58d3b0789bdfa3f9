"""The templates of standard changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from reqtrack.accounts.models import Membership, User
from reqtrack.changes.dossier import limits_of
from reqtrack.changes.models import ChangeTemplate
from reqtrack.changes.package import editable
from reqtrack.changes.standard import Limits
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
        wanted = wanted.where(_by_an_owner())
    return db.session.execute(wanted.order_by(ChangeTemplate.name, ChangeTemplate.id)).scalars().all()


def _by_an_owner() -> ColumnElement[bool]:
    """Whether who approved a template is an owner of its project still, in SQL."""
    return exists().where(
        User.login == ChangeTemplate.approved_by,
        User.active,
        Membership.user_id == User.id,
        Membership.project_id == ChangeTemplate.project_id,
        Membership.role == "business_owner",
        Membership.ended_at.is_(None),
    )


def standing(project_id: int) -> set[int]:
    """The ids of a project's templates whose approval holds: who gave it is an owner still (one statement)."""
    wanted = select(ChangeTemplate.id).where(ChangeTemplate.project_id == project_id, _by_an_owner())
    return set(db.session.scalars(wanted))


def limits_now(row: ChangeTemplate) -> Limits:
    """The limits of a template, with whether its approval holds (one statement)."""
    return replace(limits_of(row), lapsed=bool(row.approved_by) and row.id not in standing(row.project_id))


def template_for(project_id: int, number: int) -> ChangeTemplate:
    """A template by its id, also one that is put away.

    Raises:
        NotFound
    """
    row = db.session.get(ChangeTemplate, number)
    if row is None or row.project_id != project_id:
        raise NotFound(f"template {number}")
    return row
