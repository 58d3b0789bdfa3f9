"""Hiding the columns of persons in whole tables, and making sure that nothing of them is left anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reqtrack.acceptance.data.cells import says_nothing, text_of
from reqtrack.acceptance.data.finding import Finder
from reqtrack.acceptance.data.masks import INSIDE, STAR, Masks

ALL = STAR * 3


@dataclass(frozen=True)
class Hidden:
    """A table whose masked columns show no clear value, nor any other column one of theirs.

    ``masked``: how many cells of each masked column; ``elsewhere``: in how many cells of each other column a clear value was found
    and replaced, which people should be told.
    """

    rows: tuple[tuple[str, ...], ...]
    masked: Mapping[int, int]
    elsewhere: Mapping[int, int]


@dataclass(frozen=True)
class Leak:
    """A clear value of ``column`` that stands in what was to be stored, at ``where``. The value itself is not repeated."""

    column: str
    where: str


class _Table:
    """What one table needs to be hidden: the masks of its clear values, each made once."""

    def __init__(self, columns: Mapping[int, str], rows: Sequence[Sequence[str]], masks: Masks) -> None:
        self._masks = masks
        self._kinds: dict[str, str] = {}
        for index, kind in columns.items():
            for row in rows:
                if index < len(row):
                    self._learn(row[index], kind)
        self._finder = Finder(self._kinds)
        self._done: dict[tuple[str, str], str] = {}

    def _learn(self, cell: str, kind: str) -> None:
        if kind != "text":
            self._kinds.setdefault(cell, kind)
            return
        for found in INSIDE.finditer(cell):
            self._kinds.setdefault(found[0], str(found.lastgroup))

    def mask(self, cell: str, kind: str) -> str:
        """The mask of a cell of a masked column; where it would tell another's clear value, nothing but stars."""
        known = self._done.get((kind, cell))
        if known is None:
            known = self._masks.mask(cell, kind)
            if kind == "text":
                known = self.scrub(known)
            if not says_nothing(cell) and self._finder.hits(known):
                known = ALL
            self._done[kind, cell] = known
        return known

    def scrub(self, cell: str) -> str:
        """A cell with the clear values in it replaced by their masks."""
        known = self._done.get(("", cell))
        if known is None:
            known = self._done["", cell] = self._scrubbed(cell)
        return known

    def _scrubbed(self, cell: str) -> str:
        hits = self._finder.hits(cell)
        if not hits:
            return cell
        parts, at = [], 0
        for hit in hits:
            parts += [cell[at : hit.start], self.mask(hit.value, self._kinds[hit.value])]
            at = hit.end
        text = "".join([*parts, cell[at:]])
        # What was taken out may have brought its neighbours together.
        return ALL if self._finder.hits(text) else text


def hide(rows: Sequence[Sequence[Any]], columns: Mapping[int, str], masks: Masks) -> Hidden:
    """Mask columns of a table, and their values wherever else they stand.

    Args:
        rows: the cells as a reader gave them; they are made text.
        columns: which columns are masked, each with its kind (``personal.KINDS`` or ``all``).
        masks: those of this set; to be forgotten when all of its tables are done.
    """
    texts = [tuple(map(text_of, row)) for row in rows]
    table = _Table(columns, texts, masks)
    masked: dict[int, int] = dict.fromkeys(columns, 0)
    elsewhere: dict[int, int] = {}
    hidden = []
    for row in texts:
        cells = []
        for index, cell in enumerate(row):
            kind = columns.get(index)
            shown = table.mask(cell, kind) if kind and cell else table.scrub(cell) if cell else cell
            if shown != cell:
                counts = masked if kind else elsewhere
                counts[index] = counts.get(index, 0) + 1
            cells.append(shown)
        hidden.append(tuple(cells))
    return Hidden(tuple(hidden), masked, elsewhere)


def leaks(clear_values: Mapping[str, Iterable[str]] | Iterable[str], stored: Any) -> list[Leak]:
    """Where clear values are left in what is to be stored: rows, a profile, the event's summary, whatever is made of lists,
    mappings and texts. Each value is looked for in every spelling, as a whole cell and inside texts.

    Args:
        clear_values: the clear values by the name of their column, or all in one.
    """
    by_column = clear_values if isinstance(clear_values, Mapping) else {"": clear_values}
    column_of = {value: column for column, values in by_column.items() for value in values if not says_nothing(value)}
    finder = Finder(column_of)
    return [Leak(column_of[hit.value], where) for where, text in _texts(stored, "") for hit in finder.hits(text)]


def _texts(stored: Any, where: str) -> Iterator[tuple[str, str]]:
    """Every text in a structure with the way to it; the keys of mappings are texts, too."""
    if isinstance(stored, str):
        yield where, stored
    elif isinstance(stored, Mapping):
        for key, value in stored.items():
            yield f"{where}/#{len(where)}", str(key)
            yield from _texts(value, f"{where}/{key}" if not isinstance(key, str) or len(key) < 40 else where)
    elif isinstance(stored, list | tuple | set | frozenset):
        for index, value in enumerate(stored):
            yield from _texts(value, f"{where}/{index}")
    elif stored is not None and not isinstance(stored, bool):
        yield where, text_of(stored)
