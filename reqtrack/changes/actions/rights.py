"""Who may write to a change, asked before each write."""

from __future__ import annotations

from reqtrack.changes import policy
from reqtrack.changes.filed import Dossier
from reqtrack.permissions import Actor


def may_write(actor: Actor, found: Dossier) -> None:
    """Go on, or refuse with every reason."""
    change = found.change
    policy.require(policy.may_write(actor, change.project_id, change.key, change.stage, found.origin))
