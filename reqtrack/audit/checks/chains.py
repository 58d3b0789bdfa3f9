"""The two chains: each event's hash is over all its columns, among them the hash of the event before."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from reqtrack.audit.checks.reader import Row
from reqtrack.audit.checks.report import Report
from reqtrack.audit.checks.run import Run, Seal
from reqtrack.audit.seals import FIRST, seal_of
from reqtrack.errors import Reason

DIGEST = re.compile("[0-9a-f]{64}")


def check_events(run: Run) -> None:
    """Every project's chain, and what its events say they made (``run.seals``)."""
    known = run.projects | {0}
    found: set[Any] = set()
    chain: Chain | None = None
    for row in run.rows("events", order="project_id, seq"):
        if chain is None or row["project_id"] != chain.project_id:
            if chain is not None:
                chain.end()
            chain = Chain(run.report, "events", row["project_id"])
            found.add(_hashable(row["project_id"]))
            if run.project_id is None and _hashable(row["project_id"]) not in known:
                reason = Reason("stray", "This event belongs to no project.")
                run.report.add("events", chain.key(row), reason, "project_id")
        chain.take(row)
        _note(run, row)
    if chain is not None:
        chain.end()
    for project_id in sorted((known - {0} if run.project_id is None else {run.project_id}) - found):
        reason = Reason("missing", "The whole chain of events of this project is missing.")
        run.report.add("events", f"{project_id}:1", reason)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, int | str) else repr(value)


def _note(run: Run, row: Row) -> None:
    """Remember the seals that an event carries, and the personal texts that it tells of."""
    for column in ("before", "after") if run.personal else ():
        if isinstance(row[column], str):
            for digest in DIGEST.findall(row[column]):
                if digest in run.personal:
                    run.cited.add((row["project_id"], digest))
    if not row["seals"]:
        return
    try:
        told = [(str(table), str(key), str(seal)) for table, key, seal in json.loads(row["seals"])]
    except (ValueError, TypeError):
        reason = Reason("unreadable", "What it says that it made cannot be read.")
        run.report.add("events", f"{row['project_id']}:{row['seq']}", reason, "seals")
        return
    for table, key, seal in told:
        known = run.seals.setdefault(table, {})
        if key in known:
            reason = Reason(
                "twice", "It says that it made %(what)s, which another event made.", {"what": f"{table} {key}"}
            )
            run.report.add("events", f"{row['project_id']}:{row['seq']}", reason, "seals")
        known[key] = Seal(seal, row["project_id"], row["seq"])


def check_access(run: Run) -> None:
    """The access log, one chain for the whole site."""
    if run.project_id is not None:
        return
    chain = Chain(run.report, "access_events", None)
    for row in run.reader.rows("access_events", "SELECT * FROM access_events ORDER BY seq"):
        chain.take(row)
    chain.end()


class Chain:
    """Follows one chain. A row that does not fit is judged when the next one is known: that tells which column is broken."""

    def __init__(self, report: Report, table: str, project_id: Any) -> None:
        self.report, self.table, self.project_id = report, table, project_id
        self.expected = 1
        self.head = FIRST
        self.broken: tuple[Row, str, str] | None = None
        # Whether what the next row should follow on is in doubt already, so that one fault is told once.
        self.doubted = False

    def key(self, row: Row) -> str:
        return f"{row['seq']}" if self.table == "access_events" else f"{row['project_id']}:{row['seq']}"

    def take(self, row: Row) -> None:
        """The next row of the chain."""
        self.report.count(self.table)
        computed = seal_of(row)
        if self.broken is not None:
            self._judge(row["previous"])
        if row["seq"] != self.expected:
            self._gap(row)
        if computed != row["hash"]:
            self.broken = (row, computed, self.head)
        elif row["previous"] != self.head and not self.doubted:
            reason = Reason("does_not_follow", "It does not follow on the event before: one was changed or taken out.")
            self.report.add(self.table, self.key(row), reason, "previous")
        self.doubted = False
        self.head = row["hash"] if isinstance(row["hash"], str) else ""
        self.expected = row["seq"] + 1 if isinstance(row["seq"], int) else self.expected + 1

    def end(self) -> None:
        """There is no further row."""
        if self.broken is not None:
            self._judge(None)

    def _gap(self, row: Row) -> None:
        reason = Reason("missing", "Event %(seq)s of this chain is missing.", {"seq": self.expected})
        key = str(self.expected) if self.table == "access_events" else f"{self.project_id}:{self.expected}"
        self.report.add(self.table, key, reason, "seq")
        self.doubted = True

    def _judge(self, following: Any) -> None:
        """Say of a row whose hash does not fit which column it is, as far as its neighbours tell."""
        assert self.broken is not None
        row, computed, head = self.broken
        self.broken = None
        column = ""
        if following == computed:
            column, self.head = "hash", computed
        elif row["previous"] != head and seal_of({**row, "previous": head}) == row["hash"]:
            column = "previous"
        else:
            column = next(iter(_restoring(row, self._neighbours())), "")
            self.doubted = following is not None and following != row["hash"]
        if column == "hash":
            reason = Reason("changed", "Its hash was changed.")
        else:
            reason = Reason("changed", "It was changed: its content does not have its hash.")
        self.report.add(self.table, self.key(row), reason, column)

    def _neighbours(self) -> dict[str, Any]:
        return {"seq": self.expected - 1, "project_id": self.project_id}


def _restoring(row: Row, candidates: dict[str, Any]) -> Iterator[str]:
    """The columns that, set to what they should be, give the row its hash back."""
    for column, value in candidates.items():
        if column in row and row[column] != value and seal_of({**row, column: value}) == row["hash"]:
            yield column
