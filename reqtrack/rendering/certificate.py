"""The machine-readable side of a certificate: the JSON that travels inside the PDF, and reading it back offline.

The page is for people; ``reqtrack verify --certificate FILE`` reads the attachment. Its bytes are canonical JSON, so that
the same data is the same attachment.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from typing import Any

NAME = "reqtrack-certificate.json"
FORMAT = "reqtrack-certificate/1"
MAX_FILE = 64 * 1024 * 1024
MAX_DATA = 4 * 1024 * 1024
MAX_DEPTH = 20


class CertificateError(ValueError):
    """The file is no PDF, carries no certificate, or the certificate is not readable."""


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


def read_certificate(pdf: bytes) -> dict[str, Any]:
    """The data that ``embed_certificate`` put into a PDF, without its ``format``.

    Raises:
        CertificateError: with a sentence that says what is wrong; no other exception, whatever the bytes are.
    """
    if len(pdf) > MAX_FILE:
        raise CertificateError("The file is too large for a certificate.")
    if not pdf[:1024].lstrip().startswith(b"%PDF-"):
        raise CertificateError("The file is not a PDF.")
    body = _attachment(pdf)
    if body is None:
        raise CertificateError("The PDF carries no certificate of reqtrack.")
    if len(body) > MAX_DATA:
        raise CertificateError("The certificate in the PDF is too large.")
    try:
        text = body.decode("utf-8")
        data = None if _too_deep(text) else json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise CertificateError("The certificate in the PDF is damaged.") from problem
    if not isinstance(data, dict):
        raise CertificateError("The certificate in the PDF is damaged.")
    if data.pop("format", None) != FORMAT:
        raise CertificateError("The certificate in the PDF has a format that this version does not know.")
    return data


def _attachment(pdf: bytes) -> bytes | None:
    from pypdf import PdfReader

    # What is wrong with the file is said in one sentence by the caller, not in a line for each object.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        for attached in PdfReader(io.BytesIO(pdf)).attachment_list:
            if attached.name == NAME:
                content = attached.content
                return bytes(content) if isinstance(content, bytes) else None
    except Exception as problem:
        raise CertificateError(f"The PDF is damaged and cannot be read ({type(problem).__name__}).") from problem
    return None


def _too_deep(text: str) -> bool:
    """Whether brackets are nested deeper than a certificate's ever are (brackets in strings count too; they are few)."""
    depth = deepest = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest > MAX_DEPTH


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
