"""The scenarios that results are matched to, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from reqtrack.exchange.parsing.drafts import AcceptanceDraft
from reqtrack.exchange.parsing.results.found import MachineCase, worst_verdict
from reqtrack.files.problems import Problem


@dataclass(frozen=True)
class Known:
    """An acceptance scenario of the project, as far as results are matched to it.

    ``tags`` are those of its feature file, without ``@``. ``columns`` and ``rows`` are its example table; without rows it is one
    case. ``tables`` says how many Examples blocks the rows came from.
    """

    key: str
    title: str
    feature: str = ""
    rule: str = ""
    tags: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    tables: int = 1

    @classmethod
    def from_draft(cls, key: str, draft: AcceptanceDraft) -> Known:
        """A scenario as the reader of feature files hands it over."""
        table = draft.examples or {"header": [], "rows": []}
        return cls(
            key=key,
            title=draft.title,
            feature=draft.feature,
            rule=draft.rule,
            tags=tuple(draft.tags),
            columns=tuple(table["header"]),
            rows=tuple(map(tuple, table["rows"])),
            tables=max(1, len(draft.example_blocks)),
        )

    def filled(self) -> list[str]:
        """The title with the values of each row in it; nothing where it has no place for any."""
        if not any(f"<{column}>" in self.title for column in self.columns):
            return []
        return [_filled(self.title, self.columns, row) for row in self.rows]


@dataclass(frozen=True)
class Match:
    """A case with what it is about. ``row`` is None for a scenario without example rows; ``by`` is ``key`` or ``name``."""

    case: MachineCase
    key: str
    row: int | None
    by: str


@dataclass(frozen=True)
class Unmatched:
    """A case that is about no scenario, or nobody can tell which; ``reason`` says why, at the case's place in its file."""

    case: MachineCase
    reason: Problem


@dataclass(frozen=True)
class RowResult:
    """What a machine says of one scenario and row: the worst of its cases."""

    key: str
    row: int | None
    verdict: str
    cases: tuple[MachineCase, ...]

    @property
    def flaky(self) -> bool:
        """Whether one of the cases only passed in the end."""
        return any(case.flaky for case in self.cases)

    @property
    def deciding(self) -> MachineCase:
        """The first case that has the verdict."""
        return next(case for case in self.cases if case.verdict == self.verdict)


@dataclass(frozen=True)
class Matched:
    """All cases of a file, each either matched (to more than one scenario, if it has several keys) or not."""

    matches: tuple[Match, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()

    @property
    def by_row(self) -> dict[tuple[str, int | None], RowResult]:
        """One result for each scenario and row that some case is about."""
        cases: dict[tuple[str, int | None], list[MachineCase]] = {}
        for match in self.matches:
            cases.setdefault((match.key, match.row), []).append(match.case)
        return {
            (key, row): RowResult(key, row, worst_verdict(case.verdict for case in found), tuple(found))
            for (key, row), found in cases.items()
        }


def _filled(title: str, columns: Sequence[str], row: Sequence[str]) -> str:
    for column, cell in zip_longest(columns, row, fillvalue=""):
        if column:
            title = title.replace(f"<{column}>", cell)
    return title
