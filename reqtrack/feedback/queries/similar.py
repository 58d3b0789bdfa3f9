"""Feedback that says nearly the same, as a proposal: nothing is grouped by itself."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz, process

from reqtrack.items.search import fold

# How alike two texts are, of 100, from which on they are proposed as the same.
LEAST = 60.0
# Of a long text the beginning decides.
LONGEST = 400
# Shorter texts say too little to be alike.
SHORTEST = 4


def comparable(text: str) -> str:
    """A text as it is compared: folded, words alone."""
    return " ".join("".join(char if char.isalnum() else " " for char in fold(text)).split())[:LONGEST]


def proposals(text: str, others: Mapping[int, str], most: int = 5) -> list[tuple[int, int]]:
    """``(id, how alike of 100)`` of the texts that say nearly the same, the most alike first.

    Args:
        text, others: as ``comparable`` gives them.
    """
    if len(text) < SHORTEST or not others:
        return []
    # Nothing narrows the others down beforehand: that cost more than the comparison (a thousand of them take 1 ms).
    found = process.extract(text, others, scorer=fuzz.ratio, score_cutoff=LEAST, limit=most)
    return [(number, round(score)) for _text, score, number in found]
