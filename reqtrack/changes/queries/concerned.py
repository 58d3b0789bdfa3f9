"""Which acceptance scenarios a change concerns: what rounds offer to test."""

from __future__ import annotations

from collections.abc import Collection

from reqtrack.changes import consequences, dossier, facts, impact
from reqtrack.changes.queries.page import change_for
from reqtrack.changes.queries.verifying import verification
from reqtrack.errors import NotFound
from reqtrack.permissions import Actor


def acceptance_of(actor: Actor, project_id: int, key: str) -> Collection[int]:
    """The ids of the acceptance scenarios that a change concerns: in effect, those that verify it; else those that it edits or
    touches. Nothing where the actor sees no such change."""
    try:
        change = change_for(actor, project_id, key.strip().upper())
    except NotFound:
        return ()
    if change.stage in facts.IN_EFFECT:
        return [one.id for one in verification(actor, change).scenarios]
    return consequences.acceptance_ids(impact.of_dossier(actor, dossier.load(change), phases=False, graph=False))
