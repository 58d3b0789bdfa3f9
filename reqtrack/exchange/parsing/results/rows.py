"""Which example row of a scenario a case is about: by the row's values, by its name, or by its number."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from reqtrack.exchange.parsing.results.found import MachineCase
from reqtrack.exchange.parsing.results.matched import Known
from reqtrack.exchange.parsing.results.names import plain
from reqtrack.files.problems import N_, Problem, warning


def why(case: MachineCase, code: str, message: str, mend: str = "", **params: Any) -> Problem:
    """The reason why a case is about no scenario, at its place in its file."""
    return warning(code, message, case.place, mend, **params)


def row_of(case: MachineCase, known: Known, named: Sequence[int] | None) -> int | Problem | None:
    """The example row that a case is about, from 0; None where the scenario has none; or why it cannot be told.

    Values say it before numbers do: the table may have been sorted since the run. ``named`` are the rows that the case's name
    points to; empty when it is known that the name points to none and what looks like a row in it is part of the name.
    """
    if not known.rows:
        return None
    count = len(known.rows)
    values = _rows_of_values(case, known)
    if values == []:
        # The values themselves are not said: here they may be masked, and not there.
        message = N_("The result is about an example row with other values than any row of %(key)s has.")
        return why(case, "row_gone", message, key=known.key)
    told = values or named or _rows_named(case, known)
    said = _row_said(case, known) if named is None or named else None
    # Rows of the same values are the same: then the number, if it is one of theirs.
    if len(told) == 1 or (values and said not in values):
        return told[0]
    if said is None and count > 1:
        message = N_("%(key)s has %(count)s example rows, and the result does not say which of them it is about.")
        return why(case, "no_row", message, key=known.key, count=count)
    if said is not None and said >= count:
        message = N_("The result is about example row %(row)s, but %(key)s has only %(count)s.")
        return why(case, "row_gone", message, key=known.key, row=said + 1, count=count)
    return said or 0


def _row_said(case: MachineCase, known: Known) -> int | None:
    """The row by its number; an order among several tables is only an answer if every row has its case."""
    if case.among is None or (case.row is not None and known.tables == 1):
        return case.row
    index, count = case.among
    return index if count == len(known.rows) else None


def _rows_of_values(case: MachineCase, known: Known) -> list[int] | None:
    """The rows that hold the values of the case; None where the case does not say them, or the columns are others."""
    if not case.cells or sorted(map(plain, case.columns)) != sorted(map(plain, known.columns)):
        return None
    columns = [plain(column) for column in case.columns]
    wanted = [_cell(case.cells[columns.index(plain(column))]) for column in known.columns]
    return [index for index, row in enumerate(known.rows) if list(map(_cell, row)) == wanted]


def _cell(value: str) -> str:
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _rows_named(case: MachineCase, known: Known) -> list[int]:
    name = plain(case.name)
    return [row for row, title in enumerate(known.filled()) if plain(title) == name]
