"""What an edit of a change's package would make asked for again, before anybody edits it."""

from __future__ import annotations

import json

from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.changes import again, facts, impact, votes
from reqtrack.changes import load as loads
from reqtrack.changes.again import Again
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import Change
from reqtrack.changes.queries.flows import category
from reqtrack.db import db
from reqtrack.permissions import Actor
from reqtrack.workflow.flows import Added, Flow


def again_of(actor: Actor, found: Dossier, touched: Impact | None = None) -> Again:
    """Of a change whose page is not asked for (where nobody has said anything of it, one statement where the project added stages,
    else none; where somebody has, those of its impact, where that is not ``touched``, which was taken with phases and graph)."""
    back = back_to(found.change, found.flow) if found.open else None
    if again.nothing_said(found):
        # An emergency that was passed on is with its deciders before anybody has said anything of it.
        return Again(back=back)
    if touched is None:
        touched = impact.of_dossier(actor, found)
    tier, phase_id = facts.preset(found, touched.phases)
    touched.phases = impact.phases_with(found, touched.phases, phase_id, tier)
    given = votes.votes_of(found, facts.rule_of(found, touched, tier))
    silent = facts.silent_print(found, tier, phase_id)
    return again.of(found, touched.graph_print, given, silent, back)


def again_by_hand(actor: Actor, found: Dossier, graph_print: str) -> Again:
    """The same of what is put into what it touches, or taken out, by hand.

    Args:
        graph_print: the graph's fingerprint, where it is known (else two statements where somebody assessed it). One statement more
            while one may object.
    """
    if again.nothing_said(found) or not found.said:
        return again.NOTHING
    carried = loads.phases(found.change.project_id) if found.change.silent_until is not None else ()
    silent = facts.silent_print(found, *facts.preset(found, carried))
    return again.by_hand(found, graph_print or impact.graph_of(actor, found)[1], silent)


def back_to(change: Change, flow: Flow) -> Added | None:
    """The first of the added stages from which a change was passed on: an edit sends it back there (one statement, where the
    project added stages before the one it stands in)."""
    before = _before(flow, category(change), change.sub_stage)
    passed = _passed(change) if before else set()
    return next((one for one in before if one.code in passed), None)


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
