"""The phases as a project's settings show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.permissions import Actor
from reqtrack.requirements.policy import may_plan
from reqtrack.requirements.queries import phases


def phases_part(actor: Actor, project: Project) -> Mapping[str, Any]:
    """``phases`` in order, and whether the actor ``may_plan``."""
    return {"phases": phases(project.id), "may_plan": bool(may_plan(actor, project.id))}
