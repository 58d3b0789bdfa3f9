"""Verbs on rounds and results, on business data, and on what makes an acceptance scenario ready."""

from reqtrack.acceptance.actions.correcting import affirm, revoke
from reqtrack.acceptance.actions.data_sets import archive_data_set, change_data_set, take_in
from reqtrack.acceptance.actions.dictionary import (
    ENTRY_FIELDS,
    add_entries,
    as_told,
    change_entry,
    place_entry,
    retire_entry,
)
from reqtrack.acceptance.actions.examples import take_rows
from reqtrack.acceptance.actions.machines import bring
from reqtrack.acceptance.actions.readiness import edited, make_move, moves
from reqtrack.acceptance.actions.results import record_result
from reqtrack.acceptance.actions.rounds import change_round, close_round, create_round
from reqtrack.acceptance.actions.standings import machines_count, rebuild_standings, stand_again
from reqtrack.acceptance.actions.walks import plan_walk

__all__ = [
    "ENTRY_FIELDS", "add_entries", "affirm", "archive_data_set", "as_told", "bring", "change_data_set", "change_entry",
    "change_round", "close_round", "create_round", "edited", "machines_count", "make_move", "moves", "place_entry",
    "plan_walk", "rebuild_standings", "record_result", "retire_entry", "revoke", "stand_again", "take_in", "take_rows",
]  # fmt: skip
