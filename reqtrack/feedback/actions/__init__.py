"""Verbs on feedback and its links."""

from reqtrack.feedback.actions.links import end_link, make_link
from reqtrack.feedback.actions.sending import say, send, sender
from reqtrack.feedback.actions.triage import follow, group, guard, make_move, moves, reply, settle, ungroup

__all__ = [
    "end_link",
    "follow",
    "group",
    "guard",
    "make_link",
    "make_move",
    "moves",
    "reply",
    "say",
    "send",
    "sender",
    "settle",
    "ungroup",
]
