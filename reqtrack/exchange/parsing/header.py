"""Where the header of a table is: below titles, notes and empty lines, or nowhere."""

from __future__ import annotations

import re

from reqtrack.exchange.parsing.vocabulary import known_header

_LOOK_AT = 30
_LONGEST_NAME = 200
_DATA = re.compile(r"[-+]?[\d.,]+%?|\d{4}-\d\d-\d\d.*|[\d\s()+-]{6,}|https?://.*|\S+@\S+\.\S+")


def find_header(rows: list[list[str]], *, may_lack: bool = False) -> int | None:
    """The index of the header among the rows, or None when there is none.

    A row with several names that are known is one; else the first row about as full as the table is wide. With
    ``may_lack`` (pasted cells) a first row without any known name is data already.
    """
    filled = [(index, [cell for cell in row if cell.strip()]) for index, row in enumerate(rows)]
    looked_at = [(index, cells) for index, cells in filled if cells][:_LOOK_AT]
    if not looked_at:
        return None
    known = [(sum(map(_is_known, cells)), index) for index, cells in looked_at]
    best, at = max(known, key=lambda each: (each[0], -each[1]))
    if best >= 2:
        return at
    first_wide = _first_wide(looked_at)
    if best == 1 and at == first_wide:
        return at
    return None if may_lack else first_wide


def looks_like_data(cells: list[str]) -> bool:
    """Whether a row taken for the header holds values: numbers, dates, addresses."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and sum(bool(_DATA.fullmatch(cell)) for cell in filled) * 2 >= len(filled)


def column_letter(index: int) -> str:
    """The name that spreadsheet programs give to a column: 0 → A, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _is_known(cell: str) -> bool:
    return len(cell) <= _LONGEST_NAME and known_header(cell)


def _first_wide(looked_at: list[tuple[int, list[str]]]) -> int:
    """A title stands alone; the header is the first row at least half as full as the fullest."""
    widest = max(len(cells) for _, cells in looked_at)
    for index, cells in looked_at:
        if len(cells) * 2 >= widest and (len(cells) > 1 or widest <= 2):
            return index
    return looked_at[0][0]
