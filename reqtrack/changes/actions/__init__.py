"""Verbs on change requests. They take plain values and an explicit actor, and know nothing of forms and pages."""

from reqtrack.changes.actions.assessing import assess
from reqtrack.changes.actions.deciding import Decided, decide
from reqtrack.changes.actions.moving import answer, ask, close, confirm, reassess, resume, submit, withdraw
from reqtrack.changes.actions.opening import edit_content, log, pick, set_assessors, unpick
from reqtrack.changes.actions.packaging import drop, propose, replace_edits, rewrite, save_item
from reqtrack.changes.actions.swapping import swap

__all__ = [
    "Decided",
    "answer",
    "ask",
    "assess",
    "close",
    "confirm",
    "decide",
    "drop",
    "edit_content",
    "log",
    "pick",
    "propose",
    "reassess",
    "replace_edits",
    "resume",
    "rewrite",
    "save_item",
    "set_assessors",
    "submit",
    "swap",
    "unpick",
    "withdraw",
]
