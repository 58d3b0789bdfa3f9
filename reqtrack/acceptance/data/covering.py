"""A few rows that show all there is: one of each way of writing and each spelling of the columns that a test is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

from reqtrack.acceptance.data.cells import text_of
from reqtrack.acceptance.data.formats import named
from reqtrack.acceptance.data.shapes import shape
from reqtrack.acceptance.data.spellings import spellings

# Of a column so many ways of writing are shown, the most frequent first: free text has one for each cell.
MOST_WAYS = 40
# More rows than that nobody runs by hand.
MOST_ROWS = 60


def cover(rows: Sequence[Sequence[str]], columns: Sequence[int], most: int = MOST_ROWS) -> list[int]:
    """The places of rows among which each way of writing and each spelling of the columns stands, also the empty cell.

    Greedy: the row that shows most of what is still missing comes next, of equals the first. That is at most ln(n) times as many
    as the fewest possible, and in practice the fewest or one more. At most ``most``; their order is that of the rows.
    """
    features = _features(rows, columns)
    # Rows that show the same are one: the first stands for them.
    first: dict[frozenset[Hashable], int] = {}
    for place, found in enumerate(features):
        first.setdefault(found, place)
    left = set().union(*first) if first else set()
    chosen: list[int] = []
    while left and len(chosen) < most:
        best = max(first, key=lambda found: (len(found & left), -first[found]))
        chosen.append(first.pop(best))
        left -= best
    return sorted(chosen)


def _features(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> list[frozenset[Hashable]]:
    """What each row shows: of each column its way of writing, and its spelling where a value has several."""
    shown: list[set[Hashable]] = [set() for _row in rows]
    for column in columns:
        cells = [text_of(row[column]) if column < len(row) else "" for row in rows]
        counts = Counter(cells)
        counts.pop("", None)
        ways = {cell: _way(cell) for cell in counts}
        often: Counter[Hashable] = Counter()
        for cell, count in counts.items():
            often[ways[cell]] += count
        kept = {way for way, _count in often.most_common(MOST_WAYS)}
        spelt = {
            value for one in spellings(counts)[:MOST_WAYS] for value in (one.proposed, *(v for v, _n in one.others))
        }
        for cell, found in zip(cells, shown, strict=True):
            if not cell:
                found.add((column, "empty"))
                continue
            if ways[cell] in kept:
                found.add((column, "way", ways[cell]))
            if cell in spelt:
                found.add((column, "spelling", cell))
    return [frozenset(found) for found in shown]


def _way(cell: str) -> Hashable:
    written = shape(cell)
    return written, named(cell, written)
