"""What documents can be about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from reqtrack.acceptance import queries as rounds
from reqtrack.baselines import queries as baselines
from reqtrack.changes.facts import SETTLED
from reqtrack.db import db
from reqtrack.exchange.exporting import BOOKS, FORMATS, REPORTS
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.reviews import queries as reviews
from reqtrack.signoff import queries as signoffs


def subjects(actor: Actor, project_id: int) -> dict[str, list[tuple[str, str]]]:
    """What each document can be about: ``(key, words)``, newest first."""
    changes = db.session.execute(
        select(Item.key, Item.title, Item.stage)
        .where(visible(actor, project_id), Item.kind == "change", Item.stage != "draft")
        .order_by(Item.number.desc())
        .limit(100)
    ).all()
    signed = [(row.key, row.subject) for row in signoffs.listing(project_id, limit=100, reader=actor)]
    taken = baselines.listing(project_id)
    return {
        "specification": [(f"BL-{row.number}", row.name) for row in taken],
        "comparison": [(f"BL-{row.number}..now", row.name) for row in taken],
        "change-record": [(row.key, row.title) for row in changes],
        "decision-pack": [(row.key, row.title) for row in changes if row.stage in SETTLED],
        "impact": [(row.key, row.title) for row in changes],
        "acceptance-report": [(row.key, row.name) for row in rounds.list_rounds(actor, project_id)],
        "minutes": [(one.review.key, one.review.name) for one in reviews.listing(project_id)],
        "certificate": signed,
        "sign-off-pack": signed,
        "signature-sheet": signed,
        "acceptance-slip": [
            *((row.key, row.name) for row in rounds.list_rounds(actor, project_id) if row.closed_at is not None),
            *((f"BL-{row.number}", row.name) for row in baselines.listing(project_id)),
        ],
    }


def tables(actor: Actor, project_id: int) -> list[tuple[str, Any, list[str]]]:
    """What the actor may have as a file: the kinds whose items they may read, and reports; its name, its label, the formats."""
    kinds = [
        (kind.plural, kind.label_plural, [name for name in FORMATS if name != "gherkin" or kind.name == "acceptance"])
        for kind in KINDS.values()
        if actor.may(kind.read, project_id)
    ]
    reports = [
        (name, one.label, ["xlsx", "csv"]) for name, one in REPORTS.items() if actor.may(one.permission, project_id)
    ]
    books = [
        (name, one.label, ["xlsx"])
        for name, one in BOOKS.items()
        if actor.may(one.permission, project_id) and not one.needs
    ]
    return kinds + reports + books
