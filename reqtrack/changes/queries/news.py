"""What changed for somebody: the changes that took effect lately and concern them, until they say that they have seen it.

Derived from the events: that of the change tells who owns and who tests what it edited, made or touched; whose job was heard
on it is looked up; that they have seen it is an event of their own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.changes.models import Change
from reqtrack.changes.queries.verifying import wrote
from reqtrack.db import db
from reqtrack.interviews.models import Evidence, Excerpt, Stakeholder
from reqtrack.interviews.queries import backs
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

# How long somebody is told of it.
DAYS = 30
MOST = 50


@dataclass(frozen=True)
class News:
    """A change and why it concerns the reader: the keys of what they own and of what they test; whether their job was heard."""

    project_key: str
    key: str
    title: str
    at: datetime
    owned: Sequence[str]
    tested: Sequence[str]
    heard: bool
    wrote: Sequence[str]


def news_for(actor: Actor) -> list[News]:
    """What changed for the actor in all their projects and is not seen yet, newest first (one statement, two for who has a job in
    one of them)."""
    if actor.kind != "user" or not actor.roles:
        return []
    rows = db.session.execute(_fresh(actor, actor.roles)).all()
    told = [(row, json.loads(row.after)) for row in rows]
    heard = _heard(actor, [one for one in told if one[0].has_job])
    news = [_news(actor, row, after, (row.project_id, row.key) in heard) for row, after in told]
    return [one for one in news if one.owned or one.tested or one.heard][:MOST]


def _fresh(actor: Actor, projects: Iterable[int]) -> Any:
    """The changes in effect lately that the actor has not said to have seen, with what their events tell."""
    own, seen = Change.__table__, aliased(Event)
    job = (
        select(Stakeholder.id)
        .where(Stakeholder.user_id == actor.id, Stakeholder.project_id == Item.project_id, Stakeholder.job_role != "")
        .exists()
    )
    said = (
        select(seen.seq)
        .where(
            seen.project_id == Item.project_id, seen.subject == Item.key, seen.action == "change.seen",
            seen.actor == actor.login,
        )
        .exists()
    )  # fmt: skip
    return (
        select(
            Item.project_id, Item.key, Item.title, own.c.applied_at, Project.key.label("project"), Event.after,
            job.label("has_job"),
        )
        .select_from(Item)
        .join(own, own.c.id == Item.id)
        .join(Project, Project.id == Item.project_id)
        .join(Event, and_(Event.project_id == Item.project_id, Event.seq == own.c.applied_seq))
        .where(
            or_(*(visible(actor, one) for one in sorted(projects))), Item.kind == "change", Item.retired.is_(False),
            own.c.applied_at > clock.now() - timedelta(days=DAYS), Project.archived_at.is_(None), ~said,
        )
        .order_by(own.c.applied_at.desc(), Item.id.desc())
        .limit(4 * MOST)
    )  # fmt: skip


def _news(actor: Actor, row: Any, after: Mapping[str, Any], heard: bool) -> News:
    told = after.get("told", {})
    return News(
        row.project, row.key, row.title, row.applied_at,
        told.get("owners", {}).get(actor.login, ()), told.get("testers", {}).get(actor.login, ()), heard, wrote(after),
    )  # fmt: skip


def _heard(actor: Actor, told: Sequence[tuple[Any, Mapping[str, Any]]]) -> set[tuple[int, str]]:
    """``(project, key of a change)`` of those whose items words of somebody with the actor's job stand behind."""
    keys: dict[tuple[int, str], set[str]] = {}
    for row, after in told:
        for key in wrote(after):
            keys.setdefault((row.project_id, key), set()).add(row.key)
    if not keys:
        return set()
    behind = _behind(actor, {project for project, _key in keys}, {key for _project, key in keys})
    return {(project, change) for project, key in behind for change in keys.get((project, key), ())}


def _behind(actor: Actor, projects: Collection[int], keys: Collection[str]) -> set[tuple[int, str]]:
    """``(project, key)`` of the items that people with the actor's job, or a scenario of theirs, stand behind."""
    mine, said = aliased(Stakeholder), aliased(Stakeholder)
    risen = and_(Link.target_id == Item.id, Link.kind == "gives_rise_to", Link.until.is_(None))
    rows = db.session.execute(
        select(Item.project_id, Item.key)
        .select_from(mine)
        .join(said, and_(said.project_id == mine.project_id, said.job_role == mine.job_role))
        .join(Excerpt, Excerpt.stakeholder_id == said.id)
        .join(Evidence, Evidence.excerpt_id == Excerpt.id)
        .join(Item, and_(Item.project_id == mine.project_id, Item.key.in_(sorted(keys)[:2000])))
        .outerjoin(Link, risen)
        .where(
            mine.user_id == actor.id, mine.removed_at.is_(None), mine.project_id.in_(sorted(projects)), mine.job_role != "", backs(),
            or_(Evidence.item_id == Item.id, Evidence.item_id == Link.source_id),
        )
        .distinct()
    )  # fmt: skip
    return {(row.project_id, row.key) for row in rows}


def news_on(actor: Actor, project_id: int, change_keys: Collection[str]) -> list[News]:
    """The same of some changes of one project: what the page of an item shows."""
    return [one for one in news_for(actor) if one.key in change_keys] if change_keys else []
