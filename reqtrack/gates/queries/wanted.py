"""The rules of gates as somebody wants them, looked at before they are set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Reason
from reqtrack.gates import kinds
from reqtrack.gates.kinds import MODES, Set
from reqtrack.gates.queries.gates import own_rules, sets_of
from reqtrack.items.values import Unfit

MOST_NAMED = 200
Wanted = Mapping[str, Mapping[str, Mapping[str, Any]]]


def checked(project: Project, wanted: Wanted) -> dict[str, dict[str, Set]]:
    """The rules as somebody wants them, ``{gate: {rule: {option: value}}}``; what is not named stays as it is.

    Raises:
        Invalid: a reason for each option, at ``gate.rule.option``.
    """
    found = sets_of(project, own_rules(project.id))
    reasons: list[Reason] = []
    for gate, rules in wanted.items():
        for name, options in rules.items():
            if gate not in found or name not in found[gate]:
                reasons.append(
                    Reason("unknown", "This gate has no rule %(rule)s.", {"rule": name[:40]}, f"{gate}.{name}")
                )
                continue
            one = found[gate][name]
            told = {}
            for option, value in options.items():
                try:
                    told[option] = _value(one, option, value)
                except Unfit as wrong:
                    reasons.append(Reason("invalid", wrong.message, wrong.params, f"{gate}.{name}.{option}"))
            found[gate][name] = kinds.with_options(one, told)
    if reasons:
        raise Invalid(reasons)
    return found


def _value(one: Set, option: str, value: Any) -> Any:
    """The value of an option as it is kept.

    Raises:
        Unfit: with the sentence why not.
    """
    if option not in one.options():
        raise Unfit("This rule has no such option.")
    if option == "mode":
        if value not in MODES:
            raise Unfit("Choose one of: not looked at, warns, must be met.")
        return value
    if option == "least":
        number = whole_number(str(value).strip().rstrip("%").strip())
        if number is None or not 1 <= number <= 100:
            raise Unfit("How many in a hundred are enough: a number from 1 to 100.")
        return number
    if option == "affirmed":
        return bool(value)
    if not isinstance(value, list) or len(value) > MOST_NAMED or any(not isinstance(one, str) for one in value):
        raise Unfit("Name exceptions by their keys, such as REQ-12.")
    return sorted({key.strip().upper() for key in value if key.strip()})
