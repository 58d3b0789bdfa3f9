"""What keeps acceptance scenarios from being ready, and those that wait to be reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from sqlalchemy import select

from reqtrack.acceptance.concrete import Finding, findings
from reqtrack.acceptance.models import Acceptance, Round, RoundScenario
from reqtrack.acceptance.queries import dictionary
from reqtrack.accounts.models import Project
from reqtrack.audit.kept import kept
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting

REVIEWER = "business_owner"
MOST_SHOWN = 100


def found_in(project_id: int, given: Any, when: Any, then: Any, examples: Mapping[str, Any] | None) -> list[Finding]:
    """The findings of the checker, with what the data dictionary requires."""
    required = [name for one in dictionary.rules(project_id) if one.required for name in one.names]
    return findings(given, when, then, examples, required)


def found_at(item: Acceptance) -> list[Finding]:
    """The same of a scenario as it is kept."""
    return found_in(item.project_id, item.given, item.when, item.then, item.examples)


def in_review(actor: Actor, project_id: int) -> Sequence[Acceptance]:
    """The scenarios that wait to be reviewed, those that wait longest first."""
    wanted = (
        select(Acceptance)
        .where(visible(actor, project_id), Item.stage == "in_review", Item.retired.is_(False))
        .order_by(Item.updated_at, Item.number)
    )
    return db.session.execute(wanted.limit(MOST_SHOWN)).scalars().all()


def unready(found: Round) -> list[str]:
    """The keys of the scenarios of a round that are not ready."""
    wanted = (
        select(Item.key)
        .join(RoundScenario, RoundScenario.acceptance_id == Item.id)
        .where(RoundScenario.round_id == found.id, Item.stage != "ready", Item.retired.is_(False))
        .order_by(RoundScenario.position)
    )
    return list(db.session.execute(wanted).scalars())


def to_review(actor: Actor) -> list[Waiting]:
    """What waits for a business owner's review, a line for each project."""
    waiting = []
    for project_id, roles in actor.roles.items():
        if REVIEWER in roles and project_id not in actor.archived:
            row = kept("scenarios to review", project_id, partial(_waiting, project_id))
            if row:
                waiting.append(_line(*row))
    return waiting


def _waiting(project_id: int) -> tuple[str, str, Any, int] | None:
    """``(project, first key, since when, how many)``; None where nothing waits."""
    rows = db.session.execute(
        select(Project.key.label("project"), Item.key, Item.updated_at)
        .join(Project, Project.id == Item.project_id)
        .where(
            Item.project_id == project_id, Item.kind == "acceptance", Item.stage == "in_review", Item.retired.is_(False)
        )
        .order_by(Item.updated_at, Item.number)
    ).all()
    return (rows[0].project, rows[0].key, rows[0].updated_at, len(rows)) if rows else None


def _line(project: str, key: str, since: Any, count: int) -> Waiting:
    return Waiting(
        project_key=project,
        kind="review",
        key=key,
        title=_ln("%(num)s acceptance scenario to review", "%(num)s acceptance scenarios to review", count),
        href_endpoint="ready.reviewing",
        href_args={"project": project},
        since=since,
        action=_l("Review"),
        note=_l("Would it convince you, if you saw it happen?"),
    )
