"""Closing a branch: merged back, or given up."""

from __future__ import annotations

from reqtrack.audit.record import recorded
from reqtrack.branches import content, policy
from reqtrack.branches.actions.telling import not_moved, reason_of
from reqtrack.branches.drift import drift
from reqtrack.branches.models import BranchClosing
from reqtrack.branches.queries import Standing, standing
from reqtrack.errors import invalid
from reqtrack.permissions import Actor

OUTCOMES = ("merged", "given_up")


def close(actor: Actor, found: Standing, outcome: str, reason: str, *, seen: int | None = None) -> Standing:
    """Close a branch; from then on it is only read, and what it held in the end stays sealed.

    Args:
        outcome: ``merged`` where the main line says of all that it holds what it says, else ``given_up``.

    Raises:
        Refused: 403 not theirs; 409 closed already, or something is not merged. Stale: something was decided since.
        Invalid: no reason, another outcome.
    """
    branch = found.branch
    policy.require(policy.may_work(actor, branch, closed=found.closed))
    not_moved(found, seen)
    if outcome not in OUTCOMES:
        raise invalid("outcome", "A branch is merged back or given up.")
    reason = reason_of(reason)
    if outcome == "merged":
        policy.require(policy.may_merge(branch, drift(found).differing))
    with recorded(actor, branch.project_id, "branch.closed", branch.key, reason=reason) as entry:
        closing = BranchClosing(
            project_id=branch.project_id, branch=branch.number, outcome=outcome, reason=reason,
            fingerprint=content.print_of(found.held), by=actor.login, by_name=actor.name, at=entry.at,
        )  # fmt: skip
        entry.seal(closing)
        entry.after = {"outcome": outcome, "items": len(found.held), "fingerprint": closing.fingerprint}
    return standing(branch)
