"""Many changes: the rows of board and list, how many are under way, those on an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.changes import facts
from reqtrack.changes.models import Change, ProposedEdit
from reqtrack.changes.stakes import open_changes
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.workflow.tables import CHANGE_OPEN

SHOWN = 200


@dataclass(frozen=True)
class Row:
    """A change on the board and in its list. ``edits`` counts lines of the package; ``clash``: another open change wants the
    same item; ``waited`` days since it was submitted."""

    id: int
    key: str
    title: str
    stage: str
    came_from: str | None
    tier: str | None
    phase: str | None
    logged_by: str
    until: str | None
    expected: Decimal | None
    edits: int
    clash: bool
    waited: int | None
    updated_at: Any


def board(
    actor: Actor, project: Project, *, stages: Sequence[str] = (), words: str = "", limit: int = SHOWN
) -> list[Row]:
    """The changes of a project as rows, newest first (two statements)."""
    own = Change.__table__
    today = clock.today(project.zone)
    wanted = (
        select(
            Item.id, Item.key, Item.title, Item.stage, own.c.came_from, Item.tier, Phase.name.label("phase"), Item.created_by,
            User.name.label("logged_by"), own.c.deferred_until, own.c.expected_effort_days, own.c.waiting_since,
            own.c.paused_at, own.c.decided_at, own.c.back_on, own.c.back_phase_id, Item.updated_at, _begun(today).label("due"),
        )
        .select_from(Item)
        .join(own, own.c.id == Item.id)
        .outerjoin(Phase, Phase.id == Item.phase_id)
        .outerjoin(User, User.login == Item.created_by)
        .where(visible(actor, project.id), Item.kind == "change", Item.retired.is_(False))
        .order_by(Item.number.desc())
        .limit(limit)
    )  # fmt: skip
    if stages:
        wanted = wanted.where(Item.stage.in_(stages))
    if words.strip():
        wanted = wanted.where(Item.title.contains(words.strip(), autoescape=True))
    rows = db.session.execute(wanted).all()
    counts, clashes = _packages([row.id for row in rows])
    return [
        Row(
            id=row.id, key=row.key, title=row.title, stage="deciding" if row.stage == "deferred" and row.due else row.stage,
            came_from=row.came_from, tier=row.tier, phase=row.phase, logged_by=row.logged_by or row.created_by,
            until=row.deferred_until, expected=row.expected_effort_days, edits=counts.get(row.id, 0),
            clash=row.id in clashes and row.stage in CHANGE_OPEN, waited=facts.waited(row, project.zone),
            updated_at=row.updated_at,
        )
        for row in rows
    ]  # fmt: skip


def _begun(today: date) -> ColumnElement[bool]:
    """Whether what a deferred change waits for has come, in SQL (see ``facts.due``)."""
    own = Change.__table__
    begun = select(Phase.id).where(Phase.starts_on <= today)
    return or_(
        and_(own.c.back_phase_id.is_(None), own.c.back_on.is_not(None), own.c.back_on <= today),
        and_(own.c.back_phase_id.is_not(None), own.c.back_phase_id.in_(begun)),
    )


def _packages(ids: Sequence[int]) -> tuple[dict[int, int], set[int]]:
    """How many edits each change has; and which of them edit an item that another open one edits too."""
    if not ids:
        return {}, set()
    other = ProposedEdit.__table__.alias("other")
    rival = Item.__table__.alias("rival")
    clash = (
        select(other.c.id)
        .join(rival, rival.c.id == other.c.change_id)
        .where(
            other.c.item_id == ProposedEdit.item_id,
            other.c.change_id != ProposedEdit.change_id,
            rival.c.stage.in_(CHANGE_OPEN),
        )
        .exists()
    )
    rows = db.session.execute(
        select(ProposedEdit.change_id, clash.label("clash"), func.count().label("n"))
        .where(ProposedEdit.change_id.in_(ids))
        .group_by(ProposedEdit.change_id, "clash")
    ).all()
    counts: dict[int, int] = {}
    for row in rows:
        counts[row.change_id] = counts.get(row.change_id, 0) + row.n
    return counts, {row.change_id for row in rows if row.clash}


def number_open(actor: Actor, project_id: int) -> int:
    """How many changes are under way, for the side bar (one statement)."""
    under_way = [stage for stage in CHANGE_OPEN if stage not in ("draft", "deferred")]
    wanted = select(func.count()).where(
        visible(actor, project_id), Item.kind == "change", Item.stage.in_(under_way), Item.retired.is_(False)
    )
    return int(db.session.execute(wanted).scalar() or 0)


def open_on_item(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """The panel *open changes* on an item's page; None where there is none (one statement)."""
    rows = open_changes(actor, item.project_id, item.id)
    return {"changes": rows} if rows else None
