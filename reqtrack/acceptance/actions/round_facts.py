"""The facts of a round beside its name, its scenarios and who tests: each brought into the form in which it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from reqtrack.acceptance.actions.results import checked_text
from reqtrack.acceptance.policy import TESTING_ROLES
from reqtrack.errors import invalid


def _line(name: str, longest: int) -> Callable[[Any], str]:
    return lambda given: " ".join(checked_text(given, name, longest).split())


def _roles(given: str | Sequence[str]) -> str:
    """Roles whose holders test, each once, parted by blanks.

    Raises:
        Invalid: a role that may not record results.
    """
    wanted = dict.fromkeys(given.split() if isinstance(given, str) else given)
    unable = [role for role in wanted if role not in TESTING_ROLES]
    if unable:
        raise invalid("tester_roles", "Who is %(role)s may not record results.", role=unable[0][:40])
    return " ".join(wanted)


def _day(given: date | None) -> date | None:
    return given


# Name of the column → what is kept of what was given.
FACTS: dict[str, Callable[[Any], Any]] = {
    "environment": lambda given: checked_text(given, "environment"),
    "address": _line("address", 400),
    "account": _line("account", 200),
    "group_name": _line("group_name", 200),
    "tester_roles": _roles,
    "due_on": _day,
}


def checked(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are kept; ``copied_from`` goes through.

    Raises:
        Invalid: too long, or a role that may not test.
    """
    return {name: FACTS[name](given) if name in FACTS else given for name, given in facts.items()}


def told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as an event tells them."""
    return {name: given.isoformat() if isinstance(given, date) else given for name, given in facts.items()}
