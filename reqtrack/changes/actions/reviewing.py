"""An emergency that is in effect: it is assessed and reviewed afterwards."""

from __future__ import annotations

from reqtrack.audit.record import recorded
from reqtrack.changes import dossier, facts, policy
from reqtrack.changes.models import Change
from reqtrack.errors import invalid
from reqtrack.permissions import Actor

MOST = 20_000


def review(actor: Actor, change: Change, note: str) -> None:
    """Record the review of an emergency: whether it was right, and what follows.

    Raises:
        Refused: its author, whoever approved it, no decider (403); no emergency in effect, not assessed, reviewed already (409).
        Invalid: nothing was found.
    """
    found = dossier.load(change)
    policy.require(policy.may_review(actor, change.project_id, change.key, facts.aftermath(found)))
    text = note.strip()[:MOST]
    if not text:
        raise invalid("review", "Say what the review found: was it right, and what follows?", "required")
    with recorded(actor, change.project_id, "change.reviewed", change.key, reason=text) as entry:
        change.reviewed_at = entry.at
        entry.after = {"expected_effort_days": found.expected}
