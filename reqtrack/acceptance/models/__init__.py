"""Acceptance scenario, Data set, Round, Result, Standing: the tables of acceptance."""

from reqtrack.acceptance.models.data import DataRow, DataSet, DictionaryEntry
from reqtrack.acceptance.models.results import (
    AFFIRMED,
    NO_ROW,
    STATUSES,
    VERDICTS,
    MachineRun,
    Result,
    ResultRevocation,
    Standing,
)
from reqtrack.acceptance.models.rounds import Round, RoundScenario, RoundTester
from reqtrack.acceptance.models.scenarios import Acceptance, ExampleSource

__all__ = [
    "AFFIRMED", "NO_ROW", "STATUSES", "VERDICTS", "Acceptance", "DataRow", "DataSet",
    "DictionaryEntry", "ExampleSource", "MachineRun", "Result", "ResultRevocation", "Round", "RoundScenario", "RoundTester",
    "Standing",
]  # fmt: skip
