"""The scope in force, and what baselines are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reqtrack.baselines.content import visible_keys
from reqtrack.baselines.models import Baseline
from reqtrack.permissions import Actor
from reqtrack.signoff import scope
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.queries.told import as_seen, of_subjects, outcome_of
from reqtrack.signoff.subjects import Outcome


def baseline_states(project_id: int, numbers: Sequence[int]) -> Mapping[int, str]:
    """The hook of ``baselines.queries.SIGNED``: the state of the newest sign-off of each baseline that has one,
    *carried* for one that changes carry."""
    told = of_subjects(project_id, [f"BL-{number}" for number in numbers])
    return {
        int(key.partition("-")[2]): "carried"
        if rows[0][1].state == "signed" and rows[0][1].carried_by
        else rows[0][1].state
        for key, rows in told.items()
        if rows
    }


@dataclass(frozen=True)
class InForce:
    """The scope in force: a signed baseline and the changes signed since, as one chain; what it does not cover, beside it."""

    baseline: Baseline
    signoff: Signoff
    outcome: Outcome
    unsigned: Sequence[Any]


def scope_in_force(actor: Actor, project_id: int) -> InForce | None:
    """The newest baseline whose signature was completed, with what carries it; None while nothing was signed."""
    signoff = scope.newest_signed(project_id)
    if signoff is None:
        return None
    baseline = scope.baseline_of(signoff)
    outcome = as_seen(actor, project_id, {signoff.id: outcome_of(signoff)})[signoff.id]
    new = scope.unsigned(project_id, baseline)
    seen = set(visible_keys(actor, project_id, [one.key for one in new]))
    return InForce(baseline, signoff, outcome, [one for one in new if one.key in seen])
