"""What was edited is looked at again by those who had passed it on."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.audit.record import recorded
from reqtrack.changes.models import Change
from reqtrack.changes.queries.flows import category, flows_for
from reqtrack.db import db
from reqtrack.items import store
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.workflow.flows import Added, Flow

# What of a request's own content is part of what is decided.
IN_PACKAGE = ("title", "reason")


def look_again(actor: Actor, change: Change) -> None:
    """Send a change that was edited back to the first of the added stages from which it had been passed on: what they looked at is
    not what it proposes any more. Asked back, it comes back there once it is answered; put off, it is taken up again there.

    It is for those who write a package to call this after each edit (no statement more where the project added no stages).
    """
    flow = flows_for(db.session.get_one(Project, change.project_id)).of(change.change_kind)
    before = _before(flow, category(change), change.sub_stage)
    passed = _passed(change) if before else set()
    first = next((one for one in before if one.code in passed), None)
    if first is None:
        return
    after = {"from": change.sub_stage, "sub_stage": first.code, "edited": True}
    if change.stage == "needs_information":
        with recorded(actor, change.project_id, "change.restaged", change.key) as entry:
            entry.before = {"stage": change.came_from}
            change.came_from, change.sub_stage = first.category, first.code
            entry.after = {**after, "came_from": first.category}
        return
    columns = {"sub_stage": first.code, "deferred_until": None, "back_on": None, "back_phase_id": None}
    store.move(actor, change, first.category, columns=columns, after=after)


def edited(actor: Actor, item: Item, changed: Sequence[str]) -> None:
    """The hook of ``Kind.saved``."""
    if isinstance(item, Change) and set(changed) & set(IN_PACKAGE):
        look_again(actor, item)


def _before(flow: Flow, stage: str, sub_stage: str | None) -> list[Added]:
    """The added stages that come before where a change stands, in their order."""
    if not flow.added or stage not in ("assessing", "deciding", "deferred"):
        return []
    stage = "deciding" if stage == "deferred" else stage
    own = list(flow.of(stage))
    codes = [one.code for one in own]
    # In the stage itself, it is past what was added before the vote, and before what is added once it is assessed.
    here = codes.index(sub_stage) if sub_stage in codes else 0 if stage == "assessing" else len(own)
    return [*(flow.of("assessing") if stage == "deciding" else ()), *own[:here]]


def _passed(change: Change) -> set[str]:
    """The added stages from which a change was passed on (one statement)."""
    rows = db.session.execute(
        select(Event.after).where(
            Event.project_id == change.project_id, Event.subject == change.key, Event.action == "change.moved"
        )
    ).scalars()
    told = [json.loads(row) for row in rows if row]
    return {one["from"] for one in told if one.get("from") and "package" in one}
