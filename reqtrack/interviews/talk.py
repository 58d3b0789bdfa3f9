"""Who speaks in notes, and when: ``Wang Fang 10:05: …``, ``[00:12:30] 王芳：…``, or ``王芳 2026/11/20 10:05`` on a line of its own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

_CLOCK = r"(?:上午|下午|晚上|凌晨|中午)?\s?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\s?[APap][Mm])?"
_DAY = r"(?:\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?|\d{1,2}[-/月]\d{1,2}日?|昨天|前天|今天|星期.|周.)"
_TIME = rf"(?:{_DAY}\s?)?{_CLOCK}"
_NAME = r"[^\W\d_][^:：\[\]【】,，。！？!?;；、\"“”<>|#\n\t]{0,39}?"
_LEAD = r"[ \t]*(?:>[ \t]?)*(?:[-*+][ \t]+)?[*_]{0,3}"
_FORMS = tuple(
    re.compile(_LEAD + one)
    for one in (
        rf"[\[【(（]?(?P<time>{_TIME})[\]】)）]?[*_]*[ \t]+[*_]*(?P<name>{_NAME})[*_]*[ \t]*[:：][*_]*",
        rf"(?P<name>{_NAME})[*_]*[ \t]*[\[【(（ \t][ \t]*(?P<time>{_TIME})[\]】)）]?[*_]*[ \t]*[:：][*_]*(?!\d)",
        rf"(?P<name>{_NAME})[*_]*[ \t]+(?P<time>{_TIME})[*_]*[ \t]*(?P<own>$)",
        rf"(?P<time>{_DAY}[ \t]+{_CLOCK})[*_]*[ \t]+[*_]*(?P<name>{_NAME})[*_]*[ \t]*(?P<own>$)",
        rf"(?P<name>{_NAME})[*_]*[ \t]*[:：](?!//)[*_]*",
        rf"[\[【](?P<time>{_TIME})[\]】]",
    )
)
LONGEST_NAME = 40
MOST_WORDS = 4
# A Chinese name in full has at most so many characters; what one may be called by a part of it.
LONGEST_HAN = 4
_TITLES = ("工", "总", "经理", "姐", "哥", "师傅", "老师", "主任")
_LESS = ("小", "老", "阿")
_SENTENCE_END = re.compile(r"[\n。！？!?；;]|\.(?=\s|$)")


@dataclass(frozen=True)
class Turn:
    """The beginning of a line in which somebody begins to speak. ``name`` is "" where only the time is told.

    ``spans``: where the name and the time stand; ``own_line``: what is said follows on the next lines.
    """

    start: int
    name: str
    time: str
    name_span: tuple[int, int]
    time_span: tuple[int, int]
    own_line: bool


def turns(text: str) -> list[Turn]:
    """The lines of a text that begin with a speaker or a time mark."""
    found, at = [], 0
    for line in text.split("\n"):
        turn = _turn(line, at)
        if turn is not None:
            found.append(turn)
        at += len(line) + 1
    return found


def _turn(line: str, at: int) -> Turn | None:
    # Each of the forms has a colon, also in its time.
    if (":" not in line and "：" not in line) or line.lstrip()[:1] in ("", "#", "|", "`"):
        return None
    for form in _FORMS:
        match = form.match(line)
        if match is None:
            continue
        parts = match.groupdict()
        name = (parts.get("name") or "").strip(" \t*_")
        if len(name) > LONGEST_NAME or len(name.split()) > MOST_WORDS:
            continue
        begin = match.start("name") + at if name else at
        time = parts.get("time") or ""
        when = (match.start("time") + at, match.end("time") + at) if time else (at, at)
        return Turn(at, name, time.strip(), (begin, begin + len(name)), when, parts.get("own") is not None)
    return None


def told(found: Sequence[Turn], known: Collection[str]) -> list[Turn]:
    """Those turns that are surely turns: with a time, of somebody known, or of a name that begins several lines."""
    often = Counter(one.name for one in found)
    return [
        one for one in found if one.time or often[one.name] > 1 or any(same_person(one.name, name) for name in known)
    ]


def speaker_at(text: str, start: int, whose: Callable[[str], int | None]) -> tuple[bool, int | None]:
    """``(whether the text names a speaker for this place, who it is)``; ``whose`` knows a name as it stands.

    ``Name: …`` holds to the end of its paragraph, a name on a line of its own until somebody else speaks.
    """
    found = [one for one in turns(text) if one.name and (one.time or whose(one.name) is not None)]
    at = bisect_right([one.start for one in found], start) - 1
    if at < 0:
        return False, None
    turn = found[at]
    between = text[turn.start : start]
    if not turn.own_line and re.search(r"\n[ \t]*(?:\n|#)", between):
        return False, None
    return True, whose(turn.name)


def same_person(said: str, name: str) -> bool:
    """Whether a name as notes have it (``Wang``, ``王``, ``王工``, ``小芳``) can be this person's (``Wang Fang``, ``王芳``)."""
    return said.strip().casefold() in spoken(name)


@lru_cache(maxsize=10_000)
def spoken(name: str) -> frozenset[str]:
    """All that notes may call a person, folded."""
    name = name.strip().casefold()
    found = {name, *name.split()}
    for word in (one for one in name.split() if not one.isascii()):
        found |= {word[:end] for end in range(1, len(word))}
        stems = {word[0], word[-1], word[1:]} if 2 <= len(word) <= LONGEST_HAN else {word[0]}
        found |= {stem + title for stem in stems for title in _TITLES} | {
            less + stem for stem in stems for less in _LESS
        }
    return frozenset(found - {""})


def sentences_at(text: str, start: int, end: int) -> tuple[int, int]:
    """From the beginning of the sentence in which ``start`` lies to the end of that in which ``end`` does."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    before = bisect_right(ends, start) - 1
    low = ends[before] if before >= 0 else 0
    high = next((one for one in ends if one >= end), len(text))
    return low, high
