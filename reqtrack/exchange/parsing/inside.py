"""The child's side of reading: bytes and a kind in, plain data out. Called by path from ``reading``."""

from __future__ import annotations

from typing import Any

from reqtrack.files.limits import Limits
from reqtrack.files.problems import N_, Place, refuse
from reqtrack.files.text import Decoded, read_text

_TEXT = ("text", "xml", "html", "json", "empty")
_NOT_TEXT = {
    "table": N_("The file is neither a workbook nor a table in text form."),
    "gherkin": N_("The file is no feature file: it is not text."),
    "notes": N_("The file holds no notes: it is not text."),
}


def read(payload: dict[str, Any]) -> Any:
    """The sheets, feature file or notes in a payload of ``reading``, as plain data.

    Raises:
        FileProblem: what ``reading.read_upload`` documents.
    """
    limits = Limits(**payload["limits"])
    kind, content, name = payload["kind"], payload["content"], payload["name"]
    if kind == "table" and content in ("xlsx", "xls"):
        # Imported where it is needed: the other kinds of file do not wait for it.
        from reqtrack.exchange.parsing.workbook import read_workbook

        sheets = read_workbook(payload["data"], content, name, limits, payload["has_header"])
        return [sheet.to_plain() for sheet in sheets]
    decoded = _text(payload["data"], content, kind, Place(file=name), limits)
    if kind == "table":
        from reqtrack.exchange.parsing.delimited import read_delimited

        sheet = read_delimited(decoded.text, file=name, limits=limits, has_header=payload["has_header"])
        sheet.warnings[:0] = decoded.warnings
        return [sheet.to_plain()]
    if kind == "gherkin":
        from reqtrack.exchange.parsing.features import read_gherkin

        feature = read_gherkin(decoded.unix, name)
        feature.warnings[:0] = decoded.warnings
        return feature.to_plain()
    from reqtrack.exchange.parsing.notes import read_notes

    notes = read_notes(decoded.unix, name)
    notes.warnings[:0] = decoded.warnings
    return notes.to_plain()


def _text(data: bytes, content: str, kind: str, place: Place, limits: Limits) -> Decoded:
    if content not in _TEXT:
        raise refuse("not_text", _NOT_TEXT[kind], place)
    return read_text(data, place, limits)
