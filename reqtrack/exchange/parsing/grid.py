"""From raw rows of cells to a ``Sheet``: header found, empty rows left out, ragged rows evened, caps kept."""

from __future__ import annotations

from reqtrack.exchange.parsing.drafts import Sheet
from reqtrack.exchange.parsing.header import column_letter, find_header, looks_like_data
from reqtrack.files.limits import Limits
from reqtrack.files.problems import N_, Place, Problem, refuse, warning

_NAMED_ROWS = 20


def make_sheet(
    rows: list[list[str]],
    *,
    file: str = "",
    name: str = "",
    lines: list[int] | None = None,
    first: int = 1,
    limits: Limits,
    pasted: bool = False,
    has_header: bool | None = None,
    even: bool = False,
    notes: list[Problem] | None = None,
) -> Sheet:
    """A sheet from all rows of a table, the empty ones included; ``first`` is the number of the first.

    ``even`` says that rows come padded to one width (workbooks), so that their lengths mean nothing.

    Raises:
        FileProblem: more rows, columns or cells than allowed, or a longer cell.
    """
    sheet = Sheet(name=name, file=file, warnings=list(notes or ()))
    if has_header is False:
        at = None
    else:
        at = find_header(rows, may_lack=pasted and has_header is None)
    start = 0 if at is None else at + 1
    for index in range(start, len(rows)):
        if any(cell.strip() for cell in rows[index]):
            sheet.rows.append(rows[index])
            sheet.numbers.append(first + index)
            if lines:
                sheet.lines.append(lines[index])
    _check(sheet, rows[at] if at is not None else [], limits)
    _name_columns(sheet, rows[at] if at is not None else [], even)
    sheet.header_row = 0 if at is None else first + at
    _say_what_is_odd(sheet, rows, at, first)
    return sheet


def _check(sheet: Sheet, header: list[str], limits: Limits) -> None:
    place, mend = sheet.place(), N_("Split it into smaller files.")
    if len(sheet.rows) > limits.rows:
        raise refuse("rows", N_("The table holds more than %(limit)s rows."), place, mend, limit=limits.rows)
    widest = max(map(_used, [header, *sheet.rows]))
    if widest > limits.columns:
        message = N_("The table holds more than %(limit)s columns.")
        raise refuse("columns", message, place, N_("Delete the columns that are not needed."), limit=limits.columns)
    if sum(map(len, sheet.rows)) > limits.cells:
        raise refuse("cells", N_("The table holds more than %(limit)s cells."), place, mend, limit=limits.cells)
    for index, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            if len(cell) > limits.cell_chars:
                message = N_("The cell holds more than %(limit)s characters.")
                where = sheet.place(index, column_letter(column))
                raise refuse("cell_size", message, where, N_("Put the long text into a file."), limit=limits.cell_chars)


def _used(row: list[str]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if cell.strip()), default=0)


def _name_columns(sheet: Sheet, header: list[str], even: bool) -> None:
    """Make header and rows one width, saying which rows were shorter or longer; nothing beyond the header is lost."""
    named = len(header) if header and not even else _used(header)
    width = max([named, *map(_used, sheet.rows)], default=0)
    if header and not even:
        _say_ragged(sheet, named)
    sheet.header = (header + [""] * width)[:width] if header else [column_letter(index) for index in range(width)]
    sheet.rows = [(row + [""] * width)[:width] for row in sheet.rows]


def _say_ragged(sheet: Sheet, named: int) -> None:
    ragged = [index for index, row in enumerate(sheet.rows) if len(row) < named or _used(row) > named]
    for index in ragged[:_NAMED_ROWS]:
        cells = len(sheet.rows[index])
        if cells < named:
            message = N_("The row has %(cells)s cells, the header has %(named)s; the missing ones are taken as empty.")
        else:
            message = N_("The row has %(cells)s cells, the header has %(named)s; the others are kept as notes.")
        sheet.warnings.append(warning("ragged", message, sheet.place(index), cells=cells, named=named))
    if len(ragged) > _NAMED_ROWS:
        message = N_("%(count)s more rows have another number of cells than the header.")
        sheet.warnings.append(warning("ragged", message, sheet.place(), count=len(ragged) - _NAMED_ROWS))


def _say_what_is_odd(sheet: Sheet, rows: list[list[str]], at: int | None, first: int) -> None:
    place = sheet.place()
    if not sheet.rows:
        message = N_("The sheet is empty.") if at is None else N_("The sheet holds a header but no rows.")
        sheet.warnings.append(warning("no_rows", message, place))
    if at is None:
        return
    if looks_like_data(rows[at]):
        message = N_("Row %(row)s was taken for the names of the columns, but looks like data.")
        mend = N_("Add a row of names above it, or say that there is none.")
        sheet.warnings.append(warning("header", message, place, mend, row=first + at))
    above = [" ".join(cell.strip() for cell in row if cell.strip()) for row in rows[:at]]
    said = " · ".join(words for words in above if words)
    if said:
        message = N_("What stands above the header is not imported: “%(words)s”.")
        sheet.warnings.append(warning("above_header", message, place, words=said[:200]))
    names = [cell.strip() for cell in sheet.header if cell.strip()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = N_("More than one column is named “%(name)s”.")
        sheet.warnings.append(warning("same_name", message, Place(sheet.file, sheet=sheet.name), name=name[:100]))
