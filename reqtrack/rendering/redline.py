"""What changed between two texts, as pieces a reader can follow; and between two lists of lines.

The pieces are plain data: pages, paper and mails draw the same ones. Joined without ``ins`` they are the old text, joined
without ``del`` the new one, to the character; but for those of ``replaced``, which has an arrow between the two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

HAN = (
    r"\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
TOKEN = re.compile(
    rf"[{HAN}]|[0-9]+(?:[.,:][0-9]+)*(?: ?%)?|\r\n|\n|[^\S\n]+|[^\W\d_{HAN}]+(?:['’][^\W\d_{HAN}]+)*|.",
    re.DOTALL,
)
ONE_HAN = re.compile(f"[{HAN}]")
# Han characters that are little more than strokes themselves.
THIN = frozenset("一二三十")
LONG_WORD = re.compile(r"\w{4,}")
# Comparing costs (tokens of one) x (tokens of the other) bits; this many need 32 MB and some tenths of a second.
MAX_CELLS = 16_000 * 16_000
MAX_PAIRS = 2_500

Op = Literal["same", "ins", "del"]
LineOp = Literal["same", "added", "removed", "moved", "changed"]


class Segment(NamedTuple):
    """A piece of text that stayed (``same``), came (``ins``) or went (``del``)."""

    op: Op
    text: str


class Line(NamedTuple):
    """One line of a redlined list; ``old`` and ``new`` are its places from 0, None where it is not in that list."""

    op: LineOp
    segments: list[Segment]
    old: int | None
    new: int | None


class _Run(NamedTuple):
    """A stretch of both token lists: equal, or replaced as a whole."""

    equal: bool
    a0: int
    a1: int
    b0: int
    b1: int


def tokens(text: str) -> list[str]:
    """Han characters one by one, Latin words and numbers whole, runs of blanks, line ends, other signs one by one."""
    return TOKEN.findall(text)


def redline(old: str, new: str) -> list[Segment]:
    """The pieces that lead from ``old`` to ``new``, in reading order; what went stands before what came.

    Cost is bounded: texts too long to compare word by word are compared line by line, and within lines where that is cheap.
    """
    if old == new:
        return [Segment("same", old)] if old else []
    a, b = tokens(old), tokens(new)
    if _too_much(a, b):
        return _by_lines(old, new)
    return _segments(_tidy(_runs(a, b), a, b), a, b)


def replaced(old: str, new: str) -> list[Segment]:
    """A short value before and after, each whole: of a number, a date, a choice it tells nothing which of its signs stayed."""
    if old == new:
        return [Segment("same", old)] if old else []
    gone, came = [Segment("del", old)] if old else [], [Segment("ins", new)] if new else []
    return [*gone, *([Segment("same", " → ")] if gone and came else []), *came]


def _too_much(a: Sequence[str], b: Sequence[str]) -> bool:
    return len(a) * len(b) > MAX_CELLS


def _runs(a: Sequence[str], b: Sequence[str]) -> list[_Run]:
    """Equal and changed stretches by turns, from the longest common sequence of tokens."""
    runs: list[_Run] = []
    for op in Indel.opcodes(a, b):
        run = _Run(op.tag == "equal", op.src_start, op.src_end, op.dest_start, op.dest_end)
        if runs and runs[-1].equal == run.equal:
            last = runs.pop()
            run = _Run(run.equal, last.a0, run.a1, last.b0, run.b1)
        runs.append(run)
    return runs


def _by_lines(old: str, new: str) -> list[Segment]:
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if _too_much(a, b):
        return [Segment("del", old), Segment("ins", new)]
    out: list[Segment] = []
    for run in _runs(a, b):
        before, after = "".join(a[run.a0 : run.a1]), "".join(b[run.b0 : run.b1])
        if run.equal:
            _add(out, "same", before)
        elif before and after and not _too_much(x := tokens(before), y := tokens(after)):
            for piece in _segments(_tidy(_runs(x, y), x, y), x, y):
                _add(out, piece.op, piece.text)
        else:
            _add(out, "del", before)
            _add(out, "ins", after)
    return out


def _tidy(runs: list[_Run], a: Sequence[str], b: Sequence[str]) -> list[_Run]:
    return _widen(_swallow(_slide(runs, a, b), a), a, b)


def _slide(runs: list[_Run], a: Sequence[str], b: Sequence[str]) -> list[_Run]:
    """Shift what only came or only went so that it begins and ends with a sentence, a clause, a word, where that is possible."""
    out = list(runs)
    for n in range(1, len(out) - 1):
        left, here, right = out[n - 1], out[n], out[n + 1]
        if here.equal or (here.a0 < here.a1 and here.b0 < here.b1):
            continue
        side = b if here.a0 == here.a1 else a
        start, end = (here.b0, here.b1) if side is b else (here.a0, here.a1)
        best, score = 0, _edge(side, start, end)
        for way, room in ((-1, left.a1 - left.a0), (1, right.a1 - right.a0)):
            s, e = start, end
            for step in range(1, min(room, 200) + 1):
                if (way < 0 and side[s - 1] != side[e - 1]) or (way > 0 and side[s] != side[e]):
                    break
                s, e = s + way, e + way
                if _edge(side, s, e) > score:
                    best, score = way * step, _edge(side, s, e)
        out[n - 1] = _Run(True, left.a0, left.a1 + best, left.b0, left.b1 + best)
        out[n] = _Run(False, here.a0 + best, here.a1 + best, here.b0 + best, here.b1 + best)
        out[n + 1] = _Run(True, right.a0 + best, right.a1, right.b0 + best, right.b1)
    return _joined(out)


def _edge(side: Sequence[str], start: int, end: int) -> int:
    """How well a stretch begins and ends."""
    return _cut(side, start) + _cut(side, end)


def _cut(side: Sequence[str], at: int) -> int:
    """How good a place between two tokens is to cut: text end, line end, sentence, clause, blank, anything."""
    if at in (0, len(side)):
        return 5
    before, after = side[at - 1], side[at]
    if before[-1] == "\n":
        return 5
    if before in "。！？；.!?;" or (before.isspace() and at > 1 and side[at - 2] in "。！？；.!?;"):
        return 4 if not after.isspace() else 3
    if before in "，、：,:）)”" or after in "（(“":
        return 2
    return 1 if before.isspace() or after.isspace() else 0


def _swallow(runs: list[_Run], a: Sequence[str]) -> list[_Run]:
    """Islands of one or two small tokens between two changes go under, so that the eye reads phrases."""
    out: list[_Run] = []
    for n, run in enumerate(runs):
        island = run.equal and 0 < n < len(runs) - 1 and _small(a[run.a0 : run.a1])
        # Beside what only came or only went, nothing gets shorter: what stayed would be struck and written again.
        island = island and (_replaces(out[-1]) or _replaces(runs[n + 1]))
        out.append(_Run(False, *run[1:]) if island else run)
        out = _joined(out)
    return out


def _replaces(run: _Run) -> bool:
    return not run.equal and run.a0 < run.a1 and run.b0 < run.b1


def _small(island: Sequence[str]) -> bool:
    words = [t for t in island if not t.isspace()]
    if any("\n" in t for t in island):
        return False
    return len(words) <= 2 and not any(LONG_WORD.search(t) for t in words)


def _widen(runs: list[_Run], a: Sequence[str], b: Sequence[str]) -> list[_Run]:
    """A stroke through one lone 一 or 5 cannot be seen: take in the Han characters beside it. Through others it can."""
    out = list(runs)
    for n, run in enumerate(out):
        if run.equal or run.a1 - run.a0 != 1 or not (a[run.a0] in THIN or a[run.a0].isdigit()):
            continue
        left = int(n > 0 and out[n - 1].a1 > out[n - 1].a0 and bool(ONE_HAN.match(a[run.a0 - 1])))
        right = int(n + 1 < len(out) and out[n + 1].a1 > out[n + 1].a0 and bool(ONE_HAN.match(a[run.a1])))
        if left:
            p = out[n - 1]
            out[n - 1] = _Run(True, p.a0, p.a1 - 1, p.b0, p.b1 - 1)
        if right:
            p = out[n + 1]
            out[n + 1] = _Run(True, p.a0 + 1, p.a1, p.b0 + 1, p.b1)
        out[n] = _Run(False, run.a0 - left, run.a1 + right, run.b0 - left, run.b1 + right)
    return _joined(out)


def _joined(runs: Sequence[_Run]) -> list[_Run]:
    """Without empty runs, neighbours of one sort made one."""
    out: list[_Run] = []
    for run in runs:
        if run.a0 == run.a1 and run.b0 == run.b1:
            continue
        if out and out[-1].equal == run.equal:
            last = out.pop()
            run = _Run(run.equal, last.a0, run.a1, last.b0, run.b1)
        out.append(run)
    return out


def _segments(runs: Sequence[_Run], a: Sequence[str], b: Sequence[str]) -> list[Segment]:
    """Runs as pieces. Blanks that both sides of a change begin or end with stay outside of the marks."""
    out: list[Segment] = []
    for run in runs:
        x, y = list(a[run.a0 : run.a1]), list(b[run.b0 : run.b1])
        if run.equal:
            _add(out, "same", "".join(x))
            continue
        head, tail = 0, 0
        while head < min(len(x), len(y)) and x[head] == y[head] and x[head].isspace():
            head += 1
        while tail < min(len(x), len(y)) - head and x[-1 - tail] == y[-1 - tail] and x[-1 - tail].isspace():
            tail += 1
        _add(out, "same", "".join(x[:head]))
        _add(out, "del", "".join(x[head : len(x) - tail]))
        _add(out, "ins", "".join(y[head : len(y) - tail]))
        _add(out, "same", "".join(x[len(x) - tail :]))
    return out


def _add(out: list[Segment], op: Op, text: str) -> None:
    if not text:
        return
    if out and out[-1].op == op:
        text = out.pop().text + text
    out.append(Segment(op, text))


def redline_lines(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    """Two lists (steps, preconditions) as one list to read: lines that stayed, came, went, moved or were reworded.

    Lines stand in the new order; what went stands where it was. A moved line stands at its new place only.
    """
    a, b = list(old), list(new)
    if _too_much(a, b):
        gone = [Line("removed", [Segment("del", t)], i, None) for i, t in enumerate(a)]
        return gone + [Line("added", [Segment("ins", t)], None, i) for i, t in enumerate(b)]
    runs = _runs(a, b)
    moved = _moved(runs, a, b)
    out: list[Line] = []
    for run in runs:
        if run.equal:
            out += [
                Line("same", [Segment("same", a[run.a0 + k])], run.a0 + k, run.b0 + k) for k in range(run.a1 - run.a0)
            ]
        else:
            out += _gap(run, a, b, moved)
    return out


def _moved(runs: Sequence[_Run], a: Sequence[str], b: Sequence[str]) -> dict[int, int]:
    """New place → old place of lines that are word for word somewhere else."""
    left: dict[str, list[int]] = {}
    for run in runs:
        if not run.equal:
            for i in range(run.a0, run.a1):
                if a[i].strip():
                    left.setdefault(a[i], []).append(i)
    found: dict[int, int] = {}
    for run in runs:
        if not run.equal:
            for j in range(run.b0, run.b1):
                if left.get(b[j]):
                    found[j] = left[b[j]].pop(0)
    return found


def _gap(run: _Run, a: Sequence[str], b: Sequence[str], moved: dict[int, int]) -> list[Line]:
    """The lines of one changed stretch: reworded ones paired in order, what went before what came in its place."""
    elsewhere = set(moved.values())
    gone = [i for i in range(run.a0, run.a1) if i not in elsewhere]
    come = [j for j in range(run.b0, run.b1) if j not in moved]
    pairs = _pairs(gone, come, a, b)
    out: list[Line] = []
    for j in range(run.b0, run.b1):
        if j in moved:
            out.append(Line("moved", [Segment("same", b[j])], moved[j], j))
            continue
        until = next((pairs[k] for k in range(j, run.b1) if k in pairs), run.a1)
        while gone and gone[0] < until:
            i = gone.pop(0)
            out.append(Line("removed", [Segment("del", a[i])], i, None))
        if j in pairs:
            gone.remove(pairs[j])
            out.append(Line("changed", redline(a[pairs[j]], b[j]), pairs[j], j))
        else:
            out.append(Line("added", [Segment("ins", b[j])], None, j))
    return out + [Line("removed", [Segment("del", a[i])], i, None) for i in gone]


def _alike(old: str, new: str) -> float:
    """How much two lines have in common, 0 to 1. A line that was only added to is the same line."""
    common = (len(old) + len(new) - Indel.distance(old, new)) / 2
    shorter = min(len(old), len(new))
    return max(2 * common / max(len(old) + len(new), 1), 0.9 * common / shorter if shorter >= 4 else 0.0)


def _pairs(gone: Sequence[int], come: Sequence[int], a: Sequence[str], b: Sequence[str]) -> dict[int, int]:
    """New place → old place of lines that are alike, in order, so that pairs never cross."""
    pairs: dict[int, int] = {}
    if len(gone) * len(come) > MAX_PAIRS:
        return pairs
    start = 0
    for j in come:
        best, place = 0.55, -1
        for k in range(start, len(gone)):
            alike = _alike(a[gone[k]][:2_000], b[j][:2_000])
            if alike > best:
                best, place = alike, k
        if place >= 0:
            pairs[j] = gone[place]
            start = place + 1
    return pairs
