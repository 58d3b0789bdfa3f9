"""Changes in figures: as charts with their tables, and as one table to take along."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.changes import queries
from reqtrack.changes.models import CHANGE_KINDS
from reqtrack.changes.pages.delegation import ROLES
from reqtrack.changes.pages.steps import DAY, STEPS, span
from reqtrack.changes.queries.figures import Figures, Votes
from reqtrack.db import plain_decimal
from reqtrack.permissions import Actor
from reqtrack.web.words import acting

HEADS = ("figure", "of", "number", "of_all", "unit")


def figures(actor: Actor, project: Project) -> dict[str, Any]:
    """The page of figures."""
    told = queries.figures(actor, project)
    months = [one.first.strftime("%Y-%m") for one in told.months]
    spent = list(accumulate((one.effort for one in told.months), initial=told.before))[1:]
    kinds = [one for one in CHANGE_KINDS if any(month.kinds.get(one) for month in told.months)]
    return {
        "home": url_for("changes.board", project=project.key),
        "some": bool(told.waits or told.votes or any(one.number for one in told.months)),
        "headline": _headline(told),
        "months": months,
        "volatility": [
            {"name": _("Changed, of a hundred agreed"), "style": "scope", "values": [one.volatility for one in told.months]}
        ],
        "moved": list(zip(months, told.months, strict=True)),
        "effort": _effort(told, spent),
        "kinds": [(CHANGE_KINDS[one], [month.kinds.get(one, 0) for month in told.months]) for one in kinds],
        "emergencies": _emergencies(told),
        "waits": [_wait(project, one) for one in told.waits],
        "votes": [_vote(one) for one in told.votes],
        "budget": told.budget,
        "spent": told.effort,
    }  # fmt: skip


def _headline(told: Figures) -> str:
    now = sum(one.number for one in told.months)
    return str(
        ngettext("%(num)s change took effect in the last year", "%(num)s changes took effect in the last year", now)
    )


def _effort(told: Figures, spent: list[Decimal]) -> list[dict[str, Any]]:
    shown = [{"name": _("Approved, in person-days"), "style": "done", "values": [_plain(one) for one in spent]}]
    if told.budget is not None:
        shown.append({"name": _("Change budget"), "style": "plan", "values": [_plain(told.budget)] * len(spent)})
    return shown


def _plain(value: Decimal) -> float | int:
    text = plain_decimal(value)
    return float(text) if "." in text else int(text)


def _emergencies(told: Figures) -> dict[str, Any]:
    number_of = sum(one.kinds.get("emergency", 0) for one in told.months)
    everything = sum(one.number for one in told.months)
    return {"number": number_of, "all": everything, "share": round(100 * number_of / everything) if everything else 0}


def _wait(project: Project, one: Any) -> dict[str, Any]:
    return {
        "label": STEPS[one.stage],
        "value": round(one.median / DAY, 1) if one.median is not None else 0,
        "number": one.number,
        "median": span(one.median) if one.median is not None else "–",
        "worst": span(one.worst),
        "key": one.worst_key,
        "href": url_for("changes.show", project=project.key, key=one.worst_key),
    }


def _vote(one: Votes) -> dict[str, Any]:
    alone = {"template": _("By its template"), "silence": _("Nobody objected")}.get(one.method)
    return {
        "label": alone or f"{acting(one.name, one.behalf)} · {ROLES.get(one.seat, one.seat)}",
        "value": one.number,
        "approved": one.outcomes.get("approved", 0),
        "rejected": one.outcomes.get("rejected", 0),
        "deferred": one.outcomes.get("deferred", 0),
    }


def table(actor: Actor, project: Project) -> list[list[Any]]:
    """The same as rows of ``HEADS``: names in English, as the API has them."""
    told = queries.figures(actor, project)
    rows: list[list[Any]] = []
    for one in told.months:
        month = one.first.strftime("%Y-%m")
        rows.append(["volatility", month, one.changed, one.agreed, "requirements"])
        rows.append(["approved_effort", month, plain_decimal(one.effort), _budget(told), "days"])
        rows += [
            ["in_effect", f"{month} {kind}", count, one.number, "changes"] for kind, count in sorted(one.kinds.items())
        ]
    for step in told.waits:
        rows.append(["waiting_median", step.stage, "" if step.median is None else step.median, step.number, "seconds"])
        rows.append(["waiting_worst", f"{step.stage} {step.worst_key}", step.worst, step.number, "seconds"])
    for vote in told.votes:
        name = f"{vote.name} for {vote.behalf}" if vote.behalf else vote.name
        who = vote.method or f"{name} ({vote.seat})"
        rows += [
            ["votes", f"{who} {outcome}", count, vote.number, "votes"]
            for outcome, count in sorted(vote.outcomes.items())
        ]
    return rows


def _budget(told: Figures) -> str:
    return "" if told.budget is None else plain_decimal(told.budget)
