"""The matrix, and how acceptance stood on each day."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from reqtrack.acceptance import queries as acceptance
from reqtrack.acceptance.queries.days import by_day
from reqtrack.api.area import PROJECT, answered, area, limit
from reqtrack.clock import today
from reqtrack.items.queries import sees_all
from reqtrack.requirements.queries import phases
from reqtrack.trace import forms, pages


@area.facts(f"{PROJECT}/matrix", "project.read", "rows", "columns")
@area.doc(
    summary="Items of one kind against items of another, those with nothing on the other side first", tags=["trace"]
)
def read_matrix(project: str) -> Response:
    wanted = forms.wanted(g.actor, g.project, request.args, strict=True)
    return answered(pages.as_facts(g.actor, g.project, wanted, limit()))


@area.facts(f"{PROJECT}/status", "project.read")
@area.doc(
    summary="How far acceptance is: by status, by tier and phase, and of each process; and how it stood on each day",
    tags=["trace"],
)
def read_status(project: str) -> Response:
    now = acceptance.tally(g.actor, g.project_id)
    names = {one.id: one.name for one in phases(g.project_id)}
    by_tier: list[dict[str, Any]] = [
        {"tier": tier, "phase": names.get(phase) if phase is not None else None, "status": status, "number": number}
        for tier, phase, status, number in acceptance.requirement_tally(g.actor, g.project_id)
    ]
    days = by_day(g.project_id, today(g.project.zone), now) if sees_all(g.actor, g.project_id) else []
    return answered(
        {
            "acceptance": now,
            "requirements": by_tier,
            "processes": acceptance.process_statuses(g.actor, g.project_id),
            "days": [{"day": day.isoformat(), **counts} for day, counts in days],
        }
    )
