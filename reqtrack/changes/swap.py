"""Which items to move out of a phase that would carry too much: the fewest that make room, and among those the fewest of higher
tier. Pure.

What depends on an item cannot come before it: it goes along, and where that may not move, the item stays. That makes the choice
hard in general: up to ``EXACT`` candidates it is searched through, beyond that a good choice tells how far from the best it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

EXACT = 40
# Where even so few candidates are so entangled that the search has no end; and of changing one for one.
MOST_STEPS = 60_000


@dataclass(frozen=True)
class Candidate:
    """An item that may be moved out: its estimate, whether it is *should* (else *later*), and what in the phase depends on it."""

    key: str
    days: Decimal
    should: bool = False
    needed_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Swap:
    """What to move out, in the order given; ``more``: at most how many items more than the fewest that would do (0: none)."""

    keys: tuple[str, ...]
    days: Decimal
    more: int = 0


def choose(candidates: Sequence[Candidate], excess: Decimal, exact: int = EXACT) -> Swap | None:
    """The fewest candidates whose estimates are at least ``excess`` together; None where all of them are not."""
    movable = _movable(candidates)
    search = _Search(movable, int(excess * 100))
    chosen = search.good()
    if chosen is None:
        return None
    proved = False
    if len(movable) <= exact:
        chosen, proved = search.best(chosen)
    chosen = search.smoothed(chosen)
    more = 0 if proved else chosen.bit_count() - (search.fewest(0, 0) or 0)
    keys = tuple(one.key for at, one in enumerate(movable) if chosen >> at & 1)
    return Swap(keys, Decimal(search.days(chosen)) / 100, more)


def _movable(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those on which nothing depends, however indirectly, that has to stay."""
    left = {one.key: one for one in candidates}
    while stay := [key for key, one in left.items() if not one.needed_by <= left.keys()]:
        for key in stay:
            del left[key]
    return [one for one in candidates if one.key in left]


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Search:
    """Sets of candidates are the bits of a number. ``along``: what goes along with each, itself among it."""

    def __init__(self, movable: Sequence[Candidate], need: int) -> None:
        self.need = need
        self.weights = [int(one.days * 100) for one in movable]
        self.shoulds = sum(1 << at for at, one in enumerate(movable) if one.should)
        at = {one.key: number for number, one in enumerate(movable)}
        self.along = self._closed([sum(1 << at[key] for key in {one.key, *one.needed_by}) for one in movable])
        # What an item drags along, the other way round: to keep it is to keep these.
        self.dragging = [0] * len(movable)
        for p, mask in enumerate(self.along):
            for i in _bits(mask):
                self.dragging[i] |= 1 << p
        self.heaviest = sorted(range(len(movable)), key=lambda i: (-self.weights[i], bool(self.shoulds >> i & 1), i))
        self.steps = 0

    @staticmethod
    def _closed(direct: Sequence[int]) -> list[int]:
        found = list(direct)
        while True:
            wider = [mask | _union(found[i] for i in _bits(mask)) for mask in found]
            if wider == found:
                return found
            found = wider

    def days(self, mask: int) -> int:
        return sum(self.weights[i] for i in _bits(mask))

    def fewest(self, chosen: int, kept: int) -> int | None:
        """How many more it takes at least, if nothing dragged anything along; None where all would not do."""
        need = self.need - self.days(chosen)
        count = 0
        for i in self.heaviest:
            if need <= 0:
                return count
            if not (chosen | kept) >> i & 1:
                need -= self.weights[i]
                count += 1
        return count if need <= 0 else None

    def good(self) -> int | None:
        """A set that makes room, found by taking what gives most for each item that goes along."""
        sizes = [(self.days(mask), mask.bit_count(), (mask & self.shoulds).bit_count()) for mask in self.along]
        chosen, lacking = 0, self.need
        while lacking > 0:
            best, best_rank = -1, (0.0, 0)
            for i in self.heaviest:
                days, count, shoulds = sizes[i]
                rank = (min(days, lacking) / count, -shoulds)
                if rank > best_rank and not chosen >> i & 1:
                    best, best_rank = i, rank
            if best < 0:
                return None
            chosen |= self.along[best]
            lacking = self.need - self.days(chosen)
        return self._pruned(chosen)

    def _pruned(self, chosen: int) -> int:
        """Without what is not needed, should items first, then the lightest."""
        order = sorted(_bits(chosen), key=lambda i: (not self.shoulds >> i & 1, self.weights[i]))
        while True:
            spare = self.days(chosen) - self.need
            i = next((i for i in order if self.weights[i] <= spare and self._loose(chosen, i)), None)
            if i is None:
                return chosen
            chosen &= ~(1 << i)
            order.remove(i)

    def _loose(self, chosen: int, i: int) -> bool:
        """Whether nothing else in the set drags an item along."""
        return self.dragging[i] & chosen == 1 << i

    def rank(self, mask: int) -> tuple[int, int]:
        return mask.bit_count(), (mask & self.shoulds).bit_count()

    def best(self, found: int) -> tuple[int, bool]:
        """The best set, beginning from a good one; whether it is proved to be the best."""
        best = found

        def look(chosen: int, kept: int) -> None:
            nonlocal best
            self.steps += 1
            if self.steps > MOST_STEPS or not self._promising(chosen, kept, self.rank(best)):
                return
            if self.days(chosen) >= self.need:
                best = chosen
                return
            i = next(i for i in self.heaviest if not (chosen | kept) >> i & 1)
            if not self.along[i] & kept:
                look(chosen | self.along[i], kept)
            look(chosen, kept | self.dragging[i])

        look(0, 0)
        return best, self.steps <= MOST_STEPS

    def _promising(self, chosen: int, kept: int, best: tuple[int, int]) -> bool:
        """Whether something better than the best may lie below."""
        count, shoulds = self.rank(chosen)
        more = self.fewest(chosen, kept)
        if more is None or count + more > best[0]:
            return False
        return count + more < best[0] or shoulds + self._shoulds(chosen, kept, more) < best[1]

    def _shoulds(self, chosen: int, kept: int, count: int) -> int:
        """How many should items are at least among so many more."""
        need = self.need - self.days(chosen)
        free = [i for i in self.heaviest if not (chosen | kept) >> i & 1]
        later = [self.weights[i] for i in free if not self.shoulds >> i & 1]
        should = [self.weights[i] for i in free if self.shoulds >> i & 1]
        for number in range(count + 1):
            if sum(later[: count - number]) + sum(should[:number]) >= need:
                return number
        return count

    def smoothed(self, chosen: int) -> int:
        """As many, with fewer should items or fewer days, where changing one for one does that."""
        self.steps = 0
        while (better := next(self._exchanges(chosen), None)) is not None:
            chosen = better
        return chosen

    def _exchanges(self, chosen: int) -> Iterator[int]:
        days = self.days(chosen)
        for out in _bits(chosen):
            if not self._loose(chosen, out):
                continue
            rest = chosen & ~(1 << out)
            for i in reversed(self.heaviest):
                self.steps += 1
                if self.steps > MOST_STEPS:
                    return
                left = days - self.weights[out] + self.weights[i]
                if chosen >> i & 1 or left < self.need or self.along[i] & ~rest != 1 << i:
                    continue
                mask = rest | 1 << i
                if ((mask & self.shoulds).bit_count(), left) < ((chosen & self.shoulds).bit_count(), days):
                    yield mask


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
