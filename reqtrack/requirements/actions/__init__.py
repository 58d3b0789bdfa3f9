"""Verbs on phases and requirements that are more than saving fields."""

from reqtrack.requirements.actions.joining import (
    PROPOSE,
    merge,
    propose_merge,
    propose_split,
    split,
    succeed_by_change,
    undo,
)
from reqtrack.requirements.actions.planning import (
    add_phase,
    available_moves,
    change_phase,
    confirm_tiers,
    implement_phase,
    make_first_phase,
    make_move,
    move,
)
from reqtrack.requirements.actions.reviewing import NOTHING_CHOSEN, keep_apart, review
from reqtrack.requirements.actions.texts import end_silence, let_stand, silence

__all__ = [
    "NOTHING_CHOSEN",
    "PROPOSE",
    "add_phase",
    "available_moves",
    "change_phase",
    "confirm_tiers",
    "end_silence",
    "implement_phase",
    "keep_apart",
    "let_stand",
    "make_first_phase",
    "make_move",
    "merge",
    "move",
    "propose_merge",
    "propose_split",
    "review",
    "silence",
    "split",
    "succeed_by_change",
    "undo",
]
