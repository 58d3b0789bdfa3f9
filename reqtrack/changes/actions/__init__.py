"""Verbs on change requests. They take plain values and an explicit actor, and know nothing of forms and pages."""

from reqtrack.changes.actions.deciding import Decided, decide
from reqtrack.changes.actions.moving import (
    answer,
    ask,
    assess,
    close,
    confirm,
    reassess,
    resume,
    submit,
    withdraw,
)
from reqtrack.changes.actions.writing import (
    drop,
    edit_content,
    log,
    pick,
    propose,
    replace_edits,
    rewrite,
    save_item,
    set_assessors,
    unpick,
)

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
    "unpick",
    "withdraw",
]
