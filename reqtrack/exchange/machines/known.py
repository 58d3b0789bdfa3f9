"""The acceptance scenarios of a project as results are matched to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from reqtrack.acceptance.models import Acceptance
from reqtrack.accounts.models import Project
from reqtrack.db import plain
from reqtrack.exchange.models import ImportRow
from reqtrack.exchange.parsing.results.matched import Known
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

_own = Acceptance.__table__


def known_scenarios(actor: Actor, project: Project) -> list[Known]:
    """Those in use that the actor may see (one query).

    A scenario is found in the feature that it was imported from, and in the one that an export of the project writes.
    """
    rows = plain(
        select(Item.key, Item.title, _own.c.tags, _own.c.examples, ImportRow.fields, ImportRow.notes)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(ImportRow, ImportRow.item_id == Item.id)
        .where(Item.kind == "acceptance", Item.retired.is_(False), visible(actor, project.id))
        .order_by(Item.number)
    )
    return [one for row in rows for one in _known(row, project.name)]


def _known(row: Any, exported: str) -> Iterator[Known]:
    examples = row.examples or {"header": [], "rows": []}
    fields = row.fields or {}
    imported = (row.notes or {}).get("Feature", "")
    for feature in dict.fromkeys(one for one in (imported, exported) if one):
        yield Known(
            key=row.key,
            title=row.title,
            feature=feature,
            rule=str(fields.get("rule") or ""),
            tags=tuple(row.tags or ()),
            columns=tuple(examples["header"]),
            rows=tuple(map(tuple, examples["rows"])),
            tables=int(fields.get("tables") or 1),
        )
