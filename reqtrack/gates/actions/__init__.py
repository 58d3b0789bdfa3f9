"""What is done with gates: rules are set, waivers asked for and withdrawn, gates passed."""

from reqtrack.gates.actions.passing import pass_gate
from reqtrack.gates.actions.rules import set_rules
from reqtrack.gates.actions.waivers import ask, withdraw

__all__ = ["ask", "pass_gate", "set_rules", "withdraw"]
