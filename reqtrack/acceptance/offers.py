"""What may become of a failed result: a defect filled in, a change, blocked, a waiver (2-workflows.md, *Acceptance*)."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from sqlalchemy import select

from reqtrack.acceptance import defect_policy, policy, queries
from reqtrack.acceptance.models import SEVERITIES
from reqtrack.acceptance.queries import defects
from reqtrack.acceptance.queries import run as walk
from reqtrack.acceptance.queries.rounds import asked as asked_of
from reqtrack.acceptance.queries.status import data_of
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.items.models import Item, Link
from reqtrack.permissions import Actor


def draft_of(actor: Actor, project: Project, found: queries.Recorded) -> dict[str, Any]:
    """What a defect begins with that is raised of a result: every field that can be told from it."""
    text = queries.text_tested(found)
    steps = walk.filled(text, data_of(text.get("examples"), found.result.row))
    marks = [*(found.result.steps or ()), *[""] * len(steps)]
    wrong = [line for (_part, line), mark in zip(steps, marks, strict=False) if mark == "failed"]
    assignee = defects.proposed_assignee(project.id, found.scenario.id)
    return {
        "title": defect_policy.title_from(found.scenario.title, wrong),
        "observed": found.result.note,
        "expected": "\n".join(line for part, line in steps if part == "then"),
        "severity": "normal",
        "assignee": assignee.login if assignee is not None else "",
        "assignee_name": assignee.name if assignee is not None else "",
    }


def offers(
    actor: Actor, project: Project, found: queries.Recorded, back: str = "", walking: int | None = None
) -> dict[str, Any] | None:
    """What may become of a failed result, first choice first (2-workflows.md, *Acceptance*); None where it did not fail.

    Args:
        back: ``run`` where the tester goes on with the round afterwards.
        walking: the id of the planned walk that the tester goes on with.
    """
    shows = defect_policy.Shows(found.result.number, found.result.verdict, found.revoked is not None)
    if shows.verdict != "failed" or shows.revoked:
        return None
    told = defects.of_result(project.id, found.result.number)
    may = defect_policy.may_raise(actor, project.id, shows)
    where: dict[str, Any] = {"project": project.key, "number": found.result.number}
    return {
        "told": told,
        "may_raise": bool(may) and told is None,
        "open": [] if told else defects.of_row(actor, project.id, found.scenario.id, found.result.row),
        "draft": draft_of(actor, project, found) if may and told is None else None,
        "people": [(one.login, one.name) for one in defects.menders(project.id)],
        "severities": list(SEVERITIES.items()),
        "action": url_for("defects.raise_of", walk=walking, **where),
        "back": back,
        "round": found.round,
        "scenario": found.scenario,
        "result": found.result,
        "change_href": _change_href(actor, project, found),
        "blocked": _blocked(actor, project, found, walking),
        "waiver_href": _waiver_href(actor, project, found),
    }


def _change_href(actor: Actor, project: Project, found: queries.Recorded) -> str:
    """A new change about what the scenario accepts, filled in; "" where the actor logs none."""
    if "changes.new" not in current_app.view_functions or not actor.may("change.create", project.id):
        return ""
    accepted = (
        select(Item.key)
        .join(Link, Link.target_id == Item.id)
        .where(Link.source_id == found.scenario.id, Link.kind == "accepts", Link.until.is_(None))
        .order_by(Item.number)
    )
    keys = " ".join(db.session.execute(accepted).scalars()) or found.scenario.key
    return url_for(
        "changes.new", project=project.key, item=keys, title=found.scenario.title, reason=found.result.note
    )  # fmt: skip


def _blocked(actor: Actor, project: Project, found: queries.Recorded, walking: int | None) -> dict[str, Any] | None:
    """How the same row is recorded as blocked: for a tester of the round while it takes results."""
    asked = asked_of(actor, found.round, found.scenario, found.result.row)
    if not policy.may_record(actor, asked):
        return None
    where: dict[str, Any] = {"project": project.key, "number": found.round.number}
    fields = {"acceptance": found.scenario.key, "verdict": "blocked", "note": found.result.note}
    if found.result.row is not None:
        fields["row"] = str(found.result.row)
    return {
        "action": url_for("acceptance.record", seen=found.scenario.text_seq, walk=walking, **where),
        "fields": fields,
    }


def _waiver_href(actor: Actor, project: Project, found: queries.Recorded) -> str:
    """A waiver for the result; "" for whoever may not ask for one."""
    if "gates.waiver_new" not in current_app.view_functions or not actor.may("signoff.request", project.id):
        return ""
    return url_for("gates.waiver_new", project=project.key, item=found.scenario.key, result=found.result.number)
