"""The checks of the radar, in the order in which findings of the same severity are told."""

from reqtrack.radar.checks import acceptance, agreements, changes, data, elicitation, gates, processes, scope
from reqtrack.radar.checks.check import CHECKS, SEVERITIES, Check, Details
from reqtrack.radar.checks.facts import Facts

__all__ = [
    "CHECKS",
    "SEVERITIES",
    "Check",
    "Details",
    "Facts",
    "acceptance",
    "agreements",
    "changes",
    "data",
    "elicitation",
    "gates",
    "processes",
    "scope",
]
