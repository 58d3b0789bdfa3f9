"""One file in, drafts out.

Every reader of an uploaded file runs in the killable child, also those in pure Python: a library that loops or eats
memory then costs one refused file, not a web worker.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from reqtrack.exchange.parsing.delimited import read_delimited
from reqtrack.exchange.parsing.detect import detect, refuse_kind
from reqtrack.exchange.parsing.drafts import FeatureFile, NotesDraft, Sheet
from reqtrack.files.door import Upload
from reqtrack.files.killable import run_killable
from reqtrack.files.limits import DEFAULT, Limits
from reqtrack.files.text import check_text

Parsed = list[Sheet] | FeatureFile | NotesDraft


def read_upload(upload: Upload, kind: str = "auto", *, has_header: bool | None = None) -> tuple[str, Parsed]:
    """Read a file as what it is (``auto``, see ``detect``) or as the caller says: ``table``, ``gherkin``, ``notes``.

    Gives the kind with a list of ``Sheet``, a ``FeatureFile`` or a ``NotesDraft``.

    Raises:
        FileProblem: the file cannot be read as that, in sentences with places.
    """
    chosen = detect(upload) if kind == "auto" else kind
    if chosen not in ("table", "gherkin", "notes"):
        raise refuse_kind(chosen, upload.place)
    plain = _in_child(upload, chosen, has_header)
    if chosen == "table":
        return chosen, [Sheet.from_plain(each) for each in plain]
    return chosen, FeatureFile.from_plain(plain) if chosen == "gherkin" else NotesDraft.from_plain(plain)


def read_table(source: Upload | str, *, has_header: bool | None = None, limits: Limits = DEFAULT) -> list[Sheet]:
    """The sheets of a table file, or the one sheet of pasted cells (text).

    Raises:
        FileProblem: no table, damaged, hostile or too large, or broken characters in what was pasted.
    """
    if isinstance(source, str):
        return [read_delimited(check_text(source), pasted=True, has_header=has_header, limits=limits)]
    return [Sheet.from_plain(each) for each in _in_child(source, "table", has_header)]


def _in_child(upload: Upload, kind: str, has_header: bool | None) -> Any:
    limits = upload.limits
    payload = {
        "data": upload.data,
        "name": upload.name,
        "content": upload.kind,
        "kind": kind,
        "limits": asdict(limits),
        "has_header": has_header,
    }
    where = "reqtrack.exchange.parsing.inside:read"
    return run_killable(where, payload, seconds=limits.seconds, memory_mb=limits.memory_mb, name=upload.name)
