"""Rows made to fit the dictionary: typed, written in one way, with what was changed and what does not fit, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from reqtrack.acceptance.data.cells import text_of
from reqtrack.acceptance.data.dictionary import Checked, Entry, Value, check, quoted
from reqtrack.acceptance.data.masks import is_masked
from reqtrack.errors import Reason
from reqtrack.files.problems import N_

# Told one by one; what is beyond is counted.
MOST_PROBLEMS = 10_000
MOST_EXAMPLES = 3


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell: ``row`` counts the rows of data from 0, ``column`` is the index in the table as it came."""

    row: int
    column: int
    field: str
    reason: Reason


@dataclass
class Change:
    """What was written anew in the column of a field: how many cells, and some of them (before, after); none of a masked one."""

    column: int
    field: str
    count: int = 0
    examples: list[tuple[str, str]] = made(default_factory=list)


@dataclass
class Applied:
    """Rows as the dictionary takes them. ``header`` is the names of the mapped fields in the order of their columns, then those of
    the columns that nobody mapped; ``rows`` the texts, ``values`` the same typed (a cell with a problem keeps its text, and no value).
    """

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    values: list[tuple[Value, ...]]
    changes: list[Change]
    problems: list[CellProblem]
    problem_counts: Counter[tuple[str, str]]
    mapping: dict[str, str]

    @property
    def problem_count(self) -> int:
        """How many there are, also those that are not told one by one."""
        return self.problem_counts.total()

    def summary(self) -> dict[str, Any]:
        """What the event records that the mapping was applied: names and numbers alone, no value of any row."""
        return {
            "rows": len(self.rows),
            "mapping": dict(self.mapping),
            "normalised": {change.field: change.count for change in self.changes if change.count},
            "problems": {
                name: {code: count for (of, code), count in sorted(self.problem_counts.items()) if of == name}
                for name in sorted({of for of, _ in self.problem_counts})
            },
        }


class _Field:
    """The column of one field while rows are gone through; each distinct cell is checked once."""

    def __init__(self, column: int, entry: Entry, masked: bool) -> None:
        self.column, self.entry, self.masked = column, entry, masked
        self.change = Change(column, entry.name)
        self._known: dict[str, Checked] = {}
        self._first: dict[str, int] = {}

    def take(self, cell: str, row: int) -> tuple[Checked, Reason | None]:
        """The cell as it is to be, and what is wrong with it."""
        found = self._known.get(cell)
        if found is None:
            found = self._known[cell] = self._checked(cell)
        if found.problem is None and found.text != cell and found.text:
            self.change.count += 1
            if not self.masked and len(self.change.examples) < MOST_EXAMPLES:
                self.change.examples.append((quoted(cell), quoted(found.text)))
        return found, found.problem or self._again(found.text, row)

    def _checked(self, cell: str) -> Checked:
        if self.masked and is_masked(cell):
            return Checked(cell, cell)  # stars keep no format
        found = check(cell, self.entry)
        if found.problem is None or not self.masked or found.problem.code == "required":
            return found
        message = N_("The value is not as “%(field)s” should be; it is masked and so not shown.")
        return Checked(None, cell, Reason(found.problem.code, message, {"field": self.entry.name}))

    def _again(self, text: str, row: int) -> Reason | None:
        if not self.entry.unique or not text:
            return None
        first = self._first.setdefault(text, row)
        if first == row:
            return None
        message = N_("“%(field)s” must differ in each row, and row %(row)s has the same.")
        return Reason("not_unique", message, {"field": self.entry.name, "row": first + 1})


def apply_mapping(
    header: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    mapping: Mapping[int, Entry],
    masked: Collection[int] = (),
) -> Applied:
    """Make rows fit the dictionary.

    Args:
        mapping: the entry of each column that has one; each entry once.
        masked: the columns whose values no sentence and no example may quote. Masks that stand there already are let pass.

    Raises:
        ValueError: one entry for two columns.
    """
    if len({entry.name for entry in mapping.values()}) < len(mapping):
        raise ValueError("an entry is mapped to two columns")
    width = max([len(header), *(index + 1 for index in mapping), *map(len, rows)])
    fields = {index: _Field(index, mapping[index], index in masked) for index in sorted(mapping)}
    rest = [index for index in range(width) if index not in fields]
    names = [text_of(header[index]) if index < len(header) else "" for index in range(width)]
    applied = Applied(
        header=tuple([one.entry.name for one in fields.values()] + [names[index] for index in rest]),
        rows=[],
        values=[],
        changes=[one.change for one in fields.values()],
        problems=[],
        problem_counts=Counter(),
        mapping={_called(names, index): entry.name for index, entry in sorted(mapping.items())},
    )
    for number, row in enumerate(rows):
        _take_row(applied, fields, rest, number, [text_of(cell) for cell in row])
    return applied


def _called(names: Sequence[str], index: int) -> str:
    """What a record calls a column: its name, with its number where that is not enough to tell it."""
    name = names[index]
    return name if name and names.count(name) == 1 else f"{name} #{index + 1}".strip()


def _take_row(applied: Applied, fields: Mapping[int, _Field], rest: list[int], number: int, cells: list[str]) -> None:
    texts: list[str] = []
    values: list[Value] = []
    for index, one in fields.items():
        found, reason = one.take(cells[index] if index < len(cells) else "", number)
        texts.append(found.text)
        values.append(found.value)
        if reason is not None:
            applied.problem_counts[one.entry.name, reason.code] += 1
            if len(applied.problems) < MOST_PROBLEMS:
                applied.problems.append(CellProblem(number, index, one.entry.name, reason))
    others = [cells[index] if index < len(cells) else "" for index in rest]
    applied.rows.append((*texts, *others))
    applied.values.append((*values, *others))
