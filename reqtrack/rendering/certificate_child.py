"""The child's side of reading a certificate: a PDF in, its attached data out. Called by path from ``certificate``."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

from reqtrack.files.problems import N_, refuse
from reqtrack.rendering.certificate import FORMAT, MAX_DATA, NAME

MAX_DEPTH = 20


def read(pdf: bytes) -> dict[str, Any]:
    """The data of a certificate without its ``format``.

    Raises:
        FileProblem: with a sentence that says what is wrong; no other exception, whatever the bytes are.
    """
    body = _attachment(pdf)
    if body is None:
        raise refuse("no_certificate", N_("The PDF carries no certificate of reqtrack."))
    if len(body) > MAX_DATA:
        raise refuse("too_large", N_("The certificate in the PDF is too large."))
    try:
        text = body.decode("utf-8")
        data = None if _too_deep(text) else json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise refuse("damaged", N_("The certificate in the PDF is damaged."))
    if data.pop("format", None) != FORMAT:
        raise refuse("unknown_format", N_("The certificate in the PDF has a format that this version does not know."))
    return data


def _attachment(pdf: bytes) -> bytes | None:
    from pypdf import PdfReader

    # What is wrong with the file is said in one sentence, not in a line for each object.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        for attached in PdfReader(io.BytesIO(pdf)).attachment_list:
            if attached.name == NAME:
                content = attached.content
                return bytes(content) if isinstance(content, bytes) else None
    except MemoryError:
        raise
    except Exception as problem:
        message = N_("The PDF is damaged and cannot be read (%(what)s).")
        raise refuse("damaged", message, what=type(problem).__name__) from problem
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
