"""The interviews whose texts tell a name: asked for when somebody becomes known who was written of before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text

from reqtrack.db import db
from reqtrack.interviews import policy, talk
from reqtrack.interviews.models import Interview
from reqtrack.interviews.queries.masks import Names
from reqtrack.items import search
from reqtrack.items.lists import TEXTS
from reqtrack.items.models import Item

AT_ONCE = 40


def telling(project_id: int, names: Sequence[str]) -> list[Interview]:
    """The interviews in whose title, guide or notes, as they are searched, one of some names stands."""
    names = [search.fold(one) for one in names if one]
    spellings = [part for one in names for part in (*policy.names_in(one), *talk.spoken(one)) if len(part) > 1]
    named = Names([(one, one) for one in names])
    found: dict[int, Interview] = {}
    for at in range(0, len(spellings), AT_ONCE):
        match = search.matching_any(project_id, spellings[at : at + AT_ONCE])
        if match is None:
            continue
        sql, parameters = match
        rows = db.session.execute(
            select(Interview, TEXTS.c.folded)
            .join(TEXTS, TEXTS.c.item_id == Interview.id)
            .where(Interview.id.in_(text(sql).bindparams(**parameters).columns(Item.id)))
        )
        found |= {row[0].id: row[0] for row in rows if any(named.swaps(row.folded))}
    return [found[number] for number in sorted(found)]
