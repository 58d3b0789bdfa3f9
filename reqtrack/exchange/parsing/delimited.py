"""Tables in text: CSV with commas, semicolons, tabs or bars, and cells pasted from a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from reqtrack.exchange.parsing.cells import restore
from reqtrack.exchange.parsing.drafts import Sheet
from reqtrack.exchange.parsing.grid import make_sheet
from reqtrack.files.limits import DEFAULT, Limits
from reqtrack.files.problems import N_, Place, Problem, refuse, warning

_DELIMITERS = ",;\t|"
_SNIFFED_ROWS = 40
_SNIFFED_CHARS = 100_000
_SEP_LINE = re.compile(r"sep=(.)(\r\n|\r|\n)", re.IGNORECASE)


@dataclass
class _Records:
    rows: list[list[str]]
    lines: list[int]


def read_delimited(
    text: str,
    *,
    file: str = "",
    limits: Limits = DEFAULT,
    pasted: bool = False,
    has_header: bool | None = None,
    delimiter: str | None = None,
) -> Sheet:
    """One sheet from text. Cells are kept letter by letter, but for the apostrophe that makes formulas harmless.

    ``has_header`` None means: a file has one, pasted cells have one when its first row names known columns.

    Raises:
        FileProblem: a quotation mark that is never closed (with its line), or more rows or larger cells than allowed.
    """
    place = Place(file=file)
    text, told = _told_delimiter(text)
    chosen = delimiter or told or ("\t" if pasted and "\t" in text else sniff(text))
    notes: list[Problem] = []
    records = _records(text, chosen, place, limits, pasted, notes)
    if told:
        records.lines = [line + 1 for line in records.lines]
    rows = [[restore(cell) for cell in row] for row in records.rows]
    first = 2 if told else 1
    return make_sheet(
        rows,
        file=file,
        lines=records.lines,
        first=first,
        limits=limits,
        pasted=pasted,
        has_header=has_header,
        notes=notes,
    )


def sniff(text: str) -> str:
    """The delimiter that cuts most of the first rows into the same number of cells, the header among them."""
    sample = text[:_SNIFFED_CHARS]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        if delimiter not in sample:
            continue
        rows = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if any(cell.strip() for cell in row):
                    rows.append(len(row))
                if len(rows) == _SNIFFED_ROWS:
                    break
        except csv.Error:
            continue
        score = _score(rows)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _score(widths: list[int]) -> float:
    several = Counter(width for width in widths if width > 1)
    if not several:
        return 0.0
    width, count = several.most_common(1)[0]
    # A row of the usual width at the top counts double: commas inside sentences do not start in the header.
    header = 1.0 if widths[0] == width else 0.5
    return count / len(widths) * header + min(width, 20) / 1000


def _told_delimiter(text: str) -> tuple[str, str | None]:
    """Excel writes ``sep=;`` on a first line of its own."""
    told = _SEP_LINE.match(text)
    return (text[told.end() :], told.group(1)) if told else (text, None)


def _records(text: str, delimiter: str, place: Place, limits: Limits, pasted: bool, notes: list[Problem]) -> _Records:
    try:
        return _cut(text, delimiter, place, limits, strict=True)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return _unclosed(text, delimiter, place, limits, pasted, notes)
    message = N_("Some cells hold quotation marks in unusual places; they were read as they stand.")
    notes.append(warning("quotes", message, place, N_("Look whether those cells are right.")))
    try:
        return _cut(text, delimiter, place, limits, strict=False)
    except csv.Error:
        raise refuse(
            "table", N_("The file is not a table in text form."), place, N_("Save it as CSV or .xlsx.")
        ) from None


def _unclosed(text: str, delimiter: str, place: Place, limits: Limits, pasted: bool, notes: list[Problem]) -> _Records:
    """A quotation mark that is never closed swallows the rest of a file; in pasted cells it is most likely just one."""
    line = _opening_line(text, delimiter)
    where = Place(place.file, line=line)
    if not pasted:
        message = N_("The quotation mark that opens a cell here is never closed.")
        raise refuse("unclosed_quote", message, where, N_("Close it, or double it if it belongs to the text."))
    message = N_("A quotation mark that opens a cell here is never closed; all quotation marks were taken as text.")
    notes.append(warning("unclosed_quote", message, where))
    return _cut(text, delimiter, place, limits, strict=False, quoting=csv.QUOTE_NONE)


def _opening_line(text: str, delimiter: str) -> int:
    """The line where the last record begins: the one that the end of the text cut off."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error:
        pass
    return line


def _cut(
    text: str, delimiter: str, place: Place, limits: Limits, *, strict: bool, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> _Records:
    # The module's own limit would refuse a long cell with words that nobody understands; ours comes after.
    csv.field_size_limit(max(limits.text_chars, limits.cell_chars) + 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict, quoting=quoting)
    rows, lines, line = [], [], 1
    for row in reader:
        rows.append(row)
        lines.append(line)
        line = reader.line_num + 1
        if len(rows) > limits.rows * 2 + 1000:
            raise refuse(
                "rows",
                N_("The table holds more than %(limit)s rows."),
                place,
                N_("Split it into smaller files."),
                limit=limits.rows,
            )
    return _Records(rows, lines)
