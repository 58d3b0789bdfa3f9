"""What the first week is made of, and who sees it; who lets a finding stand. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor

# The five lines, in their order.
LINES = ("list", "hear", "words", "sort", "sign")
ENOUGH_REQUIREMENTS = 10
ENOUGH_INTERVIEWS = 3
ENOUGH_FRONTLINE = 2


@dataclass(frozen=True)
class Facts:
    """What the first week is judged by. ``requested`` and ``signed`` count sign-offs."""

    requirements: int = 0
    imported: int = 0
    untiered: int = 0
    scenarios: int = 0
    held: int = 0
    frontline: int = 0
    requested: int = 0
    signed: int = 0


def done(facts: Facts) -> frozenset[str]:
    """The lines that are done, by what is there."""
    judged = {
        "list": facts.imported > 0 or facts.requirements >= ENOUGH_REQUIREMENTS,
        "hear": facts.held >= ENOUGH_INTERVIEWS and facts.frontline >= ENOUGH_FRONTLINE,
        "words": facts.scenarios > 0 and facts.requirements > 0,
        "sort": facts.requirements > 0 and facts.untiered == 0,
        "sign": facts.requested + facts.signed > 0,
    }
    return frozenset(line for line, yes in judged.items() if yes)


def shown(actor: Actor, project_id: int, facts: Facts, skipped: Collection[str]) -> tuple[str, ...]:
    """The lines to show: none once something is signed, nor to those who do not write requirements."""
    if facts.signed or not actor.may("requirement.write", project_id):
        return ()
    left = tuple(line for line in LINES if line not in skipped)
    return left if set(left) - done(facts) or "sign" in left else ()


def may_accept(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may let a finding stand, and take that back."""
    if actor.may("radar.accept", project_id):
        return YES
    return no("no_permission", "Your roles in this project do not let you accept findings.")
