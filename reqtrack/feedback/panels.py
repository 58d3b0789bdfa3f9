"""What feedback tells the generic pages: how its events read, what of it is searched, who may know a contact."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.feedback import policy
from reqtrack.interviews.queries import for_everybodys_eyes
from reqtrack.items import personal
from reqtrack.permissions import Actor

# As ``items.happened.DONE``.
DONE = {
    "made": _l("made a defect, change or requirement of it, or found one that stands for it"),
    "grouped": _l("put it to another that says the same"),
    "parted": _l("took it out of its group"),
}


def contact_told(actor: Actor, project_id: int, contact: str) -> str | None:
    """How to reach a sender: for those who answer them, as it was given, since a part of an address reaches nobody."""
    return contact if policy.may_triage(actor, project_id) else None


def searched(item: Any) -> str:
    """What was said, with every interviewee's name taken out; how to reach the sender is not searched."""
    said = personal.get(item.project_id, item.said)
    return for_everybodys_eyes(item.project_id, said) if said else ""
