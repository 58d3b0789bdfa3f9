"""What waits for somebody's word: write-ups for those who were heard, their corrections for who interviewed them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.interviews import policy
from reqtrack.interviews.models import Confirmation, Correction, Evidence, Excerpt, Interview, Stakeholder
from reqtrack.interviews.queries.confirming import Said, print_of, said_in
from reqtrack.interviews.queries.opened import names
from reqtrack.interviews.queries.said_still import said_still
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting

SHOWN = 200


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for the actor, over all their projects: to confirm what they told, to see to what was corrected, to reword what
    nobody is to see any more (one query, another where they have confirmed before, and where a sentence was hidden)."""
    if actor.kind != "user" or not actor.roles:
        return []
    rows = db.session.execute(_wanted(actor)).all()
    confirm = _to_confirm([row for row in rows if row.person is not None])
    return [*confirm, *_to_see_to(rows), *_to_reword(actor, {row.hides for row in rows} - {None})]


def _wanted(actor: Actor) -> Any:
    """The interviews in which the actor was heard, each with what they answered last, those in which something is said not to be
    right, and those of which a sentence was hidden that something was made of."""
    # Theirs are few: they are found once, not for each interview.
    mine = (
        select(Stakeholder.id, Stakeholder.project_id)
        .where(Stakeholder.user_id == actor.id, Stakeholder.project_id.in_(list(actor.roles)))
        .cte("mine")
        .prefix_with("MATERIALIZED")
    )
    answered = aliased(Confirmation)
    wrong = (
        select(
            Correction.interview_id,
            func.count().label("number"),
            func.min(Correction.at).label("since"),
        )
        .join(Interview, Interview.id == Correction.interview_id)
        .join(Confirmation, Confirmation.id == Correction.confirmation_id)
        .where(
            Correction.settled_at.is_(None),
            or_(
                Interview.interviewer_id == actor.id,
                and_(Interview.interviewer_id.is_(None), Confirmation.asked_by == actor.login),
            ),
        )
        .group_by(Correction.interview_id)
        .subquery()
    )
    hides = (
        select(Excerpt.interview_id, Excerpt.author)
        .join(Evidence, Evidence.excerpt_id == Excerpt.id)
        .where(Excerpt.shown_as == "hidden", Excerpt.project_id.in_(list(actor.roles)))
        .distinct()
        .subquery()
    )
    return (
        select(
            Interview,
            Project.key.label("project_key"),
            mine.c.id.label("person"),
            answered,
            wrong.c.number,
            wrong.c.since,
            hides.c.interview_id.label("hides"),
        )
        .join(Project, Project.id == Interview.project_id)
        .outerjoin(
            mine,
            and_(
                mine.c.project_id == Interview.project_id,
                Interview.stage.in_(policy.CONFIRMABLE),
                names(mine.c.id),
            ),
        )
        .outerjoin(
            answered,
            and_(
                answered.interview_id == Interview.id,
                answered.revoked_at.is_(None),
                answered.stakeholder_id == mine.c.id,
            ),
        )
        .outerjoin(wrong, wrong.c.interview_id == Interview.id)
        .outerjoin(
            hides,
            and_(
                hides.c.interview_id == Interview.id,
                or_(
                    Interview.interviewer_id == actor.id,
                    and_(Interview.interviewer_id.is_(None), hides.c.author == actor.login),
                ),
            ),
        )
        .where(
            or_(mine.c.id.is_not(None), wrong.c.number > 0, hides.c.interview_id.is_not(None)),
            Interview.retired.is_(False),
            Project.archived_at.is_(None),
            or_(*(visible(actor, project_id) for project_id in actor.roles)),
        )
        .order_by(Interview.id, answered.id)
        .limit(SHOWN)
    )


def _to_confirm(rows: Sequence[Any]) -> list[Waiting]:
    """The write-ups that somebody who was heard has not confirmed as they are."""
    newest = {row.Interview.id: row for row in rows}
    confirmed = [row.Interview for row in newest.values() if row[3] is not None and row[3].confirmed_at is not None]
    quotes = said_in(confirmed) if confirmed else {}
    return [_confirm(row) for row in newest.values() if _waits(row, quotes)]


def _waits(row: Any, quotes: Mapping[int, Sequence[Said]]) -> bool:
    item, last = row.Interview, row[3]
    if last is None:
        return bool(item.stage == "written")  # else somebody said so for all of them
    if last.confirmed_at is None:
        return True
    return bool(last.seen != print_of(item, quotes[item.id], row.person)) and item.stage == "written"


def _confirm(row: Any) -> Waiting:
    item, last = row.Interview, row[3]
    return Waiting(
        project_key=row.project_key,
        kind="confirm",
        key=item.key,
        title=item.title,
        href_endpoint="interviews.confirming",
        href_args={"project": row.project_key, "key": item.key, "person": row.person},
        since=item.updated_at if last is None else last.asked_at,
        action=_l("Confirm"),
        note=_l("What you told was written down: is it right?"),
    )


def _to_see_to(rows: Sequence[Any]) -> list[Waiting]:
    """The interviews of the actor in which something is said not to be right."""
    first = {row.Interview.id: row for row in reversed(rows) if row.number}
    return [
        Waiting(
            project_key=row.project_key,
            kind="answer",
            key=row.Interview.key,
            title=row.Interview.title,
            href_endpoint="interviews.show",
            href_args={"project": row.project_key, "key": row.Interview.key, "_anchor": "corrections"},
            since=row.since,
            action=_l("Look at it"),
            note=ngettext(
                "Who was heard says that one thing is not right.",
                "Who was heard says that %(num)s things are not right.",
                row.number,
            ),
        )
        for row in first.values()
    ]


def _to_reword(actor: Actor, hiding: Collection[int]) -> list[Waiting]:
    """What still says a sentence of the actor's interviews that its speaker has hidden."""
    return [
        Waiting(
            project_key=row.project,
            kind="answer",
            key=row.key,
            title=row.title,
            href_endpoint="items.show",
            href_args={"project": row.project, "key": row.key},
            action=_l("Look at it"),
            note=_l("It still says a sentence that its speaker wants nobody to see: reword it."),
        )
        for row in said_still(actor, hiding)
    ]
