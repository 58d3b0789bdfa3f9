"""Deciding in a branch: an item is left out, or taken at a version of the main line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reqtrack.audit.record import recorded
from reqtrack.baselines.content import Print, visible_keys
from reqtrack.branches import content, policy
from reqtrack.branches.actions.telling import keys_of, not_moved, reason_of, unknown
from reqtrack.branches.content import NEWEST, OUT
from reqtrack.branches.models import BranchChoice
from reqtrack.branches.queries import Standing, standing
from reqtrack.changes.codec import load
from reqtrack.errors import Invalid, Reason
from reqtrack.permissions import Actor


def choose(
    actor: Actor, found: Standing, wanted: Mapping[str, int], reason: str, *, seen: int | None = None
) -> Standing:
    """Decide on items of a branch, all of them or none.

    Args:
        wanted: by key, the version to take it at, or ``OUT``, or ``NEWEST``.
        seen: the version of the branch that was looked at.

    Raises:
        Refused: 403 not theirs, 409 it is closed. Stale: something was decided since. Invalid: no reason; an item, or a version of
            it, that there is not; it is so already.
    """
    branch = found.branch
    policy.require(policy.may_work(actor, branch, closed=found.closed))
    not_moved(found, seen)
    reason = reason_of(reason)
    numbers = {key.strip().upper(): number for key, number in wanted.items()}
    keys = keys_of(numbers)
    asked = _resolved(actor, branch.project_id, keys, numbers)
    taken = content.versions_of(branch.project_id, {key: number for key, number in asked.items() if number != OUT})
    reasons = [one for key in keys for one in _wrong(found, key, asked[key], taken)]
    if reasons:
        raise Invalid(reasons)
    before = {key: found.held[key].version if key in found.held else None for key in keys}
    with recorded(actor, branch.project_id, "branch.decided", branch.key, reason=reason, before=before) as entry:
        for number, key in enumerate(keys, len(found.choices) + 1):
            entry.seal(
                BranchChoice(
                    project_id=branch.project_id,
                    branch=branch.number,
                    number=number,
                    item=key,
                    version=asked[key] or None,
                    reason=reason,
                    by=actor.login,
                    by_name=actor.name,
                    at=entry.at,
                )
            )
        entry.after = {key: asked[key] or None for key in keys}
    return standing(branch)


def _resolved(actor: Actor, project_id: int, keys: Sequence[str], numbers: Mapping[str, int]) -> dict[str, int]:
    """The versions that are asked for, by key."""
    items = load(project_id, visible_keys(actor, project_id, keys))
    missing = [key for key in keys if key not in items]
    if missing:
        raise unknown(missing)
    return {key: items[key].version if numbers[key] == NEWEST else numbers[key] for key in keys}


def _wrong(found: Standing, key: str, version: int, taken: Mapping[str, Print]) -> list[Reason]:
    branch, mine = found.branch.key, found.held.get(key)
    if version == OUT:
        if mine is not None:
            return []
        return [Reason("so_already", "%(branch)s does not hold %(key)s.", {"branch": branch, "key": key}, "items")]
    told = taken.get(key)
    if told is None:
        params = {"key": key, "number": version}
        return [Reason("unknown", "%(key)s has no version %(number)s.", params, "item_version")]
    if told.retired:
        params = {"key": key, "number": version}
        message = "Version %(number)s of %(key)s says that it is retired: there is nothing to take."
        return [Reason("retired", message, params, "item_version")]
    if mine is not None and mine.version == version:
        params = {"branch": branch, "key": key, "number": version}
        return [Reason("so_already", "%(branch)s holds %(key)s at version %(number)s already.", params, "items")]
    return []
