"""Finding known values in texts, in whatever spelling, in one pass over each text however many values there are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from reqtrack.acceptance.data.cells import HAN, fold, says_nothing

# Stars are kept: what stands on both sides of a mask is no value.
_MARKS = re.compile(r"[^\w*]+|_+")
_HAN = re.compile(f"[{HAN}]")
_FEWEST_DIGITS = 5
_SURE_DIGITS = 7
_HEAD = 6


def tight(text: str) -> str:
    """What a value and its spellings inside a text share: half width, lower case, no blanks, no marks but stars."""
    if text.isascii() and text.isalnum():
        return text.lower()
    return _MARKS.sub("", fold(text).casefold())


class Hit(NamedTuple):
    """A known value in a text, from ``start`` to before ``end``."""

    start: int
    end: int
    value: str


class Finder:
    """Looks for values in texts.

    Within a text a value counts when nobody would read it as part of something else: Chinese anywhere, Latin letters as whole words,
    digits from seven on anywhere and five or six as a whole number. What is shorter counts only where it is the whole cell.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._values: dict[str, str] = {}
        heads: dict[str, set[int]] = {}
        for value in values:
            key = tight(value)
            if key and not says_nothing(value):
                self._values.setdefault(key, value)
                if _within(key):
                    heads.setdefault(key[: _HEAD if len(key) >= _HEAD else 2], set()).add(len(key))
        # By how they begin: six characters tell long values from nearly all text, two are all that short ones have.
        self._short = frozenset(tuple(head) for head in heads if len(head) == 2)
        self._long = frozenset(tuple(head) for head in heads if len(head) == _HEAD)
        self._heads = {head: tuple(sorted(lengths, reverse=True)) for head, lengths in heads.items()}

    def whole(self, text: str) -> str | None:
        """The value that a whole text is, or None."""
        return self._values.get(tight(text))

    def hits(self, text: str) -> list[Hit]:
        """The values in a text, the longest first where several begin; they do not overlap."""
        key = tight(text)
        if key in self._values:
            return [Hit(0, len(text), self._values[key])]
        if not self._may_hold(key):
            return []
        chars, places = _placed(text)
        if chars != key:
            # Marks that melt with their neighbours: where something stands cannot be told, but that it does can.
            return [Hit(0, len(text), hit.value) for hit in self._scan(key, range(len(key)), key)[:1]]
        return self._scan(chars, places, text)

    def _may_hold(self, key: str) -> bool:
        """Whether a tight text holds a value at all, whatever stands around it: so most texts are done with."""
        if self._short.isdisjoint(pairwise(key)) and self._long.isdisjoint(
            zip(*(key[at:] for at in range(_HEAD)), strict=False)
        ):
            return False
        heads, values = self._heads, self._values
        for at in range(len(key) - 1):
            lengths = heads.get(key[at : at + _HEAD], ()) + heads.get(key[at : at + 2], ())
            if lengths and any(key[at : at + length] in values for length in lengths):
                return True
        return False

    def _scan(self, chars: str, places: list[int] | range, text: str) -> list[Hit]:
        found, at = [], 0
        while at < len(chars) - 1:
            hit = self._at(chars, places, text, at)
            if hit:
                found.append(Hit(places[at], places[hit - 1] + 1, self._values[chars[at:hit]]))
            at = hit or at + 1
        return found

    def _at(self, chars: str, places: list[int] | range, text: str, at: int) -> int:
        """Where the longest value that begins here ends, or 0."""
        for length in self._heads.get(chars[at : at + _HEAD], ()) + self._heads.get(chars[at : at + 2], ()):
            end = at + length
            key = chars[at:end]
            if key in self._values and len(key) == length and _stands_alone(key, text, places[at], places[end - 1] + 1):
                return end
        return 0


def _within(key: str) -> bool:
    return len(key) >= (_FEWEST_DIGITS if key.isdecimal() else 2)


def _stands_alone(key: str, text: str, start: int, end: int) -> bool:
    """Whether what is found is no part of a longer word or number."""
    if _HAN.search(key) or (key.isdecimal() and len(key) >= _SURE_DIGITS):
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_joins(before, key[0]) or _joins(after, key[-1]))


def _joins(char: str, neighbour: str) -> bool:
    if not char or _HAN.match(char):
        return False
    return char.isdecimal() if neighbour.isdecimal() else char.isalpha()


def _placed(text: str) -> tuple[str, list[int]]:
    """A text made tight character by character, and where each of its characters came from."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for one in _MARKS.sub("", unicodedata.normalize("NFKC", char).casefold()):
            chars.append(one)
            places.append(place)
    return "".join(chars), places
