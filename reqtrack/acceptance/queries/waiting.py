"""What waits on a tester."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from sqlalchemy import Select, and_, case, func, select

from reqtrack.acceptance.models import Acceptance, Round, RoundScenario, RoundTester, Standing
from reqtrack.acceptance.queries.status import in_table, needed
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting

_own = Acceptance.__table__


def _left(actor: Actor) -> Select[int, Any]:
    """``(id, left)`` of the open rounds where the actor tests: rows never tested, or tested on a text that moved since."""
    fresh = (
        select(func.count())
        .select_from(Standing)
        .where(
            Standing.round_id == RoundScenario.round_id,
            Standing.acceptance_id == RoundScenario.acceptance_id,
            Standing.seq >= Item.text_seq,
            in_table,
        )
        .correlate(RoundScenario, Item, _own)
        .scalar_subquery()
    )
    return (
        select(Round.id, func.sum(needed - fresh).label("left"))
        .join(RoundTester, and_(RoundTester.round_id == Round.id, RoundTester.user_id == actor.id))
        .join(RoundScenario, RoundScenario.round_id == Round.id)
        .join(Item, Item.id == RoundScenario.acceptance_id)
        .join(_own, _own.c.id == Item.id)
        .where(Round.stage != "closed", Item.retired.is_(False))
        .group_by(Round.id)
    )


def waiting_for(actor: Actor) -> list[Waiting]:
    """The rounds that wait for results of the actor, over all their projects (one query)."""
    projects = [project_id for project_id in actor.roles if actor.may("result.record", project_id)]
    if actor.kind != "user" or not projects:
        return []
    left = _left(actor).where(Round.project_id.in_(projects)).subquery()
    rows = db.session.execute(
        select(Round, Project.key.label("project"), left.c.left)
        .join(left, left.c.id == Round.id)
        .join(Project, Project.id == Round.project_id)
        .where(left.c.left > 0, Project.archived_at.is_(None))
        .order_by(Round.created_at)
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
            action=_l("Test"),
        )
        for row in rows
    ]


def left_for(actor: Actor, project_id: int) -> int:
    """How many rows wait for results of the actor in a project; nothing is asked of the database for who never tests."""
    if actor.kind != "user" or not actor.may("result.record", project_id):
        return 0
    left = _left(actor).where(Round.project_id == project_id).subquery()
    total = db.session.execute(select(func.sum(case((left.c.left > 0, left.c.left), else_=0)))).scalar()
    return int(total or 0)
