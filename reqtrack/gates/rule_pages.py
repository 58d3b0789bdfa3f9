"""What the page of the rules of gates shows: how they are set, and what others would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.errors import Reason
from reqtrack.gates import kinds, policy, queries, words
from reqtrack.gates.kinds import GATES, Set
from reqtrack.gates.pages import gate_href, headline, set_by, tone
from reqtrack.permissions import Actor
from reqtrack.requirements.queries import phases
from reqtrack.web.problems import sentence


def rules(
    actor: Actor,
    project: Project,
    wanted: Mapping[str, Mapping[str, Set]] | None = None,
    typed: Mapping[str, Any] | None = None,
    reasons: Sequence[Reason] = (),
) -> dict[str, Any]:
    """The rules of all gates, as they are or as somebody tries them; then with what that would change."""
    own = queries.own_rules(project.id)
    now = queries.sets_of(project, own)
    sets = wanted if wanted is not None else now
    return {
        "gates": [
            {"gate": gate, "title": str(GATES[gate]), "rules": [_option(gate, one) for one in sets[gate].values()]}
            for gate in GATES
        ],
        "modes": [(code, str(label)) for code, label in kinds.MODES.items()],
        "typed": typed or {},
        "errors": {one.field: sentence(one) for one in reasons if one.field},
        "summary": [{"field": f"f-{one.field}", "sentence": sentence(one)} for one in reasons],
        "brings": _brings(project, now, wanted) if wanted is not None else None,
        "seen": own.version if own is not None else 0,
        "set_by": set_by(project, own),
        "may": policy.may_set(actor, project.id),
    }


def _option(gate: str, one: Set) -> dict[str, Any]:
    return {
        "stem": f"{gate}.{one.rule.name}",
        "title": str(one.title),
        "mode": one.mode,
        "least": one.least if one.rule.share else None,
        "named": " ".join(one.named) if one.rule.named else None,
        "affirmed": one.affirmed if one.rule.tested else None,
    }


def _brings(
    project: Project, now: Mapping[str, Mapping[str, Set]], wanted: Mapping[str, Mapping[str, Set]]
) -> list[dict[str, Any]]:
    """What other rules would change: of each gate and phase, the answer before and after, where either differs."""
    rows = []
    for phase in [*phases(project.id), None]:
        before, after = queries.gates_of(project, phase, now), queries.gates_of(project, phase, wanted)
        for gate in GATES:
            one, other = before.answers[gate], after.answers[gate]
            if one.told() != other.told():
                rows.append(
                    {
                        "gate": words.question(gate, phase),
                        "href": gate_href(project, gate, phase),
                        "now": headline(one),
                        "then": headline(other),
                        "differs": tone(one) != tone(other) or one.met != other.met,
                    }
                )
    return rows
