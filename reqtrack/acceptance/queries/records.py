"""Which business record an example row carries, so that rows of several acceptance scenarios are known to carry the same one.

A row carries the record of the data set that it came from (``DAT-1.5``: its fifth row); what the project's data dictionary calls
unique, by its value, whatever the column is called here (``=customer no.=C-1042``); and what it says itself, for another row
that says the same (``#`` and a digest).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from reqtrack.acceptance.queries import dictionary
from reqtrack.acceptance.queries.sources import print_of, sources_of
from reqtrack.db import canonical

LONGEST = 180
# So a value looks that was masked on entry: several people may share it.
MASK = "*"


class Record(NamedTuple):
    """A business record: the name that it is known by, and what people see of it."""

    name: str
    label: str


def carried(
    project_id: int, scenarios: Iterable[tuple[int, Mapping[str, Any] | None]]
) -> dict[int, list[list[Record]]]:
    """For each scenario ``(id, examples)`` and each of its rows the records that it carries, the surest first (two statements)."""
    given = [(one, examples) for one, examples in scenarios if examples and examples.get("rows")]
    sources = sources_of([one for one, _examples in given]) if given else {}
    keys = _keys(project_id) if given else {}
    found: dict[int, list[list[Record]]] = {}
    for one, examples in given:
        header = [str(name) for name in examples["header"]]
        found[one] = [
            [*_sourced(sources.get((one, print_of(row))), row), *_keyed(keys, header, row), *_said(header, row)]
            for row in examples["rows"]
        ]
    return found


def _keys(project_id: int) -> Mapping[str, str]:
    """The unique fields of the dictionary by all that their columns are called."""
    return {
        called.strip().casefold(): entry.name
        for entry in dictionary.rules(project_id)
        if entry.unique
        for called in (entry.name, *entry.aliases)
    }


def _sourced(source: Any, row: Sequence[str]) -> list[Record]:
    name = f"{source.key}.{source.row}" if source else ""
    return [Record(name, f"{source.key} · {source.row} · {_words(row)}")] if source else []


def _keyed(keys: Mapping[str, str], header: Sequence[str], row: Sequence[str]) -> list[Record]:
    found = []
    for column, value in zip(header, row, strict=False):
        key, shown = keys.get(column.strip().casefold()), str(value).strip()
        if key and shown and MASK not in shown:
            found.append(Record(f"={key}={shown}"[:LONGEST], f"{key} {shown}"))
    return found


def _said(header: Sequence[str], row: Sequence[str]) -> list[Record]:
    cells = sorted([column.strip(), str(value).strip()] for column, value in zip(header, row, strict=False))
    if not any(value for _column, value in cells):
        return []
    return [Record(f"#{sha256(canonical(cells).encode()).hexdigest()[:16]}", _words(row))]


def _words(row: Sequence[str]) -> str:
    return " · ".join(str(cell) for cell in row if str(cell).strip())[:120]
