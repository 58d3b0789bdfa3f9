"""What waits on a tester."""

from __future__ import annotations

from functools import cache

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from sqlalchemy import Select, Subquery, and_, bindparam, case, func, select

from reqtrack.acceptance.models import Acceptance, DefectRow, Round, RoundScenario, ScenarioStanding, Standing
from reqtrack.acceptance.queries.counting import in_table
from reqtrack.acceptance.queries.defects import untested
from reqtrack.acceptance.queries.readiness import to_review
from reqtrack.acceptance.queries.rounds import tests_in
from reqtrack.acceptance.queries.status import needed
from reqtrack.acceptance.queries.tallies import tested
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import kept
from reqtrack.db import db, looked_at_last, plain
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting

_own = Acceptance.__table__
_sum = ScenarioStanding


# Asked on each page of a tester, so put together once; ``tester`` is bound anew at each call.
@cache
def _left() -> Subquery:
    """``(id, project_id, left)`` of the open rounds where somebody tests: rows never tested, tested on a text
    that moved since, or in which a defect was mended since."""
    mine = (
        select(Round.id).where(Round.stage != "closed", tests_in(bindparam("tester"))).cte().prefix_with("MATERIALIZED")
    )
    scenario = and_(_sum.round_id == RoundScenario.round_id, _sum.acceptance_id == RoundScenario.acceptance_id)
    fresh = case((_sum.seq.is_(None), 0), (Item.text_seq > _sum.seq, 0), else_=tested - _sum.older)
    rows = (
        select(Round.id, Round.project_id, func.sum(needed - fresh).label("left"))
        .join(RoundScenario, RoundScenario.round_id == Round.id)
        .join(Item, Item.id == RoundScenario.acceptance_id)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(_sum, scenario)
        .where(RoundScenario.round_id.in_(select(mine.c.id)), Item.retired.is_(False))
        .group_by(Round.id, Round.project_id)
        .subquery()
    )
    again = _again()
    left = rows.c.left + func.coalesce(again.c.rows, 0)
    return (
        select(rows.c.id, rows.c.project_id, left.label("left"))
        .outerjoin(again, again.c.id == rows.c.id)
        .where(left > 0)
        .subquery()
    )


def _again() -> Subquery:
    """``(id, rows)`` of rounds: rows that were tested on the text as it is, and in which a defect was mended since."""
    mended = (
        select(DefectRow.acceptance_id, DefectRow.row)
        .where(untested(DefectRow.acceptance_id, DefectRow.row))
        .distinct()
        .subquery()
    )
    here = and_(Standing.acceptance_id == mended.c.acceptance_id, Standing.row == mended.c.row)
    # SQLite would read all standings, because they come in the order of rounds.
    by_round = looked_at_last(Standing.round_id)
    return (
        select(by_round.label("id"), func.count().label("rows"))
        .join(mended, here)
        .join(Item, Item.id == Standing.acceptance_id)
        .join(_own, _own.c.id == Item.id)
        .where(Item.retired.is_(False), Standing.seq >= Item.text_seq, in_table)
        .group_by(by_round)
        .subquery()
    )


@cache
def _count_statement() -> Select[int]:
    left = _left()
    return select(func.coalesce(func.sum(left.c.left), 0)).where(left.c.project_id == bindparam("project"))


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for the actor, over all their projects: rounds to test, and scenarios to review."""
    return [*_to_test(actor), *to_review(actor)]


def _to_test(actor: Actor) -> list[Waiting]:
    """The rounds that wait for results of the actor (one query)."""
    projects = [project_id for project_id in actor.roles if actor.may("result.record", project_id)]
    if actor.kind != "user" or not projects:
        return []
    left = _left()
    rows = db.session.execute(
        select(Round, Project.key.label("project"), left.c.left)
        .join(left, left.c.id == Round.id)
        .join(Project, Project.id == Round.project_id)
        .where(Round.project_id.in_(projects), Project.archived_at.is_(None))
        .order_by(Round.created_at),
        {"tester": actor.id},
    )
    return [
        Waiting(
            project_key=row.project,
            kind="test",
            key=row.Round.key,
            title=_ln(
                "%(name)s: %(num)s row to test", "%(name)s: %(num)s rows to test", int(row.left), name=row.Round.name
            ),
            href_endpoint="acceptance.run",
            href_args={"project": row.project, "number": row.Round.number},
            since=row.Round.created_at,
            due_on=row.Round.due_on,
            action=_l("Test"),
        )
        for row in rows
    ]


def left_for(actor: Actor, project_id: int) -> int:
    """How many rows wait for results of the actor in a project; nothing is asked of the database for who never tests."""
    if actor.kind != "user" or not actor.may("result.record", project_id):
        return 0
    asked = {"tester": actor.id, "project": project_id}
    return kept(f"rows left for {actor.id}", project_id, lambda: int(plain(_count_statement(), asked).scalar_one()))
