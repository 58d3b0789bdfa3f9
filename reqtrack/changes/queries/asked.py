"""Who has a change now: whose assessment is still needed, who may decide it, who answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reqtrack.changes import dossier, facts, impact
from reqtrack.changes import load as loads
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import Change
from reqtrack.changes.policy import TO_ASSESS
from reqtrack.changes.queries.waiting import accepting_must
from reqtrack.permissions import Actor

WITH_SOMEBODY = (*TO_ASSESS, "deciding", "needs_information")


def asked(actor: Actor, changes: Sequence[Change]) -> dict[int, list[str]]:
    """The names of those with whom each of some changes of a project is, by its id (six statements, or none)."""
    found = dossier.load_many([one for one in changes if one.stage in WITH_SOMEBODY])
    if not found:
        return {}
    musts = accepting_must(found)
    spoken = [one for one in found if one.change.stage in TO_ASSESS and one.said]
    graphs = impact.graph_prints(actor, spoken) if spoken else {}
    return {one.change.id: list(dict.fromkeys(_names(one, musts, graphs.get(one.change.id)))) for one in found}


def _names(found: Dossier, musts: set[int], graph: str | None) -> Iterable[str]:
    if found.change.stage == "needs_information":
        return [person.name for login in sorted(found.origin.authors) if (person := found.named(login)) is not None]
    if found.change.stage in TO_ASSESS:
        people = facts.assessors(found) if graph is None else facts.still_asked(found, graph)
        return [one.name for one in people]
    carried = loads.phases(found.change.project_id)
    tier, phase_id = facts.preset(found, carried)
    rule = facts.rule(found, musts, impact.phases_with(found, carried, phase_id, tier), tier)
    voters = facts.standing(found, rule, tier, phase_id)
    return [one.name for seat in facts.missing(rule, voters) for one in seat.holders if one.login not in voters]
