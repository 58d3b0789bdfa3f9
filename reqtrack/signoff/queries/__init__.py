"""What can be asked of sign-offs: one and many with what became of them, who signs, what waits, the scope in force."""

from reqtrack.signoff.queries.people import answers, asked, people, possible_signers, roles_of
from reqtrack.signoff.queries.present import as_dict, signature_dict
from reqtrack.signoff.queries.scope import (
    Carrying,
    InForce,
    baseline_states,
    carrying,
    in_force_dict,
    open_scope_request,
    scope_in_force,
)
from reqtrack.signoff.queries.told import (
    Line,
    Page,
    Signer,
    Withdrawal,
    approved_by,
    as_seen,
    facts_of,
    lines,
    listing,
    of_subjects,
    outcome_of,
    outcomes,
    page_of,
    signoff_for,
)
from reqtrack.signoff.queries.waiting import waiting_for

__all__ = [
    "Carrying",
    "InForce",
    "Line",
    "Page",
    "Signer",
    "Withdrawal",
    "answers",
    "approved_by",
    "as_dict",
    "as_seen",
    "asked",
    "baseline_states",
    "carrying",
    "facts_of",
    "in_force_dict",
    "lines",
    "listing",
    "of_subjects",
    "open_scope_request",
    "outcome_of",
    "outcomes",
    "page_of",
    "people",
    "possible_signers",
    "roles_of",
    "scope_in_force",
    "signature_dict",
    "signoff_for",
    "waiting_for",
]
