"""What an upgrade must leave as it was: what became of signatures and results."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from reqtrack.acceptance import queries as rounds
from reqtrack.acceptance.models import Round
from reqtrack.acceptance.queries import run
from reqtrack.accounts.models import Project
from reqtrack.db import db, reading
from reqtrack.permissions import Actor
from reqtrack.signoff import queries as signoff

OPERATOR = Actor(id=0, login="operator", name="operator", kind="operator")
States = dict[str, dict[str, str]]


def states(app: Flask) -> States:
    """Of all projects: ``signatures`` by ``CRM SGN-1`` (signed, superseded, …, and what carries them) and ``results`` by
    ``CRM RND-1 ACC-3 2`` (passed, stale, …)."""
    signatures, results = {}, {}
    with app.app_context(), reading() as session:
        for project in session.execute(select(Project).order_by(Project.key)).scalars().all():
            asked = signoff.listing(project.id, limit=1000)
            judged = signoff.outcomes(asked, signoff.answers([one.id for one in asked]))
            for one in asked:
                outcome = judged[one.id]
                signatures[f"{project.key} {one.key}"] = " ".join([outcome.state, *outcome.carried_by])
            for number in (
                db.session.execute(select(Round.number).where(Round.project_id == project.id)).scalars().all()
            ):
                found = rounds.round_for(OPERATOR, project.id, number)
                for slot in run.slots(OPERATOR, found):
                    results[f"{project.key} RND-{number} {slot.key} {slot.row}"] = slot.status
    return {"signatures": signatures, "results": results}


def worse(before: States, after: States) -> list[str]:
    """What stands differently after an upgrade, one line each."""
    return [
        f"{name}: {before[what].get(name)} → {after[what].get(name)}"
        for what in before
        for name in sorted(before[what].keys() | after[what].keys())
        if before[what].get(name) != after[what].get(name)
    ]
