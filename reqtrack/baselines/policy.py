"""Who may take a baseline."""

from __future__ import annotations

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor


def may_take(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may take a baseline of the project's scope."""
    if actor.may("baseline.take", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you take a baseline.")
