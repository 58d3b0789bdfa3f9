"""Notes as a page shows them: rendered, with what was marked highlighted and who speaks, and when, quietly set off.

The HTML is that of ``rendering.markdown``: what is added are elements around pieces of its texts, which stay escaped.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reqtrack.interviews import talk
from reqtrack.interviews.anchors import Block, blocks
from reqtrack.rendering.spans import Span, parted, wrapped

_MARKUP = set("*_`~>#[]()!|\\-+=")
_NEW_LINE = re.compile(r"</?(?:p|br|li|ul|ol|h[1-6]|blockquote|td|th|tr|table|pre|dl|dt|dd|hr)\b")
_APART = re.compile(r"</?(?:h[1-6]|code|pre)\b")


@dataclass(frozen=True)
class Mark:
    """A passage of the text that was rendered: its number on the page, the excerpt, from where to where it stands."""

    number: int
    excerpt: int
    start: int
    end: int
    hidden: bool = False


def put(text: str, swaps: Sequence[tuple[int, int, str]], marks: Iterable[Mark]) -> tuple[str, list[Mark]]:
    """A text with some of its words replaced (``Mask.swaps``), and where the marks stand in it then."""
    pieces, at, ends, shifts = [], 0, [], []
    gained = 0
    for start, end, words in swaps:
        pieces += [text[at:start], words]
        ends.append((start, end, start + gained, start + gained + len(words)))
        gained += len(words) - (end - start)
        shifts.append(gained)
        at = end
    pieces.append(text[at:])
    starts = [one[0] for one in ends]

    def moved(place: int, is_end: bool) -> int:
        near = bisect_right(starts, place) - 1
        if near < 0:
            return place
        start, end, low, high = ends[near]
        if start < place < end:
            return high if is_end else low
        return place + (shifts[near] if place >= end else shifts[near - 1] if near else 0)

    return "".join(pieces), [
        Mark(one.number, one.excerpt, moved(one.start, False), moved(one.end, True), one.hidden) for one in marks
    ]


def decorated(rendered: Markup, text: str, marks: Sequence[Mark], known: Collection[str]) -> Markup:
    """The HTML of a text with its marks and speakers.

    Args:
        text: the Markdown that was rendered; the marks stand in it.
        known: names, and what people are called, that may begin a line.
    """
    parts, words = parted(rendered)
    flat = "".join(words)
    spans = [*_marked(text, flat, marks), *_spoken(parts, words, known)]
    return wrapped(parts, words, spans) if spans else rendered


def _marked(text: str, flat: str, marks: Sequence[Mark]) -> list[Span]:
    """Where marks stand in the text of the HTML: both texts are compared without signs and blanks."""
    if not marks:
        return []
    mine, at = _plain(text)
    theirs, there = _plain(flat)
    found = blocks(mine, theirs)
    spans = []
    for one in sorted(marks, key=lambda one: (one.start, -one.end)):
        first, last = bisect_right(at, one.start - 1), bisect_right(at, one.end - 1)
        places = _images(found, first, last)
        if places is None:
            continue
        low, high = there[places[0]], there[places[1]] + 1
        css = "rq-marked rq-marked--hidden" if one.hidden else "rq-marked"
        number = f'<sup data-quote-skip><a href="#q{one.excerpt}" id="m{one.excerpt}">{one.number}</a></sup>'
        spans.append(Span(low, high, f'<mark class="{css}">', "</mark>", number))
    return spans


def _images(found: Sequence[Block], first: int, last: int) -> tuple[int, int] | None:
    """The first and last character of the other text that are those of ``first:last``."""
    starts = [block.old for block in found]
    near = [block for block in found[max(bisect_right(starts, first) - 1, 0) :] if block.old < last]
    seen = [
        (max(first, block.old) - block.old + block.new, min(last, block.old + block.size) - block.old + block.new)
        for block in near
        if block.size and block.old + block.size > first
    ]
    return (seen[0][0], seen[-1][1] - 1) if seen else None


def _plain(text: str) -> tuple[str, list[int]]:
    kept = [(char, at) for at, char in enumerate(text) if not char.isspace() and char not in _MARKUP]
    return "".join(char for char, _ in kept), [at for _, at in kept]


def _spoken(parts: Sequence[str], words: Sequence[str], known: Collection[str]) -> list[Span]:
    """The names and times with which lines begin."""
    lines: list[tuple[int, str]] = []
    line, start, at, shut = "", 0, 0, 0
    for n, part in enumerate(parts):
        if n % 2:
            if _APART.match(part):
                shut += -1 if part.startswith("</") else 1
            if _NEW_LINE.match(part):
                lines.append((start, line))
                line, start = "", at
            continue
        at += len(words[n])
        line += " " * len(words[n]) if shut else words[n]
    lines.append((start, line))
    text = "\n".join(part for _, line in lines for part in line.split("\n"))
    places = [begin + offset for begin, line in lines for offset in _breaks(line)]
    offsets = [0]
    for part in text.split("\n"):
        offsets.append(offsets[-1] + len(part) + 1)
    spans = []
    for turn in talk.told(talk.turns(text), known):
        row = bisect_right(offsets, turn.start) - 1
        by = places[row] - turn.start
        if turn.name:
            spans.append(
                Span(turn.name_span[0] + by, turn.name_span[1] + by, '<b class="rq-says" data-quote-lead>', "</b>")
            )
        if turn.time:
            spans.append(
                Span(
                    turn.time_span[0] + by, turn.time_span[1] + by, '<span class="rq-when" data-quote-lead>', "</span>"
                )
            )
    return spans


def _breaks(line: str) -> list[int]:
    return [0, *(at + 1 for at, char in enumerate(line) if char == "\n")]
