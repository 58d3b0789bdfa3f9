"""Which of all results of a row counts. Pure: the newest, as far as machines may have a say in the project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Given(NamedTuple):
    """What is asked of a result: its number in the project, its verdict, whether a machine brought it."""

    number: int
    verdict: str
    machine: bool


def counting(given: Iterable[Given], alone: bool) -> int | None:
    """The number of the result that counts for one row (None: there is none).

    Args:
        given: what was recorded and not revoked, oldest first.
        alone: a machine's result counts as a person's does. Else a machine's pass only takes back what a machine saw fail before,
            and what a person saw last counts again; whatever a machine skipped says nothing.
    """
    person: int | None = None
    trouble: int | None = None
    for one in given:
        if alone or not one.machine:
            person, trouble = one.number, None
        elif one.verdict != "skipped":
            trouble = None if one.verdict == "passed" else one.number
    return person if trouble is None else trouble
