"""Many changes: the rows of board and list, how many are under way, those on an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.accounts.queries import members
from reqtrack.audit.kept import kept
from reqtrack.changes import facts
from reqtrack.changes.models import Change, ProposedEdit
from reqtrack.changes.queries import news
from reqtrack.changes.stakes import open_or_late
from reqtrack.db import db, plain
from reqtrack.items import lists
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.workflow.tables import CHANGE_OPEN

# Of each stage on the board; the rest is in the list.
OF_EACH = 40


@dataclass(frozen=True)
class Row:
    """A change on the board and in its list. ``clash``: another open change edits the same item; ``waited``: days since it was
    submitted."""

    id: int
    key: str
    title: str
    stage: str
    came_from: str | None
    sub_stage: str | None
    kind: str | None
    tier: str | None
    phase: str | None
    logged_by: str
    until: str | None
    expected: Decimal | None
    clash: bool
    waited: int | None
    updated_at: Any


def board(actor: Actor, project: Project) -> tuple[list[Row], dict[str, int]]:
    """The newest changes of each stage, and how many there are by stage (three statements)."""
    own = Change.__table__
    place = func.row_number().over(partition_by=Item.stage, order_by=Item.number.desc()).label("place")
    mine = (visible(actor, project.id), Item.kind == "change", Item.retired.is_(False))
    numbered = select(Item.id, place).where(*mine).subquery()
    rows = db.session.execute(
        select(
            Item.id, Item.key, Item.title, Item.stage, Item.tier, Phase.name.label("phase"), Item.created_by, Item.updated_at,
            User.name.label("logged_by"), own.c.came_from, own.c.sub_stage, own.c.change_kind,
            own.c.deferred_until, own.c.expected_effort_days,
            own.c.waiting_since, own.c.paused_at, own.c.decided_at, _begun(clock.today(project.zone)).label("due"),
        )
        .select_from(numbered)
        .join(Item, Item.id == numbered.c.id)
        .join(own, own.c.id == Item.id)
        .outerjoin(Phase, Phase.id == Item.phase_id)
        .outerjoin(User, User.login == Item.created_by)
        .where(numbered.c.place <= OF_EACH)
        .order_by(Item.number.desc())
    ).all()  # fmt: skip
    counted = db.session.execute(select(Item.stage, func.count().label("n")).where(*mine).group_by(Item.stage))
    counts = {row.stage: int(row.n) for row in counted}
    return _rows(project, rows, {row.created_by: row.logged_by for row in rows}), counts


def listing(actor: Actor, project: Project, asked: lists.Wanted) -> tuple[list[Row], str | None]:
    """One page of the list, with the cursor of the next (three statements)."""
    found = lists.page(actor, project.id, KINDS["change"], asked)
    names = {one.login: one.name for one in members(project.id)}
    return _rows(project, found.rows, names), found.next


def _rows(project: Project, rows: Sequence[Any], names: Mapping[str, str]) -> list[Row]:
    clashes = _clashing([row.id for row in rows])
    return [
        Row(
            id=row.id,
            key=row.key,
            title=row.title,
            stage="deciding" if row.stage == "deferred" and row._mapping.get("due") else row.stage,
            came_from=row.came_from,
            sub_stage=row.sub_stage,
            kind=row.change_kind,
            tier=row.tier,
            phase=row.phase,
            logged_by=names.get(row.created_by) or row.created_by,
            until=row.deferred_until,
            expected=row.expected_effort_days,
            clash=row.id in clashes and row.stage in CHANGE_OPEN,
            waited=facts.waited(row, project.zone),
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _begun(today: date) -> ColumnElement[bool]:
    """Whether what a deferred change waits for has come, in SQL (see ``facts.due``)."""
    own = Change.__table__
    begun = select(Phase.id).where(Phase.starts_on <= today)
    return or_(
        and_(own.c.back_phase_id.is_(None), own.c.back_on.is_not(None), own.c.back_on <= today),
        and_(own.c.back_phase_id.is_not(None), own.c.back_phase_id.in_(begun)),
    )


def _clashing(ids: Sequence[int]) -> set[int]:
    """Those of the changes that edit an item which another open one edits too."""
    if not ids:
        return set()
    other = ProposedEdit.__table__.alias("other")
    rival = Item.__table__.alias("rival")
    rows = db.session.execute(
        select(ProposedEdit.change_id)
        .distinct()
        .join(
            other,
            and_(other.c.item_id == ProposedEdit.item_id, other.c.change_id != ProposedEdit.change_id),
        )
        .join(rival, rival.c.id == other.c.change_id)
        .where(ProposedEdit.change_id.in_(ids), rival.c.stage.in_(CHANGE_OPEN))
    )
    return set(rows.scalars())


def number_open(actor: Actor, project_id: int) -> int:
    """How many changes are under way, for the side bar (one statement)."""
    if sees_all(actor, project_id):
        return kept("open changes", project_id, lambda: int(plain(_all_open(), {"project": project_id}).scalar_one()))
    return int(db.session.execute(_open(visible(actor, project_id))).scalar() or 0)


def _open(seen: ColumnElement[bool]) -> Select[int]:
    under_way = [stage for stage in CHANGE_OPEN if stage not in ("draft", "deferred")]
    return select(func.count()).where(seen, Item.kind == "change", Item.stage.in_(under_way), Item.retired.is_(False))


# Asked on every page of who sees everything: put together once.
@cache
def _all_open() -> Select[int]:
    return _open(Item.project_id == bindparam("project"))


def open_on_item(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """The panel *open changes* on an item's page, with what changed on it for the reader lately; None where there is neither (one
    statement, two more where something took effect lately)."""
    rows = open_or_late(actor, item.project_id, item.id, clock.now() - timedelta(days=news.DAYS))
    shown = [row for row in rows if row.stage in CHANGE_OPEN]
    late = news.news_on(actor, item.project_id, [row.key for row in rows if row.stage not in CHANGE_OPEN])
    return {"changes": shown, "news": late, "item": item.key} if shown or late else None
