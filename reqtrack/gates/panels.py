"""What gates show of themselves on pages below: where a scope is signed, and at what a waiver excuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.baselines.models import Baseline
from reqtrack.db import db
from reqtrack.errors import YES, Verdict, no
from reqtrack.gates import pages, policy, queries
from reqtrack.gates.kinds import SCOPE
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.signoff.subjects import Subject


def stands(project: Project, subject: Subject) -> Verdict:
    """The hook of ``signoff.subjects.CONDITIONS``: nobody is asked to sign a scope while its gate says no. In *lean* it warns."""
    if subject.kind != "baseline":
        return YES
    # Where all of them only warn, nobody waits for what they find.
    if all(one.mode != "stop" for one in queries.sets_of(project, queries.own_rules(project.id))[SCOPE].values()):
        return YES
    answer = queries.gates_of(project, None).answers[SCOPE]
    if not answer.stopped:
        return YES
    rules = [one.set.title for one in answer.stopped]
    message = "The gate before the scope is signed says no. Not met, and not excused by a signed waiver: %(rules)s."
    return no("gate", message, "subject", rules=rules)


def on_baseline(actor: Actor, baseline: Baseline) -> Mapping[str, Any] | None:
    """What the scope gate says, beside the signatures of a baseline."""
    project = db.session.get(Project, baseline.project_id)
    return on_scope(actor, project) if project is not None else None


def on_scope(actor: Actor, project: Project) -> Mapping[str, Any] | None:
    """What the scope gate says; None for those who read no gates."""
    if not actor.may("interview.read", project.id):
        return None
    answer = queries.answers_of(project, None)[SCOPE]
    return {
        "headline": pages.headline(answer),
        "open": [str(one.set.title) for one in answer.not_met],
        "ok": not answer.not_met,
        "href": pages.gate_href(project, SCOPE, None),
    }


def on_item(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """The waivers that excuse an acceptance scenario or a defect, and the way to ask for one."""
    if not actor.may("interview.read", item.project_id):
        return None
    project = db.session.get_one(Project, item.project_id)
    rows = [one for one in queries.held(project) if any(cover[1] == item.key for cover in one.waiver.covers)]
    may = (
        item.kind == "defect"
        and item.stage not in ("closed", "not_a_defect")
        and policy.may_ask(actor, item.project_id)
    )
    if not rows and not may:
        return None
    return {"waivers": pages.waiver_lines(project, rows), "may": bool(may), "key": item.key}
