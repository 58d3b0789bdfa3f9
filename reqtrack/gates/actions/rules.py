"""Setting the rules of a project's gates."""

from __future__ import annotations

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Stale
from reqtrack.gates import kinds, policy, queries
from reqtrack.gates.models import GateRules
from reqtrack.gates.queries.wanted import Wanted
from reqtrack.permissions import Actor


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
    sets = queries.checked(project, wanted)
    kept = {gate: kinds.differing(project.preset, gate, sets[gate]) for gate in sets}
    before = own.own if own is not None else {}
    with recorded(actor, project.id, "gates.rules_set", "gates", before=before) as entry:
        if own is None:
            own = GateRules(project_id=project.id, own={}, set_by=actor.name, set_at=entry.at)
            db.session.add(own)
        own.own, own.set_by, own.set_at = {gate: rules for gate, rules in kept.items() if rules}, actor.name, entry.at
        entry.after = own.own
    return own
