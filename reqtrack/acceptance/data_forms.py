"""What the pages of data sets send: a file or pasted cells, where they came from, what is masked, and what each column is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from reqtrack.acceptance.actions.data_sets import FACTS
from reqtrack.acceptance.data.dictionary import Entry
from reqtrack.acceptance.data.taking import MASKS, Leaking, Taken, take
from reqtrack.acceptance.tables import Table, readers
from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Reason, invalid
from reqtrack.files.door import open_upload

# What of a set's facts may not hold a clear value, by the label that the page gives it.
SAID = ("name", "system", "owner", "note")


@dataclass(frozen=True)
class Sent:
    """A table as it was sent, in memory alone. ``digest`` tells whether the same is sent again."""

    table: Table
    digest: str


def received() -> Sent:
    """The table in this request.

    Raises:
        Invalid: none was sent. FileProblem: it cannot be read.
    """
    file = request.files.get("file")
    if file is not None and file.filename:
        upload = open_upload(file.stream, file.filename)  # type: ignore[arg-type]
        return Sent(readers().file(upload), hashlib.sha256(upload.data).hexdigest())
    text = request.form.get("text", "")
    if not text.strip():
        raise invalid("text", "Paste rows from a sheet, or choose a file.", "required")
    return Sent(readers().pasted(text), hashlib.sha256(text.encode()).hexdigest())


def facts(form: Mapping[str, str]) -> dict[str, Any]:
    """Where a set came from, as the actions take it.

    Raises:
        Invalid: the day is none.
    """
    said: dict[str, Any] = {name: form.get(name, "") for name in FACTS}
    given = said["taken_on"].strip()
    try:
        said["taken_on"] = date.fromisoformat(given) if given else None
    except ValueError:
        raise invalid("taken_on", "Write the day as 2026-01-31.", "no_date") from None
    return said


@dataclass
class Choices:
    """What a person said of the columns, by their index: how each is masked, and which entry of the dictionary (by its id) it is."""

    masks: dict[int, str] = field(default_factory=dict)
    entries: dict[int, int] = field(default_factory=dict)


def choices(form: MultiDict[str, str], width: int) -> Choices:
    """The choices of the preview. A column is masked where its box is ticked."""
    found = Choices()
    for index in range(width):
        kind = form.get(f"kind-{index}", "")
        if form.get(f"mask-{index}") == "1":
            found.masks[index] = kind if kind in MASKS else "all"
        entry = form.get(f"entry-{index}", "")
        if entry.isascii() and entry.isdigit() and len(entry) < 10:
            found.entries[index] = int(entry)
    return found


def taken_of(table: Table, chosen: Choices, rules: Mapping[int, Entry], said: Mapping[str, Any]) -> tuple[Taken, str]:
    """What may be stored of a table, and the name of its file ("" where that tells a masked value).

    Args:
        rules: the entries in use by their ids.

    Raises:
        Invalid: one entry for two columns, or something clear would be left.
    """
    reasons = [
        Reason("twice", "“%(name)s” is chosen for two columns: choose it for one.", {"name": rules[number].name})
        for number in sorted(set(chosen.entries.values()))
        if number in rules and list(chosen.entries.values()).count(number) > 1
    ]
    if reasons:
        raise Invalid(reasons)
    mapping = {index: rules[number] for index, number in chosen.entries.items() if number in rules}
    texts = {name: str(said.get(name) or "") for name in SAID}
    try:
        return take(table.header, table.rows, chosen.masks, mapping, {**texts, "file": table.name}), table.name
    except Leaking as error:
        if error.said != ("file",) or error.columns:
            raise Invalid(leaking(error)) from None
    return take(table.header, table.rows, chosen.masks, mapping, texts), ""


def leaking(error: Leaking) -> Sequence[Reason]:
    """Why nothing was stored, without the value that would have been."""
    told = [
        Reason("clear_value", "A value that is masked in the rows stands here: say it in other words.", {}, name)
        for name in error.said
        if name != "file"
    ]
    if error.columns:
        message = (
            "Values of %(columns)s would still be readable somewhere in the set, so nothing was stored: mask the columns "
            "in which they stand, too."
        )
        told.append(Reason("leak", message, {"columns": list(error.columns)}))
    return told


def picked(form: MultiDict[str, str], header: Sequence[str]) -> tuple[dict[str, str], list[int]]:
    """Which column of the set fills which example column, and the rows that were ticked.

    Raises:
        Invalid: two columns for one, or a row that is no number.
    """
    columns: dict[str, str] = {}
    for at, title in enumerate(header):
        name = " ".join(form.get(f"column-{at}", "").split())
        if name in columns:
            raise invalid("columns", "“%(name)s” is chosen for two columns: choose it for one.", "twice", name=name)
        if name:
            columns[name] = title
    rows = [whole_number(given) for given in form.getlist("rows")]
    if any(row is None for row in rows):
        raise invalid("rows", "A row is named by its number.")
    return columns, [row for row in rows if row is not None]
