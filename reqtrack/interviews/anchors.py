"""Where marked words stand after the notes around them were edited.

Two texts are compared once (``blocks``: what stands in both, in order). A passage that lies whole in one of these blocks has kept
its place. Where a deletion or an insertion might as well have happened a little earlier or later (the same sentence twice), that
reading is taken which leaves most passages whole. What is left was touched or carried elsewhere: its words are looked for
among the occurrences that came with the edit, never among those that were there before, which are other passages.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

# How many pairs of pieces, or of characters, a comparison may look at: what is beyond is compared more coarsely.
MOST_PAIRS = 60_000_000
CONTEXT = 40
LEAST_CONTEXT = 3
ALIKE = 60.0  # of 100: how alike the words before, or after, are to be
ALIKE_AT_ALL = 30.0
TELLING = 24  # words of this width (a Chinese character counts two) are known without what stands around them
MOST_OCCURRENCES = 500
_PIECE = re.compile(r"[^\n。！？.!?；;]*[\n。！？.!?；;]+|[^\n。！？.!?；;]+")


@dataclass
class Block:
    """``old[old : old + size] == new[new : new + size]``."""

    old: int
    new: int
    size: int


@dataclass(frozen=True)
class Place:
    """Words that stand in a text from ``start`` on."""

    start: int
    words: str

    @property
    def end(self) -> int:
        return self.start + len(self.words)


def follow(
    old: str, new: str, places: Sequence[Place], held: Collection[tuple[str, int]] = frozenset()
) -> list[int | None]:
    """Where in ``new`` the words of each place (that stand there in ``old``) stand now; None for those whose own words are gone.

    Args:
        held: words with where they stand in ``new`` that are passages of others.
    """
    if old == new:
        return [one.start for one in places]
    found = blocks(old, new)
    _slide(found, old, new, places)
    starts = [block.old for block in found]
    joined = _joined(found)
    begins = [block.old for block in joined]
    kept = [_image(joined, begins, one) for one in places]
    held = set(held) | {(one.words, start) for one, start in zip(places, kept, strict=True) if start is not None}
    _alone(old, new, places, kept, found, starts, held)
    lost = [at for at, start in enumerate(kept) if start is None]
    if lost:
        _look_for(old, new, places, kept, lost, joined, held)
    return kept


def blocks(old: str, new: str) -> list[Block]:
    """What stands in both texts, in order, as few and large blocks as a comparison by sentences and then characters finds."""
    head = _common(old, new, False, min(len(old), len(new)))
    tail = _common(old, new, True, min(len(old), len(new)) - head)
    middle = _between(old, new, head, len(old) - tail, head, len(new) - tail)
    found = [Block(0, 0, head), *middle, Block(len(old) - tail, len(new) - tail, tail)]
    return _joined(found)


def instead(old: str, new: str, places: Sequence[Place]) -> list[str]:
    """What stands in ``new`` where the words of each place stood in ``old``; "" where nothing like them does."""
    found = blocks(old, new)
    ends = [block.old + block.size for block in found]
    told = []
    for one in places:
        start = _expected(found, one.start)
        after = found[min(bisect_left(ends, one.end), len(found) - 1)]
        end = after.new + max(one.end - after.old, 0)
        stretch = new[start:end].strip()
        told.append(stretch if fuzz.ratio(one.words, stretch) >= ALIKE_AT_ALL else _like(one.words, new, start))
    return told


def _like(words: str, text: str, near: int) -> str:
    """The stretch close by that is most like some words; "" when none is, or when it is these very words: another passage."""
    low = max(0, near - CONTEXT)
    window = text[low : near + 2 * len(words) + CONTEXT]
    found = fuzz.partial_ratio_alignment(words, window, score_cutoff=ALIKE) if window.strip() else None
    stretch = window[found.dest_start : found.dest_end].strip() if found is not None else ""
    return "" if stretch == words else stretch


def _common(old: str, new: str, backwards: bool, most: int) -> int:
    """How many characters two texts have in common at their beginning, or end: halving, so that slices are compared."""
    low, high = 0, most
    while low < high:
        half = (low + high + 1) // 2
        same = old[len(old) - half :] == new[len(new) - half :] if backwards else old[:half] == new[:half]
        low, high = (half, high) if same else (low, half - 1)
    return low


def _between(old: str, new: str, a: int, b: int, c: int, d: int) -> Iterator[Block]:
    """The blocks of ``old[a:b]`` and ``new[c:d]``: by sentences first, by characters where these differ."""
    if a == b or c == d:
        return
    mine, theirs = _PIECE.findall(old, a, b), _PIECE.findall(new, c, d)
    if len(mine) * len(theirs) > MOST_PAIRS:
        return
    numbers: dict[str, int] = {}
    first, second = ([numbers.setdefault(piece, len(numbers)) for piece in pieces] for pieces in (mine, theirs))
    at, there = _ends(mine, a), _ends(theirs, c)
    mark, there_mark = a, c
    for step in (*(one for one in Indel.opcodes(first, second) if one.tag == "equal"), None):
        here, far = (at[step.src_start], there[step.dest_start]) if step else (b, d)
        yield from _by_characters(old, new, mark, here, there_mark, far)
        if step:
            mark, there_mark = at[step.src_end], there[step.dest_end]
            yield Block(here, far, mark - here)


def _ends(pieces: Sequence[str], start: int) -> list[int]:
    found = [start]
    for piece in pieces:
        found.append(found[-1] + len(piece))
    return found


def _by_characters(old: str, new: str, a: int, b: int, c: int, d: int) -> Iterator[Block]:
    if a == b or c == d or (b - a) * (d - c) > MOST_PAIRS:
        return
    for step in Indel.opcodes(old[a:b], new[c:d]):
        if step.tag == "equal":
            yield Block(a + step.src_start, c + step.dest_start, step.src_end - step.src_start)


def _joined(found: Sequence[Block]) -> list[Block]:
    """Blocks without gap between them are one; empty ones stay at the ends alone, where they bound a gap."""
    joined: list[Block] = []
    for at, block in enumerate(found):
        last = joined[-1] if joined else None
        if last and last.old + last.size == block.old and last.new + last.size == block.new:
            last.size += block.size
        elif block.size or at in (0, len(found) - 1):
            joined.append(Block(block.old, block.new, block.size))
    return joined


def _slide(found: Sequence[Block], old: str, new: str, places: Sequence[Place]) -> None:
    """Move each deletion and insertion, as far as the texts are the same, to where it leaves most passages whole."""
    # Where there were several, what stands before and after them all has not moved: a single insertion or deletion alone may
    # be read as having happened a little earlier or later there.
    several = len(found) > 2
    for at, (before, after) in enumerate(itertools.pairwise(found)):
        gone = after.old - before.old - before.size
        came = after.new - before.new - before.size
        if gone and came:
            continue
        text, width, where = (old, gone, before.old + before.size) if gone else (new, came, before.new + before.size)
        room = (0 if several and not at else before.size, 0 if several and at == len(found) - 2 else after.size)
        least, most = _reach(text, where, width, *room)
        if least == most == 0:
            continue
        start = before.old + before.size
        near = [one for one in places if one.end > start + least and one.start < start + gone + most]
        by = _best(near, start, gone, least, most)
        before.size += by
        after.old, after.new, after.size = after.old + by, after.new + by, after.size - by


def _reach(text: str, at: int, width: int, before: int, after: int) -> tuple[int, int]:
    """How far a window of a text can be moved to both sides so that the text without it stays the same."""
    left = right = 0
    while left < before and text[at - left - 1] == text[at + width - left - 1]:
        left += 1
    while right < after and text[at + right] == text[at + width + right]:
        right += 1
    return -left, right


def _best(near: Sequence[Place], start: int, gone: int, least: int, most: int) -> int:
    """By how much a gap (of ``gone`` characters of the old text, 0 for an insertion) is moved to touch fewest passages."""
    wanted = {0, least, most}
    for one in near:
        wanted |= {one.end - start, one.start - gone - start}

    def touched(by: int) -> int:
        low, high = start + by, start + by + gone
        return sum(one.start < high and one.end > low if gone else one.start < low < one.end for one in near)

    return min((by for by in wanted if least <= by <= most), key=lambda by: (touched(by), abs(by)))


def _image(found: Sequence[Block], starts: Sequence[int], one: Place) -> int | None:
    block = found[max(bisect_right(starts, one.start) - 1, 0)]
    if one.start < block.old:
        return None
    return one.start - block.old + block.new if one.end <= block.old + block.size else None


def _alone(
    old: str, new: str, places: Sequence[Place], kept: list[int | None], found: Sequence[Block], starts: Sequence[int],
    held: set[tuple[str, int]],
) -> None:  # fmt: skip
    """Two passages that overlap may each be whole in a reading of its own: one that is lost for the other's sake is kept, too."""
    for at, one in enumerate(places):
        if kept[at] is None:
            here = max(bisect_right(starts, one.start) - 1, 0)
            near = [Block(block.old, block.new, block.size) for block in found[max(here - 1, 0) : here + 3]]
            _slide(near, old, new, [one])
            near = _joined(near)
            start = _image(near, [block.old for block in near], one)
            if start is not None and (one.words, start) not in held:
                kept[at] = start
                held.add((one.words, start))


def _look_for(
    old: str, new: str, places: Sequence[Place], kept: list[int | None], lost: Sequence[int], found: Sequence[Block],
    held: set[tuple[str, int]],
) -> None:  # fmt: skip
    """Find those that were touched or carried elsewhere, the surest first; no place is given twice to the same words."""
    starts = [block.new for block in found]
    offers = []
    for at in lost:
        one = places[at]
        expected = _expected(found, one.start)
        for start in _occurrences(new, one.words):
            block = found[max(bisect_right(starts, start) - 1, 0)]
            if block.new <= start and start + len(one.words) <= block.new + block.size:
                continue  # it stood there before: another passage
            sure = _sureness(old, new, one, start)
            if sure:
                offers.append((-sure, abs(start - expected), at, start))
    for _sure, _far, at, start in sorted(offers):
        if kept[at] is None and (places[at].words, start) not in held:
            kept[at] = start
            held.add((places[at].words, start))


def _expected(found: Sequence[Block], start: int) -> int:
    before = [block for block in found if block.old <= start]
    return before[-1].new + min(start - before[-1].old, before[-1].size) if before else 0


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    for _ in range(MOST_OCCURRENCES):
        if at < 0:
            return
        yield at
        at = text.find(words, at + 1)


def _sureness(old: str, new: str, one: Place, start: int) -> float:
    """How sure it is that words at ``start`` are the passage, by what stands before and after; 0 when they need not be."""
    end = start + len(one.words)
    before = _alike(old[max(0, one.start - CONTEXT) : one.start][::-1], new[max(0, start - CONTEXT) : start][::-1])
    after = _alike(old[one.end : one.end + CONTEXT], new[end : end + CONTEXT])
    best = max(before, after)
    telling = sum(2 if char > "\u2e7f" else 1 for char in one.words) >= TELLING
    return best + 1 if best >= ALIKE or telling else 0.0


def _alike(mine: str, theirs: str) -> float:
    """How alike the words beside two places are, from 0 to 100, as far as both go."""
    width = min(len(mine), len(theirs))
    if len(mine[:width].strip()) < LEAST_CONTEXT:
        return 0.0
    return max(fuzz.ratio(mine[:part], theirs[:part]) for part in {width, min(width, CONTEXT // 3)})
