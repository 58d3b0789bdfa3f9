"""Who may set the rules of gates, pass them, ask for waivers and withdraw them. Pure: everything it needs to know comes in."""

from __future__ import annotations

from reqtrack.errors import YES, Verdict, no
from reqtrack.gates.judging import Answer
from reqtrack.gates.waiving import Held
from reqtrack.permissions import Actor

# Reasons that are about the person who asks: 403.
PERSONAL = ("no_permission", "prove_yourself", "not_yours")


def require(verdict: Verdict) -> None:
    """Go on, or refuse with every reason: 403 when one is about the person, else 409."""
    verdict.require(403 if any(one.code in PERSONAL for one in verdict.reasons) else 409)


def may_set(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may set the rules of a project's gates."""
    if actor.may("project.manage", project_id):
        return YES
    return no("no_permission", "The rules of gates are set by the project manager.")


def may_pass(actor: Actor, project_id: int, answer: Answer, *, typed: bool = True) -> Verdict:
    """Whether the actor may pass a gate now, with every reason why not.

    Args:
        typed: also ask for the proof that it is the actor (left out by pages, which ask for it then).
    """
    verdict = YES
    if not actor.may("sign", project_id):
        verdict += no(
            "no_permission", "Your roles in this project do not let you pass a gate: that takes who may sign."
        )
    if answer.stopped:
        rules = [one.set.title for one in answer.stopped]
        verdict += no("not_met", "Not met, and not excused by a signed waiver: %(rules)s.", rules=rules)
    if not answer.outcomes:
        verdict += no("no_rules", "No rule of this gate is looked at, so there is nothing to pass.")
    if typed and not actor.reauthenticated:
        verdict += no("prove_yourself", "Type your password to pass this gate.", field="password")
    return verdict


def may_ask(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may ask for a waiver."""
    if actor.may("signoff.request", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you ask for a waiver.")


def may_withdraw(actor: Actor, held: Held) -> Verdict:
    """A waiver is withdrawn by who asked for it, its owner, or the project manager, while it is open or in force."""
    waiver = held.waiver
    if held.state in ("withdrawn", "declined"):
        return no("settled", "%(key)s excuses nothing any more: there is nothing to withdraw.", key=waiver.key)
    own = actor.login in (waiver.asked_by, waiver.owner) and actor.may("interview.read", waiver.project_id)
    if own or actor.may("project.manage", waiver.project_id):
        return YES
    return no(
        "not_yours", "Only who asked for it, its owner, or the project manager can withdraw %(key)s.", key=waiver.key
    )
