"""Changes in figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, g

from reqtrack.api.area import PROJECT, answered, area
from reqtrack.changes import queries
from reqtrack.db import plain_decimal


def _days(value: Decimal | None) -> float | None:
    return None if value is None else float(plain_decimal(value))


@area.facts(f"{PROJECT}/change-figures", "project.read")
@area.doc(
    summary="Changes in figures: volatility, waiting times, approved effort and budget, kinds, who decided",
    tags=["changes"],
)
def read_change_figures(project: str) -> Response:
    told = queries.figures(g.actor, g.project)
    months: list[dict[str, Any]] = [
        {"month": one.first.strftime("%Y-%m"), "changed": one.changed, "agreed": one.agreed, "volatility": one.volatility,
         "effort_days": _days(one.effort), "kinds": dict(one.kinds)}
        for one in told.months
    ]  # fmt: skip
    waits = [
        {"stage": one.stage, "number": one.number, "median_seconds": one.median, "worst_seconds": one.worst, "worst": one.worst_key}
        for one in told.waits
    ]  # fmt: skip
    votes = [
        {"seat": one.seat or None, "name": one.name or None, "behalf_name": one.behalf or None,
         "method": one.method or None, "outcomes": dict(one.outcomes)}
        for one in told.votes
    ]  # fmt: skip
    budget = {"whole": _days(told.budget), "spent": _days(told.effort)}
    return answered({"months": months, "waits": waits, "votes": votes, "budget_days": budget})
