"""The tables of business data: read through the one door, in a killable child, and kept nowhere; written as files."""

from __future__ import annotations

from collections.abc import Sequence

from reqtrack.acceptance.tables import Readers, Table
from reqtrack.exchange.parsing.cells import write_csv
from reqtrack.exchange.parsing.drafts import Sheet
from reqtrack.exchange.parsing.reading import read_table
from reqtrack.exchange.parsing.workbook_out import Column, SheetOut, write_xlsx
from reqtrack.files.door import Upload
from reqtrack.files.problems import N_, Place, refuse, warning


def from_file(upload: Upload) -> Table:
    """The first sheet of a file that holds rows.

    Raises:
        FileProblem: it is no table, damaged, hostile or too large; or nothing stands in it.
    """
    return _chosen(read_table(upload), upload.name)


def from_paste(text: str) -> Table:
    """The cells that were pasted. Raises ``FileProblem`` as ``from_file`` does."""
    return _chosen(read_table(text), "")


def _chosen(sheets: list[Sheet], name: str) -> Table:
    held = [sheet for sheet in sheets if sheet.rows]
    if not held:
        raise refuse(
            "no_rows", N_("There are no rows in it."), Place(name), N_("Add rows below the names of the columns.")
        )
    first, *others = held
    told = list(first.warnings)
    if others:
        message = N_("Only the first sheet that holds rows is taken: the others (%(sheets)s) take a data set each.")
        told.append(warning("sheets", message, Place(name), sheets=", ".join(one.name for one in others)[:300]))
    rows = tuple(tuple(row) for row in first.rows)
    return Table(tuple(first.header), rows, name, tuple(told))


def written(wanted: str, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as a file: ``csv``, in which no cell begins like a formula, or ``xlsx``, in which all are texts."""
    if wanted == "csv":
        return write_csv([list(header), *map(list, rows)])
    return write_xlsx([SheetOut(name, [Column(one, 20) for one in header], rows)])


READERS = Readers(from_file, from_paste, written)
