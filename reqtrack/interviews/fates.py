"""What became of somebody's words. The areas whose items are made of quotes register how theirs is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Fate:
    """What became of one item, as the person is told whose words it is made of.

    ``state``: noted (written down) · wanted · decided · built · later (put off) · no (not taken up). ``why``: the reason, of
    those that are put off or not taken up; ``until``: till when one is put off, as somebody typed it.
    """

    state: str
    tier: str = ""
    phase: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    why: str = ""
    until: str = ""


# kind of item → (project id, item ids) → what became of each of them.
TELLERS: dict[str, Callable[[int, Sequence[int]], dict[int, Fate]]] = {}


def told(project_id: int, kind: str, ids: Sequence[int]) -> dict[int, Fate]:
    """What became of items of a kind, by id."""
    teller = TELLERS.get(kind)
    known = teller(project_id, ids) if teller is not None and ids else {}
    return {one: known.get(one, Fate("noted")) for one in ids}
