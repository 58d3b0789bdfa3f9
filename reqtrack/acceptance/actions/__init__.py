"""Verbs on rounds and results."""

from reqtrack.acceptance.actions.correcting import affirm, revoke
from reqtrack.acceptance.actions.machines import bring
from reqtrack.acceptance.actions.results import record_result
from reqtrack.acceptance.actions.rounds import change_round, close_round, create_round
from reqtrack.acceptance.actions.standings import machines_count, rebuild_standings, stand_again

__all__ = [
    "affirm", "bring", "change_round", "close_round", "create_round", "machines_count", "rebuild_standings",
    "record_result", "revoke", "stand_again",
]  # fmt: skip
