"""Verbs on sign-offs, and on who acts for whom while they are away."""

from reqtrack.signoff.actions.asking import request, send_next
from reqtrack.signoff.actions.away import end_away, person_named, see_given, set_away
from reqtrack.signoff.actions.outside import (
    code_fits,
    make_link,
    open_to_sign,
    require_tellable,
    revoke_link,
    sign_by_link,
    signer_of,
    tell_code,
)
from reqtrack.signoff.actions.paper import bring_in, confirm, refuse
from reqtrack.signoff.actions.signing import decline, sign, withdraw

__all__ = [
    "bring_in",
    "code_fits",
    "confirm",
    "decline",
    "end_away",
    "make_link",
    "open_to_sign",
    "person_named",
    "refuse",
    "request",
    "require_tellable",
    "revoke_link",
    "see_given",
    "send_next",
    "set_away",
    "sign",
    "sign_by_link",
    "signer_of",
    "tell_code",
    "withdraw",
]
