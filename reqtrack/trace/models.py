"""What can be held against each other: the kinds of item that are traced, and how one leads to the next. No tables of its own."""

from __future__ import annotations

from dataclasses import dataclass

from reqtrack.acceptance.models import STATUSES

# The axes of a matrix by their names in addresses → the kind of item, from where work is told to where it is accepted.
AXES = {
    "interviews": "interview",
    "processes": "process",
    "scenarios": "scenario",
    "requirements": "requirement",
    "acceptance": "acceptance",
}
ROWS, COLUMNS = "requirements", "acceptance"
ORDERS = ("holes", "key")
# The statuses by which rows of a kind can be chosen.
STATUSES_OF = {"requirement": (*STATUSES, "verified"), "acceptance": STATUSES}


@dataclass(frozen=True)
class Hop:
    """How two kinds touch. ``link``: the kind of link, from ``source`` to the other; "" for evidence, which is its own relation."""

    one: str
    other: str
    link: str
    source: str


_PART = Hop("process", "scenario", "part_of", "scenario")
_ARISES = Hop("scenario", "requirement", "gives_rise_to", "scenario")
_ACCEPTS = Hop("requirement", "acceptance", "accepts", "acceptance")
_TELLS = Hop("interview", "scenario", "", "interview")
_BACKS = Hop("interview", "requirement", "", "interview")

# Which way leads from one kind to another.
WAYS = {
    ("process", "scenario"): (_PART,),
    ("process", "requirement"): (_PART, _ARISES),
    ("process", "acceptance"): (_PART, _ARISES, _ACCEPTS),
    ("scenario", "requirement"): (_ARISES,),
    ("scenario", "acceptance"): (_ARISES, _ACCEPTS),
    ("requirement", "acceptance"): (_ACCEPTS,),
    ("interview", "scenario"): (_TELLS,),
    ("interview", "requirement"): (_BACKS,),
    ("interview", "process"): (_TELLS, Hop("scenario", "process", "part_of", "scenario")),
    ("interview", "acceptance"): (_BACKS, _ACCEPTS),
}


@dataclass(frozen=True)
class Wanted:
    """Which matrix is asked for. ``after``: where its rows go on (how far the page before came), ``beyond``: where its columns do,
    by number. ``tier``, ``phase`` (an id), ``process`` (a key), ``status`` narrow the rows."""

    rows: str = ROWS
    columns: str = COLUMNS
    order: str = "holes"
    tier: str = ""
    phase: int | None = None
    process: str = ""
    status: str = ""
    after: tuple[int, int, int] | None = None
    beyond: int = 0

    @property
    def row_kind(self) -> str:
        return AXES[self.rows]

    @property
    def column_kind(self) -> str:
        return AXES[self.columns]
