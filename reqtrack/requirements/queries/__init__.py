"""What stands in the scope, loaded for pages, policies and the areas above."""

from reqtrack.requirements.queries.duplicates import (
    Hint,
    Twin,
    duplicate_pairs,
    duplicates_for,
    like_person,
    like_text,
)
from reqtrack.requirements.queries.phases import (
    MORE_LOAD,
    Load,
    by_keys,
    implementer_sees,
    implementer_sees_scenarios,
    in_stage,
    loads,
    locked_accepted_by,
    phase_for,
    phases,
    resolve_phase,
    with_proposed_tiers,
)

__all__ = [
    "MORE_LOAD",
    "Hint",
    "Load",
    "Twin",
    "by_keys",
    "duplicate_pairs",
    "duplicates_for",
    "implementer_sees",
    "implementer_sees_scenarios",
    "in_stage",
    "like_person",
    "like_text",
    "loads",
    "locked_accepted_by",
    "phase_for",
    "phases",
    "resolve_phase",
    "with_proposed_tiers",
]
