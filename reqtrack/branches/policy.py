"""Who may open a branch of scope, decide in it, bring its texts to the main line, and close it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reqtrack.branches.models import ScopeBranch
from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor

# Reasons that are about the person who asks: 403.
PERSONAL = ("no_permission", "not_yours")


def require(verdict: Verdict) -> None:
    """Go on, or refuse with every reason: 403 when one is about the person, else 409."""
    verdict.require(403 if any(one.code in PERSONAL for one in verdict.reasons) else 409)


def may_open(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may open a branch: those who may take a baseline."""
    if actor.may("baseline.take", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you open a branch of its scope.")


def may_work(actor: Actor, branch: ScopeBranch, *, closed: bool) -> Verdict:
    """Whether the actor may decide in a branch, bring texts out of it, or close it: its owner, and those who may take a baseline."""
    verdict = YES
    own = actor.login == branch.owner and actor.may("comment.write", branch.project_id)
    if not own and not actor.may("baseline.take", branch.project_id):
        message = "What %(key)s holds is decided by its owner, %(name)s, and by those who may take a baseline."
        verdict += no("not_yours", message, key=branch.key, name=branch.owner_name)
    if closed:
        verdict += no("closed", "%(key)s is closed: it can only be read.", key=branch.key)
    return verdict


def may_merge(branch: ScopeBranch, differing: Sequence[str]) -> Verdict:
    """Whether a branch may be closed as merged back: the main line says of all that it holds what the branch says.

    Args:
        differing: the keys of which the main line says something else, or that it does not have any more.
    """
    if not differing:
        return YES
    message = (
        "The main line does not say what %(key)s says of %(items)s. Take the text of one line over into the other first, or give "
        "the branch up."
    )
    return no("differs", message, "outcome", key=branch.key, items=tuple(differing[:20]))
