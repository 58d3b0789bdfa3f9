"""Values of a column that are spellings of one value: by case, width, blanks, punctuation, traditional characters, or a slip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from reqtrack.acceptance.data.cells import HAN, loose, says_nothing
from reqtrack.acceptance.data.hanzi import simplified

# More distinct values than that are no list of choices, in which a slip could be told from another value, nor (below) one to be read.
MOST_KEYS = 1_000
MOST_VALUES = 5_000
LONGEST = 60
_HAN = re.compile(f"[{HAN}]")
_DIGITS = re.compile(r"\D+")
# A value and what denies it are close in letters and far in meaning.
_DENIAL = re.compile(r"^(?:un|in|im|ir|non|dis|re|de|pre|sub|不|未|非|无|已|待|半|再|免|副|总|大|小|新|老)$")


@dataclass(frozen=True)
class Spelling:
    """One value in several spellings: ``proposed`` is the most frequent, ``others`` the rest; each with how often it stands."""

    proposed: str
    count: int
    others: tuple[tuple[str, int], ...]
    by_slip: bool = False  # some differ by letters, not by writing alone: somebody should look


def spellings(counts: Mapping[str, int]) -> tuple[Spelling, ...]:
    """The groups of values that mean one, those that concern most cells first.

    Args:
        counts: each distinct value of a column with how often it stands.
    """
    if len(counts) > MOST_VALUES:
        return ()
    groups: dict[str, list[str]] = {}
    for value in counts:
        if len(value) <= LONGEST and not says_nothing(value):
            key = simplified(loose(value))
            if key:
                groups.setdefault(_kept_apart(key, value), []).append(value)
    found = [_spelling(values, counts, slip) for values, slip in _joined(groups, counts) if len(values) > 1]
    return tuple(sorted(found, key=lambda one: (-sum(count for _, count in one.others), one.proposed)))


def _kept_apart(key: str, value: str) -> str:
    """The key of a value; for figures with their points and signs, which are no mere punctuation: 1.5 is not 15, nor -5 5."""
    return key if not key.isdecimal() else "".join(value.split())


def _spelling(values: Iterable[str], counts: Mapping[str, int], slip: bool) -> Spelling:
    first, *others = sorted(values, key=lambda value: (-counts[value], value))
    return Spelling(first, counts[first], tuple((value, counts[value]) for value in others), slip)


def _joined(groups: dict[str, list[str]], counts: Mapping[str, int]) -> Iterable[tuple[list[str], bool]]:
    """The groups, those put to another that look like its slips. A chain of slips is not followed: that leads anywhere."""
    if len(groups) > MOST_KEYS:
        return [(values, False) for values in groups.values()]
    weight = {key: sum(counts[value] for value in values) for key, values in groups.items()}
    order = sorted(groups, key=lambda key: (-weight[key], key))
    # Never a figure: only keys with the same digits can be slips of each other, which also keeps codes from being compared at all.
    alike: dict[str, list[str]] = {}
    for key in order:
        if not key.isdecimal():
            alike.setdefault(_DIGITS.sub("", key), []).append(key)
    home: dict[str, str] = {}
    for keys in alike.values():
        home.update(_homes(keys, weight))
    slips = set(home.values())
    merged: dict[str, list[str]] = {key: [] for key in order if key not in home}
    for key in order:
        merged[_root(key, home)].extend(groups[key])
    return [(values, key in slips) for key, values in merged.items()]


def _homes(keys: list[str], weight: Mapping[str, int]) -> dict[str, str]:
    """Of keys in the order of their weight, those that are slips of another, with that."""
    home: dict[str, str] = {}
    for key in keys:
        if key in home or len(key) < 4:
            continue
        likely = [other for other in keys if other not in home and weight[other] * 3 <= weight[key]]
        for other, _, _ in process.extract(key, likely, scorer=OSA.distance, score_cutoff=2, limit=None):
            if _is_slip(other, key):
                home[other] = key
    return home


def _root(key: str, home: Mapping[str, str]) -> str:
    while key in home:
        key = home[key]
    return key


def _is_slip(key: str, of: str) -> bool:
    """Whether a rare key is a frequent one with a slip: one letter in a word of five, two in one of nine, never a figure.

    In Chinese only a character too many or too few counts (华东 and 华南 are two regions), and none that denies or grades.
    """
    shorter, longer = sorted((key, of), key=len)
    if longer.endswith(shorter) and _DENIAL.match(longer[: len(longer) - len(shorter)]):
        return False
    distance = OSA.distance(key, of)
    if _HAN.search(key + of):
        added = [op for op in Levenshtein.editops(shorter, longer) if op.tag != "insert"]
        place = next(iter(Levenshtein.editops(shorter, longer)), None)
        char = longer[place.dest_pos] if place else ""
        return distance == 1 and not added and len(shorter) >= 4 and not _DENIAL.match(char)
    return distance <= (2 if len(shorter) >= 9 else 1 if len(shorter) >= 5 else 0)
