"""Scans and photos of signed sheets: taken in by the one door, their QR codes read in a child, kept by digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from flask import current_app

from reqtrack.errors import invalid
from reqtrack.files.door import open_upload
from reqtrack.files.killable import run_killable
from reqtrack.files.limits import MB, Limits
from reqtrack.files.problems import FileProblem
from reqtrack.files.storage import Storage
from reqtrack.signoff.paper import KINDS

MAX_FILE = 20 * MB


@dataclass(frozen=True)
class Scan:
    """A scan that was taken in: where its bytes are, and what its QR codes say (nothing in a PDF, which is looked at by people)."""

    digest: str
    name: str
    kind: str
    texts: tuple[str, ...]


def take_scan(source: BinaryIO | bytes, name: str) -> Scan:
    """Take a scan in. Call it before the transaction begins: reading it takes its time.

    Raises:
        Invalid: no picture and no PDF. FileProblem: too large, or damaged.
    """
    upload = open_upload(source, name, Limits(size=MAX_FILE))
    if upload.kind not in KINDS:
        raise invalid("file", "Send the sheet as a photo (JPEG, PNG, WebP) or a PDF.")
    texts: tuple[str, ...] = ()
    if upload.kind != "pdf":
        texts = _read(upload.data, upload.name)
    return Scan(store().put(upload.data), upload.name, upload.kind, texts)


def _read(data: bytes, name: str) -> tuple[str, ...]:
    """What QR codes say; nothing where the picture cannot be read: then its code is typed."""
    try:
        return tuple(
            run_killable("reqtrack.signoff.scans_child:read", {"data": data}, seconds=20, memory_mb=1024, name=name)
        )
    except FileProblem:
        return ()


def store() -> Storage:
    """Where scans are kept."""
    return Storage(current_app.config["SETTINGS"].data / "files")
