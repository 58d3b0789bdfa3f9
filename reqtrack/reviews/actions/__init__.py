"""Verbs on reviews. They take plain values and an explicit actor, and know nothing of forms and pages."""

from reqtrack.reviews.actions.agenda import add_line, fill, put_line, say, take_off
from reqtrack.reviews.actions.confirming import Confirmed, confirm
from reqtrack.reviews.actions.planning import cancel, change_review, end_series, hold, plan, plan_series

__all__ = [
    "Confirmed",
    "add_line",
    "cancel",
    "change_review",
    "confirm",
    "end_series",
    "fill",
    "hold",
    "plan",
    "plan_series",
    "put_line",
    "say",
    "take_off",
]
