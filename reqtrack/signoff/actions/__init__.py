"""Verbs on sign-offs, and on who acts for whom while they are away."""

from reqtrack.signoff.actions.away import end_away, person_named, see_given, set_away
from reqtrack.signoff.actions.asking import request, send_next
from reqtrack.signoff.actions.signing import decline, sign, withdraw

__all__ = ["decline", "end_away", "person_named", "request", "see_given", "send_next", "set_away", "sign", "withdraw"]
