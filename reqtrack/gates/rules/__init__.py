"""What each rule finds."""

from collections.abc import Callable

from reqtrack.gates.facts import Facts
from reqtrack.gates.judging import Found
from reqtrack.gates.kinds import RULES, Set
from reqtrack.gates.rules import live, scope

FINDERS: dict[str, Callable[[Facts, Set], Found]] = {
    name: getattr(live if hasattr(live, name) else scope, name) for name in RULES
}


def find(facts: Facts, one: Set) -> Found:
    """What a rule finds in the facts."""
    return FINDERS[one.rule.name](facts, one)


__all__ = ["FINDERS", "find"]
