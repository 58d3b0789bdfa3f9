"""Passing a gate: recorded with all that its rules found then."""

from __future__ import annotations

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import clean_text
from reqtrack.errors import Invalid, Reason, no
from reqtrack.gates import policy, queries
from reqtrack.gates.models import GatePassage
from reqtrack.items import store
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase

MOST_NOTE = 2_000
MOST_PILOT = 200


def pass_gate(
    actor: Actor,
    project: Project,
    gate: str,
    phase: Phase | None = None,
    *,
    pilot: str = "",
    note: str = "",
    seen: str = "",
) -> GatePassage:
    """Pass a gate for a phase, or for the whole project. Computed anew: what counts is what holds now.

    Args:
        pilot: the group that goes live, in words.
        seen: the fingerprint of the answer that was looked at; "" where nobody looked.

    Raises:
        Refused: 403 no permission or no proof; 409 a rule stops it, or the answer is not any more what was seen. Invalid: too long.
    """
    answer = queries.gates_of(project, phase).answers[gate]
    policy.require(policy.may_pass(actor, project.id, answer))
    if seen and seen != answer.fingerprint:
        no("moved", "What the rules find has moved since you looked. Look at it as it is now.").require(409)
    pilot, note = clean_text(pilot).strip(), clean_text(note).strip()
    long = [("pilot", pilot, MOST_PILOT), ("note", note, MOST_NOTE)]
    reasons = [
        Reason("too_long", "At most %(most)s characters fit.", {"most": most}, name)
        for name, text, most in long
        if len(text) > most
    ]
    if reasons:
        raise Invalid(reasons)
    number = store.next_number(project.id, "PASS")
    with recorded(actor, project.id, "gate.passed", f"gate:{gate}", reason=note) as entry:
        row = GatePassage(
            project_id=project.id, number=number, gate=gate, phase_id=phase.id if phase is not None else None,
            phase_name=phase.name if phase is not None else "", pilot=pilot, note=note, told=answer.told(),
            fingerprint=answer.fingerprint, by=actor.login, by_name=actor.name,
            roles=" ".join(sorted(actor.roles_in(project.id))), at=entry.at, zone=project.zone,
        )  # fmt: skip
        entry.seal(row)
        entry.after = {
            "gate": gate, "number": number, "phase": row.phase_name, "pilot": pilot, "fingerprint": row.fingerprint,
            "warned": [one.name for one in answer.warned], "waivers": list(answer.waivers),
        }  # fmt: skip
    return row
