"""The machine-readable side of a certificate: the JSON that travels inside the PDF, and reading it back offline.

The page is for people; ``reqtrack verify --certificate FILE`` reads the attachment. Its bytes are canonical JSON, so that
the same data is the same attachment.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from reqtrack.files.door import open_upload
from reqtrack.files.killable import run_killable
from reqtrack.files.limits import MB, Limits
from reqtrack.files.problems import N_, refuse

NAME = "reqtrack-certificate.json"
FORMAT = "reqtrack-certificate/1"
MAX_FILE = 64 * MB
MAX_DATA = 4 * MB


def embed_certificate(pdf: bytes, data: Mapping[str, Any]) -> bytes:
    """The PDF with ``data`` attached as ``reqtrack-certificate.json``; pages, structure and metadata stay as they are.

    ``data`` is plain JSON (no floats); the key ``format`` is added.

    Raises:
        ValueError: the data is not plain JSON, or holds a ``format`` of its own.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject

    if "format" in data:
        raise ValueError("The key format is set here.")
    body = json.dumps(
        {"format": FORMAT, **data}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")
    if len(body) > MAX_DATA:
        raise ValueError("The certificate is too large.")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    attached = writer.add_attachment(NAME, body)
    attached.pdf_object[NameObject("/AFRelationship")] = NameObject("/Data")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def read_certificate(source: BinaryIO | bytes, name: str = "") -> dict[str, Any]:
    """The data that ``embed_certificate`` put into a PDF, without its ``format``. Whoever sends a certificate may have made the
    file themselves: it comes in by the door, and is taken apart in a child.

    Raises:
        FileProblem: with a sentence that says what is wrong; no other exception, whatever the bytes are.
    """
    upload = open_upload(source, name, Limits(size=MAX_FILE))
    if upload.kind != "pdf":
        raise refuse("no_pdf", N_("The file is not a PDF."), upload.place)
    where = "reqtrack.rendering.certificate_child:read"
    found: dict[str, Any] = run_killable(where, upload.data, name=upload.name)
    return found
