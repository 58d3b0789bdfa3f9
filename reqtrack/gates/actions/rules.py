"""Setting the rules of a project's gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db, whole_number
from reqtrack.errors import Invalid, Reason, Stale
from reqtrack.gates import kinds, policy, queries
from reqtrack.gates.kinds import MODES, Set
from reqtrack.gates.models import GateRules
from reqtrack.items.values import Unfit
from reqtrack.permissions import Actor

MOST_NAMED = 200
Wanted = Mapping[str, Mapping[str, Mapping[str, Any]]]


def checked(project: Project, wanted: Wanted) -> dict[str, dict[str, Set]]:
    """The rules as somebody wants them, ``{gate: {rule: {option: value}}}``; what is not named stays as it is.

    Raises:
        Invalid: a reason for each option, at ``gate.rule.option``.
    """
    found = queries.sets_of(project, queries.own_rules(project.id))
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


def set_rules(actor: Actor, project: Project, wanted: Wanted, *, seen: int | None = None) -> GateRules:
    """Set rules of gates anew; what is as the preset has it is not kept, so that it follows the preset.

    Args:
        seen: the version that was looked at (0: nothing had been set).

    Raises:
        Refused: 403 not theirs. Invalid: by option. Stale: somebody else set them meanwhile.
    """
    policy.require(policy.may_set(actor, project.id))
    own = queries.own_rules(project.id)
    version = own.version if own is not None else 0
    if seen is not None and seen != version:
        raise Stale("gates", seen, version, {}, {})
    sets = checked(project, wanted)
    kept = {gate: kinds.differing(project.preset, gate, sets[gate]) for gate in sets}
    before = own.own if own is not None else {}
    with recorded(actor, project.id, "gates.rules_set", "gates", before=before) as entry:
        if own is None:
            own = GateRules(project_id=project.id, own={}, set_by=actor.name, set_at=entry.at)
            db.session.add(own)
        own.own, own.set_by, own.set_at = {gate: rules for gate, rules in kept.items() if rules}, actor.name, entry.at
        entry.after = own.own
    return own
