"""A change with all that the policy judges by."""

from __future__ import annotations

from typing import NamedTuple

from reqtrack.changes import dossier, facts, impact
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.facts import Rule
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import Change
from reqtrack.changes.policy import Facts
from reqtrack.permissions import Actor


def judged(actor: Actor, change: Change) -> tuple[Dossier, Impact, Rule, Facts]:
    """A change as it stands."""
    found = dossier.load(change)
    touched = impact.of_dossier(actor, found)
    rule = facts.rule_of(found, touched)
    return found, touched, rule, facts.facts_of(found, touched, rule)


class Placed(NamedTuple):
    """A change as it would be if nobody chose another tier and phase than those that its page shows first."""

    found: Dossier
    touched: Impact
    rule: Rule
    told: Facts
    tier: str | None
    phase_id: int | None


def placed(actor: Actor, change: Change) -> Placed:
    """See ``Placed``."""
    found = dossier.load(change)
    touched = impact.of_dossier(actor, found)
    tier, phase_id = facts.preset(found, touched.phases)
    touched.phases = impact.phases_with(found, touched.phases, phase_id, tier)
    rule = facts.rule_of(found, touched, tier)
    return Placed(found, touched, rule, facts.facts_of(found, touched, rule, tier), tier, phase_id)
