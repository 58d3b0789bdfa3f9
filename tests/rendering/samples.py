"""Samples of every document in both languages."""

import functools
import io
import json
import re
from pathlib import Path

from pypdf import PdfReader

from reqtrack.rendering.fonts import exports_folder
from reqtrack.rendering.paper import Sheet, compose

HERE = Path(__file__).parent
WORDS = json.loads((HERE / "words.zh.json").read_text("utf-8"))


def context(name: str) -> dict:
    return json.loads((HERE / "contexts" / f"{name}.json").read_text("utf-8"))


def sheet_of(name: str, **changes) -> Sheet:
    """A sample's sheet; ``name`` is ``specification.zh``, ``change-record-open.en`` and so on."""
    document, language = name.split(".")
    folder = exports_folder() / document.removesuffix("-draft").removesuffix("-open")
    if language == "zh":
        return compose(
            folder,
            context(name) | changes,
            locale="zh_Hans_CN",
            gettext=WORDS.__getitem__,
            ngettext=lambda one, many, n: WORDS[one],
        )
    return compose(folder, context(name) | changes, locale="en")


@functools.cache
def pages_of(data: bytes) -> list[str]:
    """Text of each page without blanks, which a renderer sets as it likes."""
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages]
