"""Sheets into an .xlsx that is pleasant to edit and comes back: frozen header, choices, hidden keys and versions.

Every text is written as a text cell, so that nothing a person typed is ever run as a formula or followed as a link.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter

from reqtrack.exchange.parsing.cells import Cell, escape_unholdable, shown
from reqtrack.exchange.parsing.header import column_letter
from reqtrack.files.problems import N_, Place, refuse

KEY_HEADER = "reqtrack key"
LISTS_SHEET = "_lists"
LONGEST_CELL = 32_767
_LONGEST_CHOICES = 255
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ROOM_FOR_NEW_ROWS = 500


@dataclass(frozen=True)
class Column:
    """One column: its header, its width in characters, and the choices that Excel offers in its cells."""

    header: str
    width: int = 20
    choices: tuple[str, ...] = ()


@dataclass
class SheetOut:
    """One sheet to write. ``keys`` (key and version of each row) go into a hidden column, to know the row again."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]] = field(default_factory=list)
    keys: Sequence[tuple[str, int] | None] = field(default_factory=list)


def write_xlsx(sheets: Sequence[SheetOut]) -> bytes:
    """A workbook of these sheets.

    Raises:
        FileProblem: a text longer than a cell of Excel can hold (32,767 characters), with its place.
    """
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        writer = _Writer(book)
        for sheet in sheets:
            writer.sheet(sheet)
        writer.lists()
    return out.getvalue()


class _Writer:
    """What the sheets of one workbook share: formats, names taken, long lists of choices."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self._number = book.add_format({"valign": "top"})
        self._names: set[str] = set()
        self._lists: list[tuple[str, ...]] = []

    def sheet(self, sheet: SheetOut) -> None:
        name = self._name(sheet.name)
        page = self._book.add_worksheet(name)
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, column.width, self._text)
            self._put(page, name, 0, index, column.header, self._head)
        for row, cells in enumerate(sheet.rows, start=1):
            for index, cell in enumerate(cells):
                self._put(page, name, row, index, cell, None)
        if sheet.keys:
            self._keys(page, name, len(sheet.columns), sheet.keys)
        page.freeze_panes(1, 0)
        if sheet.columns:
            page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.columns) - 1)
        self._choices(page, sheet)

    def lists(self) -> None:
        """Write the lists that are too long to stand in a rule, on a hidden sheet of their own."""
        if not self._lists:
            return
        page = self._book.add_worksheet(LISTS_SHEET)
        for index, choices in enumerate(self._lists):
            for row, choice in enumerate(choices):
                page.write_string(row, index, choice)
        page.hide()

    def _keys(self, page: Any, name: str, at: int, keys: Sequence[tuple[str, int] | None]) -> None:
        page.set_column(at, at, 16, self._text, {"hidden": True})
        self._put(page, name, 0, at, KEY_HEADER, self._head)
        for row, known in enumerate(keys, start=1):
            if known is not None:
                self._put(page, name, row, at, f"{known[0]}@{known[1]}", None)

    def _put(self, page: Any, name: str, row: int, column: int, cell: Cell, form: Any) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) and abs(float(cell)) < 1e15:
            page.write_number(row, column, float(cell), form or self._number)
            return
        text = cell if isinstance(cell, str) else shown(cell)
        # Excel counts in UTF-16; XlsxWriter would leave the cell empty and only warn.
        if len(text.encode("utf-16-le")) // 2 > LONGEST_CELL:
            message = N_("The text is longer than the %(limit)s characters that a cell of Excel can hold.")
            place = Place(sheet=name, row=row + 1, column=column_letter(column))
            raise refuse("cell_size", message, place, N_("Export it as CSV instead."), limit=LONGEST_CELL)
        page.write_string(row, column, escape_unholdable(text), form or self._text)

    def _choices(self, page: Any, sheet: SheetOut) -> None:
        last = len(sheet.rows) + _ROOM_FOR_NEW_ROWS
        for index, column in enumerate(sheet.columns):
            if column.choices:
                page.data_validation(
                    1, index, last, index, {"validate": "list", "source": self._source(column.choices)}
                )

    def _source(self, choices: tuple[str, ...]) -> list[str] | str:
        # A comma would split a choice in two; the whole rule may be 255 characters long.
        if len(",".join(choices)) <= _LONGEST_CHOICES and not any("," in choice for choice in choices):
            return list(choices)
        if choices not in self._lists:
            self._lists.append(choices)
        letter = column_letter(self._lists.index(choices))
        return f"={LISTS_SHEET}!${letter}$1:${letter}${len(choices)}"

    def _name(self, wanted: str) -> str:
        """A name that Excel takes: 31 characters, none of its marks, each only once."""
        plain = _FORBIDDEN_IN_NAMES.sub(" ", wanted).strip(" '")[:31] or "Sheet"
        name, number = plain, 2
        while name.casefold() in self._names or name.casefold() in ("history", LISTS_SHEET):
            ending = f" ({number})"
            name, number = plain[: 31 - len(ending)] + ending, number + 1
        self._names.add(name.casefold())
        return name
