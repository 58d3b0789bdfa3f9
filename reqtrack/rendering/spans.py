"""Elements put around pieces of the texts of safe HTML: what was marked, who speaks."""

from __future__ import annotations

import html
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from reqtrack.rendering.markdown import TAG


@dataclass(frozen=True)
class Span:
    """Where something stands in the text of the HTML, the tags that open and close it, and HTML that follows its end."""

    start: int
    end: int
    opening: str
    closing: str
    after: str = ""


def parted(rendered: Markup) -> tuple[list[str], list[str]]:
    """Safe HTML as ``(its parts, the text of each)``: texts and tags by turns; a tag has no text."""
    parts = TAG.split(str(rendered))
    return parts, [html.unescape(part) if not n % 2 else "" for n, part in enumerate(parts)]


def wrapped(parts: Sequence[str], words: Sequence[str], spans: Sequence[Span]) -> Markup:
    """The HTML with the spans: each text is cut where one begins or ends, so that elements never cross."""
    out: list[str] = []
    at = 0
    cuts = sorted({cut for span in spans for cut in (span.start, span.end)})
    waiting = sorted(spans, key=lambda span: (-span.start, span.end))
    over: list[Span] = []
    for n, part in enumerate(parts):
        if n % 2:
            out.append(part)
            continue
        end = at + len(words[n])
        edges = [at, *(cut for cut in cuts[bisect_right(cuts, at) : bisect_left(cuts, end)]), end]
        for low, high in itertools.pairwise(edges):
            over = [span for span in over if span.end > low]
            while waiting and waiting[-1].start <= low:
                over.append(waiting.pop())
            if low < high:
                out.append(_piece(words[n][low - at : high - at], over, high))
        at = end
    return Markup("".join(out))


def _piece(words: str, over: Sequence[Span], end: int) -> str:
    text = str(escape(words))
    if words.strip() and over:
        text = "".join(span.opening for span in over) + text + "".join(span.closing for span in reversed(over))
    return text + "".join(span.after for span in over if span.end == end)
