"""What a project may ask of a move, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

ASK_WORDS: dict[str, Any] = {
    "tier": _l("the priority"),
    "phase": _l("the phase"),
    "asked_by": _l("who asked for it"),
    "edits": _l("the edits themselves"),
    "attachment": _l("a file"),
    "three_point": _l("three numbers: best, likely, worst"),
    "schedule_note": _l("what it means for the schedule"),
    "risk": _l("the risk"),
    "cost": _l("the cost beside effort"),
    "note": _l("what has to be done"),
    "options": _l("another way to do it"),
    "reason": _l("a reason"),
}
