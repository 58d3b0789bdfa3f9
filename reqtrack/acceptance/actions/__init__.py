"""Verbs on rounds and results."""

from reqtrack.acceptance.actions.results import rebuild_standings, record_result
from reqtrack.acceptance.actions.rounds import change_round, close_round, create_round

__all__ = ["change_round", "close_round", "create_round", "rebuild_standings", "record_result"]
