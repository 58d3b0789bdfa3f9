"""How long a change waits in each step: kept as it moves, in the transaction of the move.

A step is a stage in which somebody has it. While it is asked back the step goes on and its clock stands; what a change was put up
for in a step (no objection until a day) ends with the step.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reqtrack import clock, workdays
from reqtrack.accounts.models import Project
from reqtrack.changes.models import Change, Wait
from reqtrack.db import db

STEPS = ("submitted", "assessing", "deciding")
ASKED_BACK = "needs_information"


def leaving(change: Change, to: str, at: datetime) -> None:
    """The hook of ``items.store.LEAVING``: the step that ends, and the one that begins."""
    wanted = select(Wait).where(Wait.change_id == change.id, Wait.ended_at.is_(None)).order_by(Wait.id.desc()).limit(1)
    row = db.session.execute(wanted).scalar()
    change.silent_until = change.silent_print = None
    # Asked back, it comes back to the added stage that it was in; every other move says itself whether it enters one.
    if to != ASKED_BACK and not (change.stage == ASKED_BACK and to == change.came_from):
        change.sub_stage = None
    if row is not None:
        if change.stage == ASKED_BACK and change.paused_at is not None:
            row.paused += max(int((at - change.paused_at).total_seconds()), 0)
        if to in (ASKED_BACK, row.stage):
            return
        row.ended_at = at
    if to in STEPS:
        db.session.add(
            Wait(project_id=change.project_id, change_id=change.id, stage=to, began_at=at, ended_at=None, paused=0)
        )


class Step(NamedTuple):
    """One step of a change. ``paused``: the seconds in which it was asked back, so far."""

    stage: str
    began_at: datetime
    ended_at: datetime | None
    paused: int

    def seconds(self, paused_at: datetime | None = None) -> int:
        """How long it waited, or waits, without the time in which it was asked back (since ``paused_at``, if it is now)."""
        until = self.ended_at or paused_at or clock.now()
        return max(int((until - self.began_at).total_seconds()) - self.paused, 0)


def steps_of(change: Change) -> list[Step]:
    """The steps of a change, oldest first (one statement)."""
    columns = (Wait.stage, Wait.began_at, Wait.ended_at, Wait.paused)
    rows = db.session.execute(select(*columns).where(Wait.change_id == change.id).order_by(Wait.id))
    return [Step(*row) for row in rows]


def due_on(project: Project, began_at: datetime, paused: int) -> date | None:
    """Until when a step may wait before it stands out: so many working days as the project agreed, the time in which it was asked
    back not counted."""
    began = (began_at + timedelta(seconds=paused)).astimezone(ZoneInfo(project.zone)).date()
    return workdays.of(project.calendar).later(began, project.waiting_days)


def worked(project: Project, began_at: datetime, paused: int) -> int:
    """How many working days a step has waited by today."""
    began = (began_at + timedelta(seconds=paused)).astimezone(ZoneInfo(project.zone)).date()
    return workdays.of(project.calendar).after(began, clock.today(project.zone))
