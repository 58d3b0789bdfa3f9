"""Items that were made of a sentence which nobody is to see any more, and that still say it: somebody has to reword them."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, or_, select

from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.interviews.models import Evidence, Excerpt
from reqtrack.interviews.queries.masks import SHORTEST_HIDDEN
from reqtrack.interviews.queries.quotes import LONGEST_TITLE
from reqtrack.items import search
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, PersonalText, Version
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.rendering.markdown import plain


def said_still(actor: Actor, interviews: Collection[int]) -> list[Any]:
    """``id key kind title project`` of the scenarios and requirements that say a hidden sentence of some interviews, as far as the
    actor may see them (one query, none where there are no interviews). What was taken off an item again may still stand in it."""
    if not interviews or not actor.roles:
        return []
    rows = db.session.execute(
        select(
            Item.id, Item.key, Item.kind, Item.title, Project.key.label("project"), Version.content, PersonalText.body
        )
        .select_from(Excerpt)
        .join(Evidence, Evidence.excerpt_id == Excerpt.id)
        .join(Item, Item.id == Evidence.item_id)
        .join(Version, and_(Version.item_id == Item.id, Version.number == Item.version))
        .join(Project, Project.id == Item.project_id)
        .join(PersonalText, and_(PersonalText.digest == Excerpt.quote, PersonalText.project_id == Excerpt.project_id))
        .where(
            Excerpt.shown_as == "hidden",
            Excerpt.interview_id.in_(interviews),
            Item.retired.is_(False),
            or_(*(visible(actor, project_id) for project_id in actor.roles)),
        )
        .order_by(Item.kind, Item.number)
    ).all()  # fmt: skip
    return list({row.id: row for row in rows if _says(row)}.values())


def _says(row: Any) -> bool:
    """Whether the texts of an item hold a sentence as it reads; a word or two stand everywhere."""
    sentence = _reads(row.body or "")[:LONGEST_TITLE].strip()
    return len(sentence) >= SHORTEST_HIDDEN and sentence in _reads(
        search.text_of(KINDS[row.kind], row, json.loads(row.content))
    )


def _reads(text: str) -> str:
    return " ".join(plain(text).split())
