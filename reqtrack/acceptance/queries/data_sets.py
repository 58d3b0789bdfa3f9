"""Data sets and their rows, for those who may see business data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from reqtrack.acceptance.models import Acceptance, DataRow, DataSet, ExampleSource
from reqtrack.db import db, whole_number
from reqtrack.errors import NotFound
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

# Who reads interviews reads business data: all but those who build. They see the rows in the scenarios that they see.
READ = "interview.read"
ROWS = 100


def list_sets(project_id: int, *, archived: bool = False) -> Sequence[Any]:
    """The sets of a project, newest first: ``(DataSet, how many acceptance scenarios hold a row of it)``."""
    which = DataSet.archived_at.is_not(None) if archived else DataSet.archived_at.is_(None)
    used = select(func.count(ExampleSource.acceptance_id.distinct())).where(ExampleSource.data_set_id == DataSet.id)
    wanted = select(DataSet, used.scalar_subquery().label("used")).where(DataSet.project_id == project_id, which)
    return db.session.execute(wanted.order_by(DataSet.number.desc())).all()


def sets_after(project_id: int, after: int, limit: int) -> Sequence[DataSet]:
    """The sets of a project by number, archived ones too, from behind ``after``."""
    wanted = select(DataSet).where(DataSet.project_id == project_id, DataSet.number > after)
    return db.session.execute(wanted.order_by(DataSet.number).limit(limit)).scalars().all()


def set_for(actor: Actor, project_id: int, name: int | str) -> DataSet:
    """A set by its number, or its key ``DAT-1``.

    Raises:
        NotFound: there is none, or not for the actor.
    """
    number = whole_number(str(name).upper().removeprefix("DAT-"))
    row = None
    if number is not None and actor.holds(READ, project_id):
        wanted = select(DataSet).where(DataSet.project_id == project_id, DataSet.number == number)
        row = db.session.execute(wanted).scalar()
    if row is None:
        raise NotFound(f"data set {name}"[:80])
    return row


def rows_after(found: DataSet, after: int = -1, limit: int = ROWS) -> Sequence[DataRow]:
    """The rows of a set from behind a position."""
    wanted = select(DataRow).where(DataRow.data_set_id == found.id, DataRow.position > after)
    return db.session.execute(wanted.order_by(DataRow.position).limit(limit)).scalars().all()


def all_rows(found: DataSet) -> list[list[str]]:
    """All rows of a set, in their order."""
    wanted = select(DataRow.cells).where(DataRow.data_set_id == found.id).order_by(DataRow.position)
    return list(db.session.execute(wanted).scalars())


def rows_at(found: DataSet, positions: Sequence[int]) -> Mapping[int, list[str]]:
    """The cells of some rows, by position; those that are not there are missing."""
    here: ColumnElement[bool] = DataRow.position.in_(list(positions))
    wanted = select(DataRow.position, DataRow.cells).where(DataRow.data_set_id == found.id, here)
    return {row.position: row.cells for row in db.session.execute(wanted)}


def users_of(actor: Actor, found: DataSet) -> Sequence[Any]:
    """The acceptance scenarios in whose examples rows of a set stand, as far as the actor sees them: ``key title rows``."""
    own = Acceptance.__table__
    wanted = (
        select(Item.key, Item.title, func.count().label("rows"))
        .select_from(ExampleSource)
        .join(own, own.c.id == ExampleSource.acceptance_id)
        .join(Item, Item.id == own.c.id)
        .where(ExampleSource.data_set_id == found.id, visible(actor, found.project_id))
        .group_by(Item.key, Item.title, Item.number)
        .order_by(Item.number)
    )
    return db.session.execute(wanted).all()
