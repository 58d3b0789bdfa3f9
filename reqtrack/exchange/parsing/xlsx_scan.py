"""A look through an .xlsx before calamine gets it, since calamine trusts what it reads.

Two cells, A1 and XFD1048576, make it ask for 500 GB and abort. So every sheet is read once as a stream: how far its
cells really reach, which ones hold error values (calamine drops those), which formulas have no stored result.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from reqtrack.exchange.parsing.header import column_letter
from reqtrack.files.problems import N_, FileProblem, Place, refuse
from reqtrack.files.xml import parse_xml

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
# More places than this between A1 and the farthest cell are not believed at a glance.
_PLACES_GLANCED = 3_000_000
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
# What makes a second, slower look worth while: errors, formulas, hidden rows, entities, anything unusual.
_WORTH_A_LOOK = re.compile(rb"""t=["']e["']|<(?:\w+:)?f[ >/]|hidden=|<!""")


@dataclass
class Scan:
    """What one sheet really holds; rows and columns count from 0."""

    cells: int = 0
    rows: int = 0
    columns: int = 0
    farthest: str = ""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: int = 0
    formulas_without_result: int = 0


def scan_workbook(data: bytes, most_cells: int, place: Place) -> dict[str, Scan]:
    """Every worksheet by its name, scanned.

    Raises:
        FileProblem: no workbook, not well formed, a DTD, or more cells than ``most_cells``.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        scans = {}
        for title, path in _sheets(archive, names, place):
            if path.lower() in names:
                data, where = archive.read(names[path.lower()]), Place(place.file, sheet=title)
                scans[title] = _glance(data, most_cells) or _Scanner(where, most_cells).scan(data)
    return scans


def _sheets(archive: zipfile.ZipFile, names: dict[str, str], place: Place) -> list[tuple[str, str]]:
    """Sheet titles with the parts that hold them, in the order of the workbook."""
    book = names.get("xl/workbook.xml")
    relations = names.get("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        raise _no_workbook(place)
    targets = {}
    for relation in parse_xml(archive.read(relations), place=place):
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        targets[relation.get("Id", "")] = path
    found = []
    for element in parse_xml(archive.read(book), place=place).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "id"), "")
            if link in targets:
                found.append((element.get("name", ""), targets[link]))
    return found


def _glance(data: bytes, most_cells: int) -> Scan | None:
    """The extent of a plain sheet, ten times as fast as by its elements; None when it must be read properly.

    Empty cells count here as filled ones, so what comes out can only be too large: then it is read properly, too.
    """
    if not data.lstrip().startswith(b"<") or b"\x00" in data[:100] or _WORTH_A_LOOK.search(data):
        return None
    cells = _CELL.findall(data)
    if not cells or len(cells) > most_cells or len(cells) != len(_ANY_CELL.findall(data)):
        return None
    rows = max(int(row) for row in {row for _, row in cells})
    columns = max(_column(letters.decode()) for letters in {letters for letters, _ in cells}) + 1
    if rows * columns > _PLACES_GLANCED:
        return None
    return Scan(cells=len(cells), rows=rows, columns=columns, farthest=f"{column_letter(columns - 1)}{rows}")


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class _Scanner:
    """A stream over one sheet part; nothing of it is kept but the figures."""

    def __init__(self, place: Place, most_cells: int) -> None:
        self._place, self._most = place, most_cells
        self._scan = Scan()
        self._row, self._column = -1, -1
        self._has_value = self._has_formula = self._is_error = self._hidden = self._in_value = False
        self._text = ""

    def scan(self, data: bytes) -> Scan:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            message = N_("The sheet is damaged: its XML is not well formed.")
            where = Place(self._place.file, sheet=self._place.sheet, line=error.lineno)
            raise refuse("xml", message, where, N_("Open it in Excel and save it again.")) from None
        return self._scan

    def _refuse_dtd(self, *_: Any) -> None:
        message = N_("The file contains a DTD or entities, which can smuggle in other files.")
        raise refuse("xml_dtd", message, self._place, N_("Save it without a document type."))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "is"):
            self._has_value = self._in_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            given = attributes.get("r", "")
            self._row = int(given) - 1 if given.isdecimal() and len(given) <= 7 else self._row + 1
            self._column = -1
            self._hidden = attributes.get("hidden") in ("1", "true")

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        if reference:
            self._column = _column(reference.group(1))
            self._row = int(reference.group(2)) - 1
        else:
            self._column += 1
        self._has_value = self._has_formula = False
        self._is_error = attributes.get("t") == "e"
        self._text = ""

    def _characters(self, text: str) -> None:
        if self._is_error and self._in_value:
            self._text += text[:20]

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("v", "is"):
            self._in_value = False
        elif name == "row" and self._hidden:
            self._scan.hidden_rows += self._column >= 0
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        scan = self._scan
        if not self._has_value:
            scan.formulas_without_result += self._has_formula
            return
        scan.cells += 1
        if scan.cells > self._most:
            message = N_("The sheet holds more than %(limit)s cells.")
            raise refuse("cells", message, self._place, N_("Split it into smaller files."), limit=self._most)
        if self._row >= scan.rows or self._column >= scan.columns:
            scan.rows = max(scan.rows, self._row + 1)
            scan.columns = max(scan.columns, self._column + 1)
            scan.farthest = f"{column_letter(self._column)}{self._row + 1}"
            if self._row >= _LAST_ROW or self._column >= _LAST_COLUMN:
                raise _no_workbook(self._place)
        if self._is_error:
            scan.errors[self._row, self._column] = self._text.strip() or "#N/A"


def _no_workbook(place: Place) -> FileProblem:
    message = N_("The file is not a workbook that can be read.")
    return refuse("unreadable", message, place, N_("Open it in Excel and save it again as .xlsx."))
