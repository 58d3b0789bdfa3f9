"""Who has a change now: whose assessment is still needed, who may decide it, who answers, who has to choose anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reqtrack.changes import dossier, facts, impact, votes
from reqtrack.changes import load as loads
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.facts import Rule
from reqtrack.changes.impact import Impact
from reqtrack.changes.models import Change
from reqtrack.changes.policy import TO_ASSESS, Facts, passers
from reqtrack.permissions import Actor
from reqtrack.workflow.tables import CHANGE_OPEN

WITH_SOMEBODY = (*TO_ASSESS, "deciding", "needs_information")


@dataclass(frozen=True)
class Asked:
    """With whom a change is, by name; ``conflict``: its base moved, so that its author has to choose first."""

    names: tuple[str, ...] = ()
    conflict: bool = False


def asked(actor: Actor, changes: Sequence[Change]) -> dict[int, Asked]:
    """With whom each of some changes of a project is, by its id (six statements, or none)."""
    found = dossier.load_many([one for one in changes if one.stage in CHANGE_OPEN])
    if not found:
        return {}
    spoken = [one for one in found if one.change.stage in TO_ASSESS and one.said]
    graphs = impact.graph_prints(actor, spoken) if spoken else {}
    return {
        one.change.id: Asked(tuple(dict.fromkeys(_names(one, graphs.get(one.change.id)))), bool(one.conflicts))
        for one in found
    }


def _names(found: Dossier, graph: str | None) -> Iterable[str]:
    if found.change.stage not in WITH_SOMEBODY:
        return []
    if found.change.stage == "needs_information":
        return [person.name for login in sorted(found.origin.authors) if (person := found.named(login)) is not None]
    again = graph is not None and facts.still_asked(found, graph)
    if found.step is not None and not (again and found.change.stage in TO_ASSESS):
        return [one.name for one in passers(found.people, found.step, found.origin)]
    if found.change.stage in TO_ASSESS:
        people = facts.assessors(found) if graph is None else facts.still_asked(found, graph)
        return [one.name for one in people]
    if found.menders:
        return [one.name for one in found.menders]
    carried = loads.phases(found.change.project_id)
    tier, phase_id = facts.preset(found, carried)
    rule = facts.rule(found, impact.phases_with(found, carried, phase_id, tier), tier)
    voters = votes.standing(found, rule, tier, phase_id)
    return [one.name for seat in votes.missing(rule, voters) for one in seat.holders if one.login not in voters]


@dataclass(frozen=True)
class Judged:
    """A change with what decides who may do what with it, as it would be with the tier and phase that its page shows first."""

    found: Dossier
    rule: Rule
    told: Facts
    tier: str | None
    phase_id: int | None


def judged_many(actor: Actor, changes: Sequence[Change]) -> dict[int, Judged]:
    """Some changes of a project as their pages would judge them, by id: in as many statements for many as for one."""
    found = dossier.load_many(changes)
    if not found:
        return {}
    graphs = impact.graph_prints(actor, found)
    carried = loads.phases(changes[0].project_id)
    judged = {}
    for one in found:
        tier, phase_id = facts.preset(one, carried)
        phases = impact.phases_with(one, carried, phase_id, tier)
        rule = facts.rule(one, phases, tier)
        # What of an impact the facts are taken from.
        touched = Impact({}, {}, dict, {}, (), (), phases, graphs[one.change.id])
        judged[one.change.id] = Judged(one, rule, facts.facts_of(one, touched, rule, tier), tier, phase_id)
    return judged
