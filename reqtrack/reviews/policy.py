"""Who may do what with a review, and why not. Pure: everything it needs to know comes in."""

from __future__ import annotations

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor

# What is said of a change that has to be decided, and holds once those who decide have confirmed it.
DECISIONS = ("approved", "rejected", "deferred", "asked_back")
OUTCOMES = (*DECISIONS, "noted")
# What has to be written down beside: the reason, until when, the question.
WITH_NOTE = ("rejected", "deferred", "asked_back")
# Reasons that are about the person who asks: 403.
PERSONAL = ("no_permission",)


def require(verdict: Verdict) -> None:
    """Go on, or refuse with every reason: 403 when one is about the person, else 409."""
    verdict.require(403 if any(one.code in PERSONAL for one in verdict.reasons) else 409)


def may_manage(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may plan reviews and write down what is said at them."""
    if actor.may("review.manage", project_id):
        return YES
    return no("no_permission", "Reviews are planned and written down by the project manager and analysts.")


def may_write(actor: Actor, project_id: int, key: str, state: str) -> Verdict:
    """Whether the actor may change a review and its agenda: until it was held."""
    verdict = may_manage(actor, project_id)
    if state != "planned":
        verdict += no("not_planned", "%(key)s was held or cancelled: its agenda stays as it is.", key=key)
    return verdict


def may_confirm(key: str, state: str) -> Verdict:
    """Whether what was said at a review can be confirmed."""
    if state == "held":
        return YES
    return no("not_held", "%(key)s was not held yet: there is nothing to confirm.", key=key)


def outcome_fits(outcome: str, note: str, is_change: bool, asks_reason: bool = False) -> Verdict:
    """Whether what is written down of a line is enough. ``asks_reason``: the project asks for a reason to approve."""
    if outcome not in ("", *OUTCOMES):
        return no("invalid", "%(given)s is not one of: %(choices)s.", "outcome", given=outcome[:40], choices=OUTCOMES)
    if outcome in DECISIONS and not is_change:
        return no("not_a_change", "Only a change is decided here: note what was said.", "outcome")
    if outcome in WITH_NOTE and not note.strip():
        told = {"rejected": "Say why.", "deferred": "Say until when: a phase, a date or a review.",
                "asked_back": "Say what is asked."}  # fmt: skip
        return no("required", told[outcome], "note")
    if outcome == "approved" and asks_reason and not note.strip():
        return no("required", "Say why: this project asks for a reason here.", "note")
    return YES
