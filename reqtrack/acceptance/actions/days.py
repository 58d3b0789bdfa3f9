"""Keeping how acceptance stood when each day ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select

from reqtrack.acceptance.models import StatusDay
from reqtrack.db import db


def keep_days(project_id: int, told: Mapping[date, Mapping[str, int]]) -> None:
    """Let what was computed stand; days that it does not tell go."""
    kept = {
        row.day: row
        for row in db.session.execute(select(StatusDay).where(StatusDay.project_id == project_id)).scalars()
    }
    for day in kept.keys() - told.keys():
        db.session.delete(kept[day])
    for day, counts in told.items():
        if day not in kept:
            db.session.add(StatusDay(project_id=project_id, day=day, counts=dict(counts)))
        elif kept[day].counts != counts:
            kept[day].counts = dict(counts)


def forget_days(project_id: int, since: date | None = None) -> None:
    """What was computed of the days from one on (None: of all) holds no more: it is computed anew by the worker."""
    gone = delete(StatusDay).where(StatusDay.project_id == project_id)
    if since is not None:
        gone = gone.where(StatusDay.day >= since)
    db.session.execute(gone, execution_options={"spine": True, "synchronize_session": False})
