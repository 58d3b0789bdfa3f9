"""What can be asked of gates, waivers and passages."""

from reqtrack.gates.queries.gates import (
    Gates,
    answers_of,
    facts_of,
    gate_named,
    gates_of,
    keys_in,
    own_rules,
    passage_for,
    passages,
    phase_given,
    sets_of,
    shown_keys,
    usual_phase,
)
from reqtrack.gates.queries.waiting import waiting_for
from reqtrack.gates.queries.waivers import held, waiver_for
from reqtrack.gates.queries.wanted import checked

__all__ = [
    "Gates",
    "answers_of",
    "checked",
    "facts_of",
    "gate_named",
    "gates_of",
    "held",
    "keys_in",
    "own_rules",
    "passage_for",
    "passages",
    "phase_given",
    "sets_of",
    "shown_keys",
    "usual_phase",
    "waiting_for",
    "waiver_for",
]
