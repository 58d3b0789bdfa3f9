"""What a signer reserves while signing: it stands on the signature, sealed with it, and is handed on as the proposal of a waiver.

Waivers are an area above this one: it puts what takes a reservation into ``TAKERS``.
"""

from __future__ import annotations

from collections.abc import Callable

from reqtrack.accounts.models import Project
from reqtrack.permissions import Actor
from reqtrack.signoff.models import Signature, Signoff

# Each is called in the transaction that signs, with who signed, and records what it makes of it by itself.
TAKERS: list[Callable[[Actor, Project, Signoff, Signature], None]] = []


def hand_over(actor: Actor, project: Project, signoff: Signoff, signature: Signature) -> None:
    """Hand on the reservation of a signature that was just given (``signature.reason``; ``signature.reserved`` is set)."""
    for take in TAKERS:
        take(actor, project, signoff, signature)


def reservation_of(signature: Signature) -> str:
    """What was reserved, "" where nothing was."""
    return signature.reason if signature.reserved else ""
