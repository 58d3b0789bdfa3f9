"""``check``: run all rules over a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from reqtrack.requirements.text.reading import XS, Reading, read
from reqtrack.requirements.text.rule import RULES, Finding

# What is longer than any statement is not read to its end: the page must not wait for it.
MOST = 20_000
_FIRST = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*|\\\?|_|<|\\\[")
# What makes a word part of a longer one, behind it and before it.
_TIED = re.compile(r"(?!xx)[a-z0-9]|['’-][a-z0-9]")
_JOINED = re.compile(r".?[a-z0-9]$|[a-z0-9]['’-]$")
Place = tuple[int, int, str]


def check(statement: str, language: str = "auto") -> list[Finding]:
    """What the rules find in a statement, in the order of its words.

    Args:
        language: ``en`` or ``zh`` when it is known; ``auto`` reads each sentence in its own.
    """
    return list(_checked(statement[:MOST], language))


@lru_cache(maxsize=60_000)
def _checked(statement: str, language: str) -> tuple[Finding, ...]:
    reading = read(statement, language)
    if not reading.sentences:
        return ()
    found = [*_longest(_terms(reading)), *_other(reading)]
    bare = {(*_trimmed(statement, start, end), name) for start, end, name in found}
    return tuple(
        Finding(name, start, end, statement[start:end], reading.sentence_at(start).language)
        for start, end, name in sorted(bare)
    )


def _trimmed(statement: str, start: int, end: int) -> tuple[int, int]:
    words = statement[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def _other(reading: Reading) -> Iterator[Place]:
    for name, rule in RULES.items():
        if not rule.needs or not rule.needs.isdisjoint(reading.signs):
            for start, end in rule.find(reading):
                yield start, end, name


def _terms(reading: Reading) -> Iterator[Place]:
    if "en" in reading.languages:
        table = _table("en")
        for first in table.keys() & reading.signs:
            for place in _words(reading.lower, first):
                yield from _at(reading, place, table[first])
    if "zh" in reading.languages:
        table = _table("zh")
        for letter in table.keys() & reading.signs:
            for place in _places(reading.lower, letter):
                yield from _at(reading, place, table[letter])


def _places(text: str, words: str) -> Iterator[int]:
    place = text.find(words)
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


def _words(text: str, first: str) -> Iterator[int]:
    """Where a word stands that is no part of another: not "fast" in "breakfast" or "fast-moving"."""
    for place in _places(text, first):
        if not first[0].isalnum() or (
            not _TIED.match(text, place + (len(first) if first != XS else 0))
            and not _JOINED.match(text[max(place - 2, 0) : place])
        ):
            yield place


def _at(reading: Reading, place: int, candidates: list[tuple[re.Pattern[str], str]]) -> Iterator[Place]:
    for pattern, name in candidates:
        found = pattern.match(reading.lower, place)
        if found and found.end() > place and RULES[name].keeps(reading, place, found.end()):
            yield place, found.end(), name


@cache
def _table(language: str) -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """The phrases of all rules by their first word or character: one pattern for each rule, that tries the longest first."""
    phrases: dict[str, dict[str, list[str]]] = {}
    for name, rule in RULES.items():
        for phrase in sorted(rule.terms.get(language, ()), key=_length, reverse=True):
            first, pattern = _first(phrase, language)
            phrases.setdefault(first, {}).setdefault(name, []).append(pattern)
    return {
        first: [(re.compile("|".join(patterns)), name) for name, patterns in by_rule.items()]
        for first, by_rule in phrases.items()
    }


def _length(phrase: str) -> int:
    """How long a phrase is without what must or must not follow."""
    return len(re.split(r"\(\?[!=]", phrase)[0])


def _first(phrase: str, language: str) -> tuple[str, str]:
    if language == "zh":
        return phrase[0], phrase
    found = _FIRST.match(phrase)
    # What goes on within the word would never be looked up.
    if found is None or (phrase[0].isalnum() and re.match(r"[\[?*]|\(\?:", phrase[found.end() :])):
        raise ValueError(f"a phrase begins with a plain word: {phrase}")
    return found.group().removeprefix("\\"), phrase + r"(?![a-z0-9])"


def _longest(places: Iterator[Place]) -> list[Place]:
    """Of phrases that overlap, the longest: "most user-friendly" is a superlative, not a vague word in one."""
    kept: list[Place] = []
    taken: set[int] = set()
    for start, end, name in sorted(places, key=lambda place: (place[0] - place[1], place[0])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            kept.append((start, end, name))
    return kept
