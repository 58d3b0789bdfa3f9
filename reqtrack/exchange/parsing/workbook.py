"""Workbooks (.xlsx, .xlsm, .xls) into sheets of text. Runs in the killable child: calamine is fast, and trusting."""

from __future__ import annotations

import datetime
import io
from typing import Any

import python_calamine as calamine

from reqtrack.exchange.parsing.cells import number_text, unescape_unholdable
from reqtrack.exchange.parsing.drafts import Sheet
from reqtrack.exchange.parsing.grid import make_sheet
from reqtrack.exchange.parsing.header import column_letter
from reqtrack.exchange.parsing.xlsx_scan import Scan, scan_workbook
from reqtrack.files.limits import Limits
from reqtrack.files.problems import N_, Place, Problem, refuse, warning

# A grid from A1 to the farthest cell is built in memory whole; this many places take about 250 MB.
_MOST_PLACES = 6_000_000
# Where our own exports keep long lists of choices (``workbook_out``, which is not imported for one word).
LISTS_SHEET = "_lists"


def read_workbook(data: bytes, kind: str, file: str, limits: Limits, has_header: bool | None = None) -> list[Sheet]:
    """Every worksheet with its header, empty and hidden ones too (and said to be so); chart sheets are left out.

    Raises:
        FileProblem: a password, a damaged workbook, a cell far away from the others, or caps passed.
    """
    place = Place(file=file)
    scans = scan_workbook(data, limits.cells, place) if kind == "xlsx" else {}
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets = [
                _sheet(book, about, scans.get(about.name), file, limits, has_header)
                for about in book.sheets_metadata
                if about.typ == calamine.SheetTypeEnum.WorkSheet and about.name != LISTS_SHEET
            ]
    except calamine.PasswordError:
        message = N_("The file is protected by a password.")
        raise refuse("password", message, place, N_("Save it without a password.")) from None
    except (calamine.CalamineError, OSError) as error:
        message = N_("The workbook is damaged: %(reason)s")
        mend = N_("Open it in Excel and save it again as .xlsx.")
        raise refuse("damaged", message, place, mend, reason=str(error)[:200]) from None
    if not sheets:
        raise refuse("no_sheet", N_("The workbook holds no sheet with cells."), place)
    return sheets


def _sheet(
    book: calamine.CalamineWorkbook,
    about: calamine.SheetMetadata,
    scan: Scan | None,
    file: str,
    limits: Limits,
    has_header: bool | None,
) -> Sheet:
    place = Place(file, sheet=about.name)
    if scan is not None:
        _refuse_far_cell(scan.rows, scan.columns, scan.farthest, place)
    source = book.get_sheet_by_name(about.name)
    last = source.end or (0, 0)
    _refuse_far_cell(last[0] + 1, last[1] + 1, f"{column_letter(last[1])}{last[0] + 1}", place)
    grid: list[list[Any]] = source.to_python(skip_empty_area=False)
    rows = [[cell_text(cell) for cell in row] for row in grid]
    notes: list[Problem] = []
    _fill_merged(rows, source.merged_cell_ranges or [], place, notes, limits.cells)
    if scan is not None:
        _add_errors(rows, scan, place, notes)
    hidden = about.visible != calamine.SheetVisibleEnum.Visible
    if hidden and any(any(row) for row in rows):
        notes.append(warning("hidden_sheet", N_("The sheet is hidden in the workbook."), place))
    sheet = make_sheet(rows, file=file, name=about.name, limits=limits, has_header=has_header, even=True, notes=notes)
    sheet.hidden = hidden
    return sheet


def cell_text(cell: Any) -> str:
    """A cell's value as text: whole numbers without a point, dates in ISO, durations as hours:minutes:seconds."""
    if isinstance(cell, str):
        return unescape_unholdable(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, datetime.timedelta):
        seconds = round(cell.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _refuse_far_cell(rows: int, columns: int, farthest: str, place: Place) -> None:
    if rows * columns > _MOST_PLACES:
        message = N_("The cell %(cell)s lies far away from the others; the sheet would be too large to read.")
        mend = N_("Delete the rows and columns after the table and save it again.")
        raise refuse("far_cell", message, place, mend, cell=farthest)


def _fill_merged(rows: list[list[str]], ranges: list[Any], place: Place, notes: list[Problem], most: int) -> None:
    """One value merged down a column belongs to each of its rows, as long as the row holds something else."""
    filled = 0
    for (top, left), (bottom, right) in ranges:
        if left != right or top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        for row in rows[top + 1 : bottom + 1]:
            if not row[left] and any(row):
                row[left] = rows[top][left]
                filled += 1
        if filled > most:
            break
    if filled:
        message = N_("Merged cells: their value was repeated in %(count)s cells below.")
        notes.append(
            warning("merged", message, place, N_("Look whether it belongs to each of those rows."), count=filled)
        )


def _add_errors(rows: list[list[str]], scan: Scan, place: Place, notes: list[Problem]) -> None:
    for (row, column), text in scan.errors.items():
        if row >= len(rows):
            rows.extend([] for _ in range(row + 1 - len(rows)))
        if column >= len(rows[row]):
            rows[row].extend([""] * (column + 1 - len(rows[row])))
        rows[row][column] = text
    if scan.errors:
        row, column = next(iter(scan.errors))
        message = N_("%(count)s cells hold an error of the workbook, the first one %(cell)s; they are kept as text.")
        mend = N_("Mend the formulas in the workbook.")
        cell = f"{column_letter(column)}{row + 1}"
        notes.append(warning("error_cells", message, place, mend, count=len(scan.errors), cell=cell))
    if scan.formulas_without_result:
        message = N_("%(count)s cells hold a formula without a stored result; they are read as empty.")
        mend = N_("Open the workbook in Excel and save it again.")
        notes.append(warning("no_result", message, place, mend, count=scan.formulas_without_result))
    if scan.hidden_rows:
        message = N_("%(count)s rows are hidden in the workbook; they are read like the others.")
        notes.append(warning("hidden_rows", message, place, count=scan.hidden_rows))
