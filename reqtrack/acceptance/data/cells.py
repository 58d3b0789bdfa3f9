"""Cells as text: whatever a reader of files hands over becomes one string, and the spellings of a string one fold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
# Seen by nobody: zero-width marks, byte order marks, directions of writing.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_BLANKS = re.compile(r"\s+")
_MARKS = re.compile(r"[\W_]+")
# What people type where nothing is known: no value of anything, and nobody's name.
_NOTHING = "- -- — / \\ . n/a na nil none null nan #n/a unknown tbd ? 无 空 暂无 未知 不详 待定 没有 未填"
NOTHING = frozenset(_NOTHING.split())

_LONGEST_NOTHING = 12


def text_of(cell: Any) -> str:
    """A cell as text without blank ends: dates as ISO, whole numbers without ``.0``, nothing as the empty string."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        day = cell.time() == time() and cell.tzinfo is None
        return cell.date().isoformat() if day else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | Decimal):
        return number_text(cell)
    return str(cell).strip()


def number_text(number: float | Decimal) -> str:
    """A number without exponent and without zeros that say nothing."""
    value = Decimal(repr(number)) if isinstance(number, float) else number
    if not value.is_finite():
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def fold(text: str) -> str:
    """A text in half width, without marks that nobody sees, with single blanks; upper and lower case stay."""
    if text.isascii() and "  " not in text and text.isprintable():
        return text.strip()
    return _BLANKS.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).strip()


def loose(text: str) -> str:
    """What two spellings of one value share: folded, in lower case, without blanks and punctuation."""
    if text.isascii() and text.isalnum():
        return text.lower()
    return _MARKS.sub("", fold(text).casefold())


def says_nothing(text: str) -> bool:
    """Whether a cell is empty or holds a word for *nothing known*."""
    return not text or (len(text) <= _LONGEST_NOTHING and fold(text).casefold() in NOTHING)


def columns_of(header: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, list[str]]]:
    """Each column with its name and its cells as text; a short row lacks them, a long one brings columns without a name."""
    width = max(len(header), max(map(len, rows), default=0))
    for index in range(width):
        name = text_of(header[index]) if index < len(header) else ""
        cells = [row[index] if index < len(row) else "" for row in rows]
        yield name, [cell.strip() if type(cell) is str else text_of(cell) for cell in cells]
