"""The fonts that documents carry: where they are, and which characters they have."""

from __future__ import annotations

import functools
import unicodedata
from bisect import bisect_right
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEIGHTS = (400, 700)
# Drawn as nothing by every font: joiners, variation selectors, direction marks.
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


@functools.cache
def exports_folder() -> Path:
    """The folder ``exports/``: inside the package when installed from a wheel, beside it in a checkout.

    Raises:
        FileNotFoundError: it is in neither place, so the installation is broken.
    """
    for place in (HERE.parent / "exports", HERE.parent.parent / "exports"):
        if (place / "fonts" / "coverage.txt").is_file():
            return place
    raise FileNotFoundError("exports/fonts/coverage.txt is missing: the installation is incomplete.")


def font_file(weight: int | str) -> Path:
    """The file of a weight (400, 700) or of the ``figures``."""
    return exports_folder() / "fonts" / f"NotoSansSC-{weight}.ttf"


@functools.cache
def _coverage() -> tuple[list[int], list[int]]:
    """First and last code points of the ranges that both weights have."""
    lines = (exports_folder() / "fonts" / "coverage.txt").read_text("ascii").split()
    pairs = [line.split("-") for line in lines]
    return [int(first, 16) for first, _ in pairs], [int(last, 16) for _, last in pairs]


def missing_glyphs(text: str) -> set[str]:
    """The visible characters of ``text`` that the bundled fonts cannot draw."""
    firsts, lasts = _coverage()
    missing: set[str] = set()
    for char in set(text):
        code = ord(char)
        at = bisect_right(firsts, code) - 1
        if at >= 0 and code <= lasts[at]:
            continue
        if unicodedata.category(char) in INVISIBLE or any(code in r for r in SELECTORS):
            continue
        missing.add(char)
    return missing


def spelled(char: str) -> str:
    """What is printed for a character that no font has: its number, so that it can be looked up."""
    return f"[U+{ord(char):04X}]"
