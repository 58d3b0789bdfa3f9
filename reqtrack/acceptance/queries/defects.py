"""Defects: what their rows say since they were mended, what a failed result may become, what the board shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from reqtrack.acceptance.defect_policy import OVER, RETESTED
from reqtrack.acceptance.models import NO_ROW, Acceptance, Defect, DefectRow, Result, Round, Standing
from reqtrack.accounts.models import User
from reqtrack.accounts.queries import members
from reqtrack.audit.models import Event
from reqtrack.db import db, one_of
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import ROLE_PERMISSIONS, Actor

_scenario = Acceptance.__table__
_defects = Defect.__table__
of_scenario = Item.__table__.alias("scenario_items")
# Rows that are still in the example table of a scenario that is not retired.
testable = and_(
    of_scenario.c.retired.is_(False),
    or_(
        and_(_scenario.c.row_count == 0, DefectRow.row == NO_ROW),
        and_(DefectRow.row >= 0, DefectRow.row < _scenario.c.row_count),
    ),
)


def implementer_sees(actor: Actor) -> ColumnElement[bool]:
    """Implementers see all defects (2-workflows.md, *Roles*)."""
    return Item.kind == "defect"


def verdicts_since(ids: Collection[int]) -> dict[int, list[str]]:
    """Of each row of defects that can still be tested, the verdict that counts and is newer than the fix ("": none), by defect id."""
    if not ids:
        return {}
    newest = (
        select(Standing.acceptance_id, Standing.row, DefectRow.defect_id, func.max(Standing.number).label("number"))
        .join(DefectRow, and_(DefectRow.acceptance_id == Standing.acceptance_id, DefectRow.row == Standing.row))
        .join(_defects, _defects.c.id == DefectRow.defect_id)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(one_of(DefectRow.defect_id, ids), Result.since > _defects.c.fixed_seq)
        .group_by(Standing.acceptance_id, Standing.row, DefectRow.defect_id)
        .subquery()
    )
    same = and_(
        newest.c.defect_id == DefectRow.defect_id,
        newest.c.acceptance_id == DefectRow.acceptance_id,
        newest.c.row == DefectRow.row,
    )
    rows = db.session.execute(
        _rows()
        .with_only_columns(DefectRow.defect_id, Result.verdict)
        .join(Item, Item.id == DefectRow.defect_id)
        .outerjoin(newest, same)
        .outerjoin(Result, and_(Result.project_id == Item.project_id, Result.number == newest.c.number))
        .where(one_of(DefectRow.defect_id, ids), testable)
    )
    found: dict[int, list[str]] = {}
    for defect_id, verdict in rows:
        found.setdefault(defect_id, []).append(verdict or "")
    return found


def _rows() -> Select[Any]:
    """The rows of defects with their scenarios."""
    return (
        select(DefectRow)
        .join(_scenario, _scenario.c.id == DefectRow.acceptance_id)
        .join(of_scenario, of_scenario.c.id == DefectRow.acceptance_id)
    )


def followed(project_id: int, scenarios: Collection[int] | None) -> Sequence[Defect]:
    """The defects that results of these scenarios (None: of all) may move: those that were mended at least once."""
    wanted = select(Defect).where(Defect.project_id == project_id, Defect.fixed_seq.is_not(None))
    if scenarios is not None:
        wanted = wanted.where(
            Defect.id.in_(select(DefectRow.defect_id).where(one_of(DefectRow.acceptance_id, scenarios)))
        )
    return db.session.execute(wanted.order_by(Defect.number)).scalars().all()


def row_count(defect: Defect) -> int:
    """In how many rows that can still be tested a defect shows."""
    wanted = _rows().with_only_columns(func.count()).where(DefectRow.defect_id == defect.id, testable)
    return int(db.session.execute(wanted).scalar_one())


def untested(acceptance_id: Any, row: Any) -> ColumnElement[bool]:
    """The clause: a defect in this row is said to be mended, and no result of the row that counts is newer than that."""
    shown, own, item = aliased(DefectRow), _defects.alias(), Item.__table__.alias()
    later = (
        exists()
        .where(Standing.acceptance_id == shown.acceptance_id, Standing.row == shown.row)
        .where(Result.project_id == Standing.project_id, Result.number == Standing.number)
        .where(Result.since > own.c.fixed_seq)
        .correlate(shown, own)
    )
    return (
        exists()
        .where(shown.acceptance_id == acceptance_id, shown.row == row)
        .where(own.c.id == shown.defect_id, item.c.id == shown.defect_id)
        .where(item.c.stage.in_(RETESTED), item.c.retired.is_(False), ~later)
    )


def to_retest(scenarios: Iterable[int]) -> set[tuple[int, int]]:
    """``(scenario, row)`` of these scenarios that wait to be tested again because a defect was mended."""
    mine = one_of(DefectRow.acceptance_id, sorted(set(scenarios)))
    wanted = select(DefectRow.acceptance_id, DefectRow.row).where(
        mine, untested(DefectRow.acceptance_id, DefectRow.row)
    )
    return {(row.acceptance_id, row.row) for row in db.session.execute(wanted)}


# -- from a failed result ------------------------------------------------------------------------------------------------


def of_row(actor: Actor, project_id: int, acceptance_id: int, row: int | None) -> list[Defect]:
    """The defects of a row that are not done with, newest first."""
    kept = NO_ROW if row is None else row
    wanted = (
        select(Defect)
        .join(DefectRow, DefectRow.defect_id == Defect.id)
        .where(DefectRow.acceptance_id == acceptance_id, DefectRow.row == kept, visible(actor, project_id))
        .where(Defect.stage.not_in(OVER), Defect.retired.is_(False))
        .order_by(Defect.number.desc())
    )
    return list(db.session.execute(wanted).scalars())


def of_result(project_id: int, number: int) -> Defect | None:
    """The defect that a result was told in already."""
    wanted = (
        select(Defect)
        .join(DefectRow, DefectRow.defect_id == Defect.id)
        .where(Defect.project_id == project_id, DefectRow.number == number)
        .order_by(Defect.number)
        .limit(1)
    )
    return db.session.execute(wanted).scalar()


def proposed_assignee(project_id: int, acceptance_id: int) -> User | None:
    """Who mended the last defect of the same scenario, if they still mend in the project; else nobody."""
    wanted = (
        select(User)
        .join(Event, Event.actor == User.login)
        .join(Defect, and_(Event.project_id == Defect.project_id, Event.seq == Defect.fixed_seq))
        .join(DefectRow, DefectRow.defect_id == Defect.id)
        .where(Defect.project_id == project_id, DefectRow.acceptance_id == acceptance_id)
        .order_by(Defect.fixed_seq.desc())
        .limit(1)
    )
    found = db.session.execute(wanted).scalar()
    return found if found is not None and found.login in {one.login for one in menders(project_id)} else None


def menders(project_id: int) -> list[Any]:
    """The members who may say that a defect is fixed."""
    able = {role for role, given in ROLE_PERMISSIONS.items() if "defect.mend" in given}
    return [one for one in members(project_id) if one.active and able & set(one.roles)]


def names(ids: Iterable[int | None]) -> dict[int | None, str]:
    """The names of people by id."""
    wanted = {one for one in ids if one is not None}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


def of_scenario_page(actor: Actor, scenario: Acceptance, limit: int = 50) -> list[Any]:
    """``(key, title, stage, severity, row)`` of the defects found in a scenario, those that are not done with first."""
    over = case((Item.stage.in_(OVER), 1), else_=0)
    rows = db.session.execute(
        select(Item.key, Item.title, Item.stage, _defects.c.severity, DefectRow.row)
        .join(_defects, _defects.c.id == Item.id)
        .join(DefectRow, DefectRow.defect_id == Item.id)
        .where(DefectRow.acceptance_id == scenario.id, visible(actor, scenario.project_id), Item.retired.is_(False))
        .order_by(over, Item.number.desc(), DefectRow.row)
        .limit(limit)
    )
    return list(rows)


# -- one defect ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A row in which a defect shows: what showed it, and what counts there since the fix (None: nothing yet)."""

    key: str
    title: str
    row: int | None
    round: int
    round_name: str
    number: int
    testable: bool
    newest: Result | None


def places(actor: Actor, defect: Defect) -> list[Place]:
    """The rows of a defect, of scenarios that the actor may see (two statements)."""
    rows = db.session.execute(
        select(DefectRow, Item.key, Item.title, Round.number.label("round"), Round.name, testable.label("testable"))
        .join(Item, Item.id == DefectRow.acceptance_id)
        .join(_scenario, _scenario.c.id == DefectRow.acceptance_id)
        .join(of_scenario, of_scenario.c.id == DefectRow.acceptance_id)
        .join(Round, Round.id == DefectRow.round_id)
        .where(DefectRow.defect_id == defect.id, visible(actor, defect.project_id))
        .order_by(Item.number, DefectRow.row)
    ).all()
    newest: dict[tuple[int, int], Result] = {}
    if rows and defect.fixed_seq is not None:
        since = (
            select(Standing.acceptance_id, Standing.row, Result)
            .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
            .where(one_of(Standing.acceptance_id, [row.DefectRow.acceptance_id for row in rows]))
            .where(Result.since > defect.fixed_seq)
            .order_by(Result.number)
        )
        newest = {(row.acceptance_id, row.row): row.Result for row in db.session.execute(since)}
    return [
        Place(
            row.key, row.title, None if row.DefectRow.row == NO_ROW else row.DefectRow.row, row.round, row.name,
            row.DefectRow.number, bool(row.testable), newest.get((row.DefectRow.acceptance_id, row.DefectRow.row)),
        )
        for row in rows
    ]  # fmt: skip


def for_api(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """``rows`` of defects, as the API adds them: the scenario's key, the row, and the round and result that showed it."""
    found: dict[int, dict[str, Any]] = {one: {"rows": []} for one in ids}
    rows = db.session.execute(
        select(DefectRow, Item.key, Round.number.label("round"))
        .join(Item, Item.id == DefectRow.acceptance_id)
        .join(Round, Round.id == DefectRow.round_id)
        .where(one_of(DefectRow.defect_id, ids), visible(actor, project_id))
        .order_by(DefectRow.defect_id, Item.number, DefectRow.row)
    )
    for row in rows:
        kept = row.DefectRow
        place = {
            "acceptance": row.key, "row": None if kept.row == NO_ROW else kept.row, "round": f"RND-{row.round}",
            "result": kept.number,
        }  # fmt: skip
        found[kept.defect_id]["rows"].append(place)
    return found


SEVERITY_RANK = case((_defects.c.severity == "blocking", 0), (_defects.c.severity == "cosmetic", 2), else_=1)
