"""What waits for somebody's word: write-ups for those who were heard, their corrections for who interviewed them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Text, and_, func, or_, select, type_coerce

from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.interviews.models import Confirmation, Correction, Interview, Stakeholder
from reqtrack.interviews.queries.confirming import print_of, said_in
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting

SHOWN = 200


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for the actor, over all their projects: to confirm what they told, to see to what was corrected."""
    if actor.kind != "user" or not actor.roles:
        return []
    return [*_to_confirm(actor), *_to_see_to(actor)]


def _to_confirm(actor: Actor) -> list[Waiting]:
    """The write-ups of the interviews in which the actor was heard and that they have not confirmed as they are (three queries)."""
    mine = db.session.execute(
        select(Stakeholder.id, Stakeholder.project_id).where(
            Stakeholder.user_id == actor.id, Stakeholder.project_id.in_(list(actor.roles))
        )
    ).all()
    if not mine:
        return []
    # The list of ids as text: [3,14] reads ,3,14,
    ids = func.replace(func.replace(type_coerce(Interview.stakeholders, Text), "[", ","), "]", ",")
    rows = db.session.execute(
        select(Interview, Project.key.label("project_key"), Confirmation)
        .join(Project, Project.id == Interview.project_id)
        .outerjoin(
            Confirmation,
            (Confirmation.interview_id == Interview.id)
            & Confirmation.revoked_at.is_(None)
            & Confirmation.stakeholder_id.in_([one.id for one in mine]),
        )
        .where(
            Interview.stage.in_(("written", "confirmed")),
            Interview.retired.is_(False),
            Project.archived_at.is_(None),
            or_(*(visible(actor, project_id) for project_id in {one.project_id for one in mine})),
            or_(*(ids.like(f"%,{one.id},%") for one in mine)),
        )
        .order_by(Interview.id, Confirmation.id)
        .limit(SHOWN)
    ).all()
    newest = {row.Interview.id: row for row in rows}
    quotes = said_in([row.Interview for row in newest.values()])
    known = {one.id for one in mine}
    found = []
    for row in newest.values():
        item, last = row.Interview, row.Confirmation
        person = next(one for one in item.stakeholders if one in known)
        asked = last is not None and last.confirmed_at is None
        if item.stage == "confirmed" and not asked:
            continue  # somebody said so for all of them
        if last is not None and last.confirmed_at is not None and last.seen == print_of(item, quotes[item.id], person):
            continue
        found.append(
            Waiting(
                project_key=row.project_key,
                kind="confirm",
                key=item.key,
                title=item.title,
                href_endpoint="interviews.confirming",
                href_args={"project": row.project_key, "key": item.key, "person": person},
                since=last.asked_at if asked else item.updated_at,
                action=_l("Confirm"),
                note=_l("What you told was written down: is it right?"),
            )
        )
    return found


def _to_see_to(actor: Actor) -> list[Waiting]:
    """The interviews of the actor in which something is said not to be right (one query)."""
    rows: list[Any] = list(
        db.session.execute(
            select(Correction.at, Interview.id, Interview.key, Interview.title, Project.key.label("project_key"))
            .join(Interview, Interview.id == Correction.interview_id)
            .join(Confirmation, Confirmation.id == Correction.confirmation_id)
            .join(Project, Project.id == Interview.project_id)
            .where(
                Correction.settled_at.is_(None),
                or_(
                    Interview.interviewer_id == actor.id,
                    and_(Interview.interviewer_id.is_(None), Confirmation.asked_by == actor.login),
                ),
                Interview.retired.is_(False),
                Project.archived_at.is_(None),
                or_(*(visible(actor, project_id) for project_id in actor.roles)),
            )
            .order_by(Correction.id)
            .limit(SHOWN)
        )
    )
    number = Counter(row.id for row in rows)
    first = {row.id: row for row in reversed(rows)}
    return [
        Waiting(
            project_key=row.project_key,
            kind="answer",
            key=row.key,
            title=row.title,
            href_endpoint="interviews.show",
            href_args={"project": row.project_key, "key": row.key, "_anchor": "corrections"},
            since=row.at,
            action=_l("Look at it"),
            note=ngettext(
                "Who was heard says that one thing is not right.",
                "Who was heard says that %(num)s things are not right.",
                number[row.id],
            ),
        )
        for row in first.values()
    ]
