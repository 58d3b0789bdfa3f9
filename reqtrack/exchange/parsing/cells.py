"""Cells that spreadsheet programs cannot take for formulas, and back.

``restore(neutralise(text)) == text`` for every text. Numbers are left alone; XLSX cells are typed, so only CSV needs
this.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

# The signs by which a formula may begin, their full-width forms, and what some programs skip before looking.
_DANGER = re.compile("'*[\\s\\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\\t\\r\\n\\x00]")

# XML cannot hold these two characters. Excel has a way to write them that calamine does not read back.
_UNHOLDABLE = re.compile("_x((?:005F_x)*)(FFFE|FFFF)_")

Cell = str | int | float | Decimal | bool | None


def neutralise(cell: str) -> str:
    """The text with an apostrophe before it, when a spreadsheet program might run it as a formula."""
    return "'" + cell if _DANGER.match(cell) else cell


def restore(cell: str) -> str:
    """The text that ``neutralise`` was given; texts that it would not have touched stay."""
    return cell[1:] if cell.startswith("'") and _DANGER.match(cell) else cell


def escape_unholdable(text: str) -> str:
    """The text made so that ``unescape_unholdable`` gives it back after a way through Excel."""
    return _UNHOLDABLE.sub(r"_x005F_x\1\2_", text)


def unescape_unholdable(text: str) -> str:
    """U+FFFE and U+FFFF where a workbook wrote ``_xFFFE_`` and ``_xFFFF_`` for them."""
    if "_x" not in text:
        return text
    return _UNHOLDABLE.sub(lambda found: _one_level_less(found.group(1), found.group(2)), text)


def _one_level_less(levels: str, code: str) -> str:
    return f"_x{levels.removeprefix('005F_x')}{code}_" if levels else chr(int(code, 16))


def write_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file that Excel opens rightly in every country: UTF-8 with its mark, every cell quoted, no formulas."""
    out = io.StringIO(newline="")
    # Everything quoted: a program that expects semicolons must not cut a text and find a formula in the middle.
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([neutralise(cell) if isinstance(cell, str) else shown(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def shown(cell: Cell) -> str:
    """A value as a cell's text: nothing for None, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return str(cell)


def number_text(number: float) -> str:
    """A number as a spreadsheet program shows it: at most 15 digits, no point where it is whole, no exponent."""
    if not math.isfinite(number):
        return str(number)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return format(Decimal(format(number, ".15g")), "f")
