"""What a verification found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reqtrack.errors import Reason

MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Problem:
    """One broken place: table, the row's key, the column where it can be told, and what is wrong in a sentence."""

    table: str
    key: str
    column: str
    reason: Reason

    @property
    def place(self) -> str:
        """``versions 12:3 (content)``."""
        where = f"{self.table} {self.key}".strip()
        return f"{where} ({self.column})" if self.column else where

    @property
    def sentence(self) -> str:
        return str(self.reason)

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass
class Report:
    """All that a verification found: the problems in the order found, how many rows of each table were checked."""

    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    # Problems beyond the first MOST_PROBLEMS are counted only.
    more: int = 0

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def first(self) -> Problem | None:
        """The first broken place."""
        return self.problems[0] if self.problems else None

    def add(self, table: str, key: Any, reason: Reason, column: str = "") -> None:
        """Note a broken place."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.more += 1
            return
        self.problems.append(Problem(table, str(key), column, reason))

    def count(self, table: str, number: int = 1) -> None:
        self.counts[table] = self.counts.get(table, 0) + number

    def as_dict(self) -> Mapping[str, Any]:
        """For machines."""
        return {
            "ok": self.ok,
            "problems": [
                {
                    "place": one.place, "table": one.table, "key": one.key, "column": one.column or None,
                    "code": one.reason.code, "sentence": one.sentence,
                }
                for one in self.problems
            ],
            "more": self.more,
            "counts": self.counts,
        }  # fmt: skip
