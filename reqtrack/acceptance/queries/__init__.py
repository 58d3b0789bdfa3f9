"""What the acceptance area can be asked: statuses, rounds, what a tester walks through, what hangs on item pages."""

from reqtrack.acceptance.queries.choice import candidates, in_no_round, may_test, of_kind
from reqtrack.acceptance.queries.course import by_day
from reqtrack.acceptance.queries.defect_lists import waiting_for as defects_waiting_for
from reqtrack.acceptance.queries.machines import run_for, runs_of
from reqtrack.acceptance.queries.panels import on_acceptance, on_requirement
from reqtrack.acceptance.queries.proof import round_content, round_fingerprint, standing_faults
from reqtrack.acceptance.queries.results import (
    Recorded,
    beside,
    evidence_of,
    newest_number,
    result_for,
    since,
    text_tested,
)
from reqtrack.acceptance.queries.rounds import (
    keys_in,
    list_rounds,
    matrix,
    named_testers,
    not_passed,
    progress,
    round_for,
    round_names,
    testers,
    testers_of,
)
from reqtrack.acceptance.queries.status import (
    decorate_acceptance,
    implementer_sees,
    requirement_statuses,
    results_at_stake,
    stale_if_changed,
    statuses,
)
from reqtrack.acceptance.queries.tallies import all_statuses, having_status, process_statuses, requirement_tally, tally
from reqtrack.acceptance.queries.waiting import left_for, waiting_for
from reqtrack.acceptance.queries.walks import round_of_walk, walked

__all__ = [
    "Recorded",
    "all_statuses",
    "beside",
    "by_day",
    "candidates",
    "decorate_acceptance",
    "defects_waiting_for",
    "evidence_of",
    "having_status",
    "implementer_sees",
    "in_no_round",
    "keys_in",
    "left_for",
    "list_rounds",
    "matrix",
    "may_test",
    "named_testers",
    "newest_number",
    "not_passed",
    "of_kind",
    "on_acceptance",
    "on_requirement",
    "process_statuses",
    "progress",
    "requirement_statuses",
    "requirement_tally",
    "result_for",
    "results_at_stake",
    "round_content",
    "round_fingerprint",
    "round_for",
    "round_names",
    "round_of_walk",
    "run_for",
    "runs_of",
    "since",
    "stale_if_changed",
    "standing_faults",
    "statuses",
    "tally",
    "testers",
    "testers_of",
    "text_tested",
    "waiting_for",
    "walked",
]
