"""Acceptance scenario, Data set, Round, Result, Standing, Defect: the tables of acceptance."""

from reqtrack.acceptance.models.data import DataRow, DataSet, DictionaryEntry
from reqtrack.acceptance.models.defects import SEVERITIES, Defect, DefectRow
from reqtrack.acceptance.models.results import (
    AFFIRMED,
    NO_ROW,
    STATUSES,
    VERDICTS,
    MachineRun,
    Result,
    ResultRevocation,
    ScenarioStanding,
    Standing,
    StatusDay,
)
from reqtrack.acceptance.models.rounds import Round, RoundScenario, RoundTester, RoundWalk
from reqtrack.acceptance.models.scenarios import Acceptance, ExampleSource

__all__ = [
    "AFFIRMED", "NO_ROW", "SEVERITIES", "STATUSES", "VERDICTS", "Acceptance", "DataRow", "DataSet", "Defect", "DefectRow",
    "DictionaryEntry", "ExampleSource", "MachineRun", "Result", "ResultRevocation", "Round", "RoundScenario", "RoundTester",
    "RoundWalk", "ScenarioStanding", "Standing", "StatusDay",
]  # fmt: skip
