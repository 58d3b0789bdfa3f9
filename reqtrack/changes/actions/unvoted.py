"""Changes put into effect without a vote: by a template that an owner approved beforehand, or because nobody objected.

The decision is recorded as the program's, in nobody's name and in no role: no signer has seen it, so a scope signature lists it as
to be confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reqtrack.audit.record import recorded
from reqtrack.changes import facts
from reqtrack.changes.actions.applying import apply
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import Decision
from reqtrack.items import store
from reqtrack.permissions import SYSTEM, Actor
from reqtrack.signoff import stamps


def put_into_effect(
    actor: Actor,
    found: Dossier,
    touched: Impact,
    tier: str | None,
    phase_id: int | None,
    *,
    method: str,
    reason: str,
    told: Mapping[str, Any],
    columns: Mapping[str, Any] | None = None,
) -> Decision:
    """Approve and apply a change, whatever stage it is in.

    Args:
        method: ``template`` or ``silence``. told: what the event says of it beyond that.
        columns: of the change, set with the move.
    """
    change = found.change
    with recorded(actor, change.project_id, "change.decided", change.key, reason=reason) as entry:
        vote = Decision(
            project_id=change.project_id, number=store.next_number(change.project_id, "DEC"), change_id=change.id,
            decider=SYSTEM.login, decider_name=SYSTEM.name, seat="", outcome="approved", tier=tier, phase_id=phase_id,
            reason=reason, until="", package_print=found.package_print, expected_effort_days=change.expected_effort_days,
            at=entry.at, method=method, address="",
        )  # fmt: skip
        stamps.stamp(vote)
        entry.seal(vote)
        entry.after = {
            "outcome": "approved", "seat": "", "tier": tier, "phase": phase_id, "package": found.package_print,
            "number": vote.number, "method": method, "load": facts.told_load(touched.phases), **told,
        }  # fmt: skip
    more = {"decided_at": vote.at, "counted": [vote.number], **(columns or {})}
    store.move(actor, change, "approved", columns=more, after={"decision": vote.number})
    apply(actor, found, touched, tier, phase_id)
    return vote
