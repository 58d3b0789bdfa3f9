"""Many changes: the rows of board and list, how many are under way, those on an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal, or_, select, true

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.accounts.queries import members
from reqtrack.audit.kept import kept
from reqtrack.changes import clashes, dossier, facts
from reqtrack.changes.models import Change
from reqtrack.changes.queries import news
from reqtrack.changes.queries.asked import Asked, asked
from reqtrack.changes.stakes import open_or_late
from reqtrack.db import db, plain
from reqtrack.items import lists
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.workflow.tables import CHANGE_OPEN

# Of each column of the board; the rest is in the list.
OF_EACH = 12
# By what the board has its columns.
GROUPS = ("stage", "tier", "phase")
# What has no tier, or is in no phase.
NONE = "none"


@dataclass(frozen=True)
class Row:
    """A change on the board and in its list. ``clash``: another open change edits the same item; ``conflict``: what it edits was
    changed meanwhile, and its author has to choose; ``waited``: days since it was
    submitted; ``asked``: who has it now, by name."""

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
    phase_id: int | None = None
    version: int = 0
    asked: tuple[str, ...] = ()
    conflict: bool = False


def board(actor: Actor, project: Project, by: str = "stage") -> tuple[list[Row], dict[Any, int]]:
    """The newest changes of each column, with how many there are of each (seven statements; two
    more where a link may have two of them meet): by stage and where an asked-back one
    came from, or, of those under way, by tier or phase."""
    own = Change.__table__
    came_from = case((Item.stage == "needs_information", own.c.came_from), else_=literal(None))
    places = {"stage": (Item.stage, came_from), "tier": (Item.tier,), "phase": (Item.phase_id,)}[by]
    window: dict[str, Any] = {"partition_by": places}
    numbered = (
        select(
            Item.id,
            func.row_number().over(**window, order_by=Item.number.desc()).label("place"),
            func.count().over(**window).label("number_of"),
        )
        .join(own, own.c.id == Item.id)
        .where(visible(actor, project.id), Item.kind == "change", Item.retired.is_(False))
        .where(true() if by == "stage" else Item.stage.in_(CHANGE_OPEN))
        .subquery()
    )
    found = db.session.execute(
        select(
            Change, Phase.name.label("phase"), User.name.label("logged_by"), _begun(clock.today(project.zone)).label("due"),
            clashes.contested().label("clash"), numbered.c.number_of,
        )
        .join(numbered, numbered.c.id == Change.id)
        .outerjoin(Phase, Phase.id == Change.phase_id)
        .outerjoin(User, User.login == Change.created_by)
        .where(numbered.c.place <= OF_EACH)
        .order_by(Change.number.desc())
    ).all()  # fmt: skip
    who = asked(actor, [row[0] for row in found])
    unsure = [row[0].id for row in found if row.clash == clashes.PERHAPS and row[0].stage in CHANGE_OPEN]
    met = clashes.meeting(project.id, unsure)
    counts = {_place(row[0], by): int(row.number_of) for row in found}
    return [_row(project, row, who.get(row[0].id, Asked()), row[0].id in met) for row in found], counts


def _place(change: Change, by: str) -> Any:
    if by == "stage":
        return change.stage, change.came_from if change.stage == "needs_information" else None
    return change.tier if by == "tier" else change.phase_id


def _row(project: Project, row: Any, who: Asked, met: bool) -> Row:
    change: Change = row[0]
    return Row(
        id=change.id,
        key=change.key,
        title=change.title,
        stage="deciding" if change.stage == "deferred" and row.due else change.stage,
        came_from=change.came_from,
        sub_stage=change.sub_stage,
        kind=change.change_kind,
        tier=change.tier,
        phase=row.phase,
        logged_by=row.logged_by or change.created_by,
        until=change.deferred_until,
        expected=change.expected_effort_days,
        clash=(met or row.clash == clashes.SURELY) and change.stage in CHANGE_OPEN,
        waited=facts.waited(change, project.zone),
        updated_at=change.updated_at,
        phase_id=change.phase_id,
        version=change.version,
        asked=who.names,
        conflict=who.conflict,
    )


def listing(actor: Actor, project: Project, asked: lists.Wanted) -> tuple[list[Row], str | None]:
    """One page of the list, with the cursor of the next (six statements at most)."""
    found = lists.page(actor, project.id, KINDS["change"], asked)
    names = {one.login: one.name for one in members(project.id)}
    return _rows(project, found.rows, names), found.next


def _rows(project: Project, rows: Sequence[Any], names: Mapping[str, str]) -> list[Row]:
    met = clashes.meeting(project.id, [row.id for row in rows])
    moved = dossier.in_conflict(project.id, rows)
    return [
        Row(
            id=row.id,
            key=row.key,
            title=row.title,
            stage=row.stage,
            came_from=row.came_from,
            sub_stage=row.sub_stage,
            kind=row.change_kind,
            tier=row.tier,
            phase=row.phase,
            logged_by=names.get(row.created_by) or row.created_by,
            until=row.deferred_until,
            expected=row.expected_effort_days,
            clash=row.id in met,
            waited=facts.waited(row, project.zone),
            updated_at=row.updated_at,
            conflict=row.id in moved,
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
