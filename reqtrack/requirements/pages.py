"""What the scope pages show: the phases with what they carry, the board of tier × phase, the document."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from reqtrack.accounts.models import Project, User
from reqtrack.db import db, trimmed
from reqtrack.items import present
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.pages import rich
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.requirements import queries
from reqtrack.requirements.models import TIERS, Requirement
from reqtrack.requirements.policy import OUT

CARDS = 12  # of one cell; the rest is one link away


def bars(actor: Actor, project_id: int) -> list[dict[str, Any]]:
    """One capacity bar per phase, as components/change.html draws them; none for who may not see all that they add up."""
    if not sees_all(actor, project_id):
        return []
    return [
        {
            "name": load.name or _("Not in a phase yet"),
            "note": "" if load.phase_id else without_phase(load),
            "open": load.phase_id is None,
            "load": trimmed(load.total_days),
            "limit": load.capacity_days and trimmed(load.capacity_days),
            "parts": load.parts,
        }
        for load in queries.loads(project_id)
    ]


def without_phase(load: queries.Load) -> str:
    """What is said beside the bar of what is in no phase: how much that is, and that nothing of it is estimated."""
    if load.total_days:
        return str(ngettext("%(num)s requirement", "%(num)s requirements", load.requirements))
    return str(ngettext("%(num)s requirement, not estimated", "%(num)s requirements, not estimated", load.requirements))


def board(actor: Actor, project: Project) -> dict[str, Any]:
    """The board: a lane per tier, a column per phase; each cell its first cards and a link to all of them."""
    phases = queries.phases(project.id)
    counts = _counts(actor, project.id)
    cards = _cards(actor, project, [phase.id for phase in phases])
    lanes = []
    for tier, label in [*TIERS.items(), ("", _("Not sorted yet"))]:
        cells = [cards.get((tier, phase.id), []) for phase in phases]
        if tier == "" and not any(cells):
            continue
        more = [_more(project, tier, phase, counts.get((tier, phase.id), 0)) for phase in phases]
        lanes.append({"title": label, "cells": cells, "more": more, "empty": _("Nothing here")})
    columns = [{"id": str(phase.id), "title": phase.name} for phase in phases]
    return {"columns": columns, "lanes": lanes}


def _more(project: Project, tier: str, phase: Any, number: int) -> tuple[str, str] | None:
    if number <= CARDS:
        return None
    href = url_for("items.listing", project=project.key, plural="requirements", tier=tier or "none", phase=phase.name)
    return _("All %(number)s", number=number), href


def _live(actor: Actor, project_id: int) -> list[Any]:
    return [visible(actor, project_id), Item.kind == "requirement", Item.retired.is_(False), Item.stage.not_in(OUT)]


def _counts(actor: Actor, project_id: int) -> dict[tuple[str, int], int]:
    rows = db.session.execute(
        select(Item.tier, Item.phase_id, func.count().label("number"))
        .where(*_live(actor, project_id))
        .group_by(Item.tier, Item.phase_id)
    )
    return {(row.tier or "", row.phase_id): row.number for row in rows}


def _cards(actor: Actor, project: Project, phase_ids: list[int]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    place = func.row_number().over(partition_by=(Item.tier, Item.phase_id), order_by=Item.number).label("place")
    numbered = (
        select(Item.key, Item.title, Item.stage, Item.tier, Item.phase_id, Item.owner_id, place)
        .where(*_live(actor, project.id), Item.phase_id.in_(phase_ids))
        .subquery()
    )
    rows = db.session.execute(
        select(numbered, User.name).outerjoin(User, User.id == numbered.c.owner_id).where(numbered.c.place <= CARDS)
    )
    cards: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        card = {
            "key": row.key,
            "href": url_for("items.show", project=project.key, key=row.key),
            "title": row.title,
            "stage": row.stage,
            "person": row.name,
        }
        cards.setdefault((row.tier or "", row.phase_id), []).append(card)
    return cards


def document(actor: Actor, project: Project, after: int = 0, limit: int = 100) -> dict[str, Any]:
    """The requirements as a text to read: number order, ``limit`` at a time."""
    rows = (
        db.session.execute(
            select(Requirement)
            .where(*_live(actor, project.id), Item.number > after)
            .order_by(Item.number)
            .limit(limit + 1)
        )
        .scalars()
        .all()
    )
    shown = rows[:limit]
    told = present.many(actor, project.id, KINDS["requirement"], shown)
    for one in told:
        one["statement_html"], one["rationale_html"] = rich(project, one["statement"]), rich(project, one["rationale"])
    return {
        "requirements": told,
        "next": shown[-1].number if len(rows) > limit else None,
    }
