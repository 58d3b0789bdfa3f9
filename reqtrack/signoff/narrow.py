"""What somebody outside sees of what they sign: its texts or redline and its meaning, nothing that leads on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.permissions import Actor
from reqtrack.signoff import queries, subjects
from reqtrack.signoff.models import Signoff


def show(actor: Actor, project: Project, signoff: Signoff, reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The page of a link; ``reasons``: why what was tried is refused."""
    told = queries.page_of(actor, signoff)
    return {
        "signoff": signoff,
        "subject": told.subject,
        "kind": subjects.kind_of(signoff.subject),
        "shown": subjects.kind_of(signoff.subject).shown(actor, project, signoff),
        "project_name": project.name,
        "errors": {one.field: one for one in reasons if one.field},
        "reasons": [one for one in reasons if one.field not in ("reason", "reservation", "remarks")],
    }
