"""Tables from files and into files. How files are read and written is known by the exchange area, which is above this one and
puts its readers in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reqtrack.files.door import Upload
from reqtrack.files.problems import Problem


@dataclass(frozen=True)
class Table:
    """A table as it was read: the names of its columns, its rows, and what was odd about it. ``name``: of the file, "" where it
    was pasted."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Readers:
    """What the exchange area brings: a file that came through the door or pasted cells into a table, both in memory alone; and rows into
    a file (its format csv or xlsx, its name, header, rows), no cell of which is run as a formula.

    Raises:
        FileProblem: it cannot be read, in sentences with places.
    """

    file: Callable[[Upload], Table]
    pasted: Callable[[str], Table]
    written: Callable[[str, str, Sequence[str], Sequence[Sequence[str]]], bytes]


_readers: list[Readers] = []


def use(readers: Readers) -> None:
    """Read and write tables with these."""
    _readers[:] = [readers]


def readers() -> Readers:
    """What reads and writes tables."""
    return _readers[0]
