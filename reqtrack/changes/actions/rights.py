"""Who may write to a change, asked before each write."""

from __future__ import annotations

from reqtrack.changes import policy
from reqtrack.changes.filed import Dossier
from reqtrack.changes.models import Change
from reqtrack.changes.package import saw
from reqtrack.errors import invalid, no
from reqtrack.permissions import Actor


def may_write(actor: Actor, found: Dossier) -> None:
    """Go on, or refuse with every reason."""
    change = found.change
    policy.require(policy.may_write(actor, change.project_id, change.key, change.stage, found.origin))


def writers(change: Change, actor: Actor) -> str:
    """Who wrote what a change says beside the authors of its edits, once the actor has: its column ``editors``."""
    return " ".join(dict.fromkeys([*(change.editors or "").split(), actor.login]))


def require_seen(found: Dossier, seen: str | None) -> None:
    """Go on if the package still is what was ``seen`` (its fingerprint), or if nothing is told of that; else refuse (409)."""
    if seen and not saw(seen, found.package_print):
        message = "What %(key)s proposes was edited since you opened it."
        no("package_moved", message, key=found.change.key).require(409)


def require_reason(found: Dossier, move: str, reason: str) -> None:
    """Go on if a reason was given, or if the project's flow asks for none."""
    asks = found.step.asks if found.step is not None and move == "pass_on" else found.flow.asks.get(move, ())
    if "reason" in asks and not reason.strip():
        raise invalid("reason", "Say why: this project asks for a reason here.", "required")
