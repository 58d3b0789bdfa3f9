"""What the parts of one verification share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reqtrack.audit.checks.reader import Reader, Row
from reqtrack.audit.checks.report import Report
from reqtrack.errors import Reason


class Seal(NamedTuple):
    """What an event says of a row that it made."""

    seal: str
    project_id: Any
    seq: Any


@dataclass
class Run:
    """One verification: of the whole site, or of one project (``project_id``).

    ``seals``: by table and row key, what events say they made; taken out as the rows are found. ``personal``: the digests of
    all personal texts; ``cited``: ``(project id, digest)`` of those that something tells of.
    """

    reader: Reader
    report: Report
    project_id: int | None
    projects: set[int] = field(default_factory=set)
    seals: dict[str, dict[str, Seal]] = field(default_factory=dict)
    personal: set[str] = field(default_factory=set)
    cited: set[tuple[Any, str]] = field(default_factory=set)

    def rows(self, table: str, columns: str = "*", order: str = "") -> Iterator[Row]:
        """The rows of one of our tables: of the project that is verified, or all."""
        where = "" if self.project_id is None else " WHERE project_id = :project"
        sql = f"SELECT {columns} FROM {table}{where}{' ORDER BY ' + order if order else ''}"  # noqa: S608 - names are ours
        return self.reader.rows(table, sql, {"project": self.project_id})


# Made for each run: looks at one sealed row and gives (column, reason) for what is wrong with it.
RowCheck = Callable[[Row], Iterator[tuple[str, Reason]]]
ROW_CHECKS: dict[str, Callable[[Run], RowCheck]] = {}
# Further checks, in order.
CHECKS: list[tuple[str, Callable[[Run], None]]] = []


def register_rows(table: str, make: Callable[[Run], RowCheck]) -> None:
    """Look into each row of a sealed table besides its seal."""
    ROW_CHECKS[table] = make


def register_check(table: str, check: Callable[[Run], None]) -> None:
    """Add a check (``table`` names the place when the check cannot be made)."""
    if (table, check) not in CHECKS:
        CHECKS.append((table, check))
