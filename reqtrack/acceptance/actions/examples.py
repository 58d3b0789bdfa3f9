"""Rows of data sets become example rows of acceptance scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reqtrack.acceptance.models import Acceptance, DataSet, ExampleSource
from reqtrack.acceptance.queries import data_sets, sources
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import invalid
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor


def take_rows(
    actor: Actor,
    project: Project,
    item: Acceptance,
    found: DataSet,
    columns: Mapping[str, str],
    positions: Sequence[int],
    *,
    seen: int | None = None,
) -> int:
    """Add rows of a data set to the examples of a scenario, by the normal save of the item: its version, its lock.

    A row that stands there already is not added again. Columns that the example table lacks are added to it.

    Args:
        columns: the name of each example column that is filled, with the name of the set's column that fills it.
        positions: of the rows, counted from 0.

    Returns:
        How many rows were added.

    Raises:
        Invalid: no column or row is chosen, or one is not there. Refused: no permission; 409 approved scope is locked.
        Stale: somebody else saved meanwhile.
    """
    picked = _picked(found, columns, positions)
    old = item.examples or {"header": [], "rows": []}
    header = [*old["header"], *(name for name in columns if name not in old["header"])]
    padding = [""] * (len(header) - len(old["header"]))
    before = [list(row) for row in old["rows"]]
    rows = [[*row, *padding] for row in before]
    origins: dict[str, int] = {}
    for position, cells in picked:
        row = [cells.get(name, "") for name in header]
        if row not in rows:
            rows.append(row)
            origins[sources.print_of(row)] = position
    if not origins:
        return 0
    parsed = values.parse(KINDS["acceptance"], project, {"examples": {"header": header, "rows": rows}})
    with recorded(actor, project.id, "acceptance.rows_taken", item.key) as entry:
        store.edit(actor, item, parsed, seen=seen)
        _say_where(item, before, padding, found, origins)
        entry.after = {"target": found.key, "rows": sorted(origins.values()), "columns": dict(columns)}
    return len(origins)


def _picked(found: DataSet, columns: Mapping[str, str], positions: Sequence[int]) -> list[tuple[int, dict[str, str]]]:
    """The cells of the rows by the names of the example columns, in the order of the set."""
    if not columns:
        raise invalid("columns", "Choose at least one column.", "required")
    missing = [name for name in columns.values() if name not in found.header]
    if missing:
        raise invalid("columns", "%(key)s has no column %(names)s.", "no_column", key=found.key, names=missing)
    if not positions:
        raise invalid("rows", "Choose at least one row.", "required")
    kept = data_sets.rows_at(found, positions)
    gone = sorted(set(positions) - set(kept))
    if gone:
        message = "%(key)s has %(rows)s rows, counted from 0: there is no row %(row)s."
        raise invalid("rows", message, "no_row", key=found.key, rows=found.row_count, row=gone[0])
    places = {name: found.header.index(title) for name, title in columns.items()}
    return [
        (position, {name: kept[position][at].strip() for name, at in places.items()})
        for position in sorted(set(positions))
    ]


def _say_where(
    item: Acceptance, before: Sequence[list[str]], padding: list[str], found: DataSet, origins: Mapping[str, int]
) -> None:
    """Keep where the new rows came from; a row that only got new empty columns still comes from where it came."""
    known: dict[str, Any] = dict(sources.kept_sources(item.id))
    told = {print_: (found.id, position) for print_, position in origins.items()}
    for row in before if padding else ():
        source = known.get(sources.print_of(row))
        if source is not None:
            told.setdefault(sources.print_of([*row, *padding]), (source.data_set_id, source.position))
    for print_, (data_set_id, position) in told.items():
        kept = known.get(print_)
        if kept is None:
            kept = ExampleSource(acceptance_id=item.id, print=print_)
            db.session.add(kept)
        kept.data_set_id, kept.position = data_set_id, position
