"""What a cell means: tiers, levels, numbers of days, lists of keys. Nothing is guessed that a person would doubt."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from reqtrack.exchange.parsing.vocabulary import LEVELS, TIER_NUMBERS, TIERS, UNTIERED, normal, value_of

_DAYS = re.compile(
    r"(?:约|大约|about|ca\.?|~|≈)?\s*([\d.,]+)\s*"
    r"(?:个)?\s*(?:d|day|days|pd|md|person days?|man days?|人天|人日|天|工作日|日)?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[,.]\d{3})+")
_IDENTIFIER = re.compile(r"(?=.*\d)[\w.\-/#:]{1,40}")
_LINE_END = re.compile("\r\n|\r|\n")
_NUMBERING = re.compile(r"\s*(?:step\s*\d+\s*[.:)、：]?|[(（]?\d{1,2}[)）.、:：]|[①-⑳]|[-*•])\s*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[。！？；])|(?<=[.!?;])(?=\s)|\n")
MOST_DAYS = Decimal(100_000)


def tier_of(cell: str, *, numbers: bool = False) -> str | None:
    """``must``, ``should`` or ``later`` for a cell, or None when it names none of them.

    ``numbers`` allows 1, 2, 3: only where the whole column is written so.
    """
    named = value_of(cell, TIERS)
    if named is None and numbers:
        return TIER_NUMBERS.get(normal(cell))
    return named


def is_untiered(cell: str) -> bool:
    """Whether a cell says that nobody has chosen yet."""
    return normal(cell) in UNTIERED or cell.strip() in UNTIERED


def level_of(cell: str) -> str | None:
    """``frontline``, ``manager`` or ``executive``, or None."""
    return value_of(cell, LEVELS)


def days_of(cell: str) -> str | None:
    """A number of person-days as canonical decimal text (``2.5``), or None when the cell is no such number."""
    folded = unicodedata.normalize("NFKC", cell).strip()
    match = _DAYS.fullmatch(folded)
    if not match:
        return None
    number = match.group(1)
    if number.count(",") == 1 and "." not in number and not _THOUSANDS.fullmatch(number):
        number = number.replace(",", ".")
    elif _THOUSANDS.fullmatch(number) and "," in number:
        number = number.replace(",", "")
    try:
        value = Decimal(number)
    except InvalidOperation:
        return None
    if not 0 <= value <= MOST_DAYS:
        return None
    text = format(value.normalize(), "f")
    return text or "0"


def is_identifier(cell: str) -> bool:
    """Whether a cell looks like a key: letters, digits, marks, no blanks, a digit in it."""
    return bool(_IDENTIFIER.fullmatch(cell.strip()))


def keys_of(cell: str) -> list[str]:
    """The keys in a cell: separated by commas, semicolons, bars or line ends, each once, in their order."""
    parts = re.split(r"[,;，；、|\r\n]+", cell)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def steps_of(cell: str) -> list[str]:
    """The steps in a cell: one a line, numbering taken off; a cell without line ends is one step."""
    lines = [line.strip() for line in unix(cell).split("\n") if line.strip()]
    numbered = [_NUMBERING.match(line) for line in lines]
    if len(lines) > 1 and all(match and match.end() < len(line) for match, line in zip(numbered, lines, strict=True)):
        return [line[match.end() :] for match, line in zip(numbered, lines, strict=True) if match]
    return lines


def unix(cell: str) -> str:
    """A cell with line feeds as line ends, without blank ends: as items keep their texts."""
    return (_LINE_END.sub("\n", cell) if "\r" in cell else cell).strip()


def first_sentence(text: str, longest: int = 120) -> str:
    """The first sentence of a text on one line, cut between words with an ellipsis when it is too long for a title."""
    sentence = next((part for part in _SENTENCE_END.split(text.strip()) if part and part.strip()), "")
    if sentence.rstrip().endswith((":", "：")):
        # "The vendor must satisfy AC-030:" says nothing without what follows.
        sentence = text.strip()
    words = " ".join(sentence.split()).rstrip("。.;；")
    if len(words) <= longest:
        return words
    cut = words[: longest - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > longest // 2 else cut).rstrip(" ,，、:：") + "…"
