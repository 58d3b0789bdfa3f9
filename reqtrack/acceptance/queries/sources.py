"""Where example rows came from: the row of a data set, as long as nobody has reworded it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from reqtrack.acceptance.models import DataSet, ExampleSource
from reqtrack.db import canonical, db


@dataclass(frozen=True)
class Source:
    """The row of a data set that an example row is: ``row`` counts from 1, as people do."""

    number: int
    row: int
    name: str
    system: str
    taken_on: date | None

    @property
    def key(self) -> str:
        return f"DAT-{self.number}"


def print_of(row: Sequence[str]) -> str:
    """What an example row is known by: the SHA-256 of its cells."""
    return sha256(canonical(list(row)).encode()).hexdigest()


def sources_of(ids: Iterable[int]) -> Mapping[tuple[int, str], Source]:
    """The sources of acceptance scenarios, by the scenario's id and the print of the row (one query)."""
    wanted = (
        select(
            ExampleSource.acceptance_id, ExampleSource.print, ExampleSource.position, DataSet.number, DataSet.name,
            DataSet.system, DataSet.taken_on,
        )
        .join(DataSet, DataSet.id == ExampleSource.data_set_id)
        .where(ExampleSource.acceptance_id.in_(list(ids)))
    )  # fmt: skip
    return {
        (row.acceptance_id, row.print): Source(row.number, row.position + 1, row.name, row.system, row.taken_on)
        for row in db.session.execute(wanted)
    }


def by_row(acceptance_id: int, examples: Mapping[str, Any] | None) -> list[Source | None]:
    """For each example row of a scenario where it came from, None where nobody can say."""
    rows = (examples or {}).get("rows", ())
    found = sources_of([acceptance_id]) if rows else {}
    return [found.get((acceptance_id, print_of(row))) for row in rows]


def kept_sources(acceptance_id: int) -> Mapping[str, ExampleSource]:
    """The sources of a scenario as they are kept, by print."""
    wanted = select(ExampleSource).where(ExampleSource.acceptance_id == acceptance_id)
    return {row.print: row for row in db.session.execute(wanted).scalars()}
