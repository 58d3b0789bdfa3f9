"""Example values that are not what the data dictionary says: where a column is called as one of its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.acceptance.data.dictionary import Entry, check, key_of
from reqtrack.acceptance.data.masks import is_masked
from reqtrack.acceptance.models import Acceptance
from reqtrack.acceptance.queries import dictionary
from reqtrack.db import plain
from reqtrack.errors import Reason
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

_own = Acceptance.__table__


def off_dictionary(actor: Actor, project_id: int) -> Mapping[str, tuple[str, Reason]]:
    """By the key of each acceptance scenario with such a value its title and the first of them, why it is none; in number order (two
    queries, one where the dictionary is empty). A masked value has no format left that could be wrong."""
    entries = {key_of(name): one for one in dictionary.rules(project_id) for name in one.names}
    if not entries:
        return {}
    rows = plain(
        select(Item.key, Item.title, _own.c.examples)
        .join(_own, _own.c.id == Item.id)
        .where(
            visible(actor, project_id), Item.retired.is_(False), Item.imported.is_(False), _own.c.row_count > 0
        )
        .order_by(Item.number)
    )  # fmt: skip
    known: dict[tuple[str, str], Reason | None] = {}
    found = {}
    for row in rows:
        reason = first_off(row.examples, entries, known)
        if reason is not None:
            found[row.key] = (row.title, reason)
    return found


def first_off(
    examples: Mapping[str, Any], entries: Mapping[str, Entry], known: dict[tuple[str, str], Reason | None]
) -> Reason | None:
    """The first value of an example table that is off the dictionary, as a reason; ``known`` keeps what was checked before."""
    columns = [(at, entries[key_of(name)]) for at, name in enumerate(examples["header"]) if key_of(name) in entries]
    rows: Sequence[Sequence[str]] = examples["rows"] if columns else ()
    for row in rows:
        for at, entry in columns:
            cell = row[at]
            if (entry.name, cell) not in known:
                known[entry.name, cell] = None if is_masked(cell) else check(cell, entry).problem
            problem = known[entry.name, cell]
            if problem is not None:
                return problem
    return None
