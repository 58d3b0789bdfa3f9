"""What waits for somebody's signature."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.permissions import Actor
from reqtrack.signoff import subjects
from reqtrack.signoff.models import Signature, Signoff, SignoffSigner
from reqtrack.workflow.waiting import Waiting


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for the actor's signature, over all projects, the earliest due first."""
    mine = [project_id for project_id in actor.roles if actor.may("sign", project_id)]
    if not mine:
        return []
    answered = exists().where(Signature.signoff_id == Signoff.id, Signature.signer == actor.login)
    rows = db.session.execute(
        select(Signoff, Project.key.label("project_key"))
        .join(SignoffSigner, SignoffSigner.signoff_id == Signoff.id)
        .join(Project, Project.id == Signoff.project_id)
        .where(
            SignoffSigner.user_id == actor.id,
            Signoff.project_id.in_(mine),
            Signoff.state == "requested",
            ~answered,
            Project.archived_at.is_(None),
        )
        .order_by(Signoff.due_on.is_(None), Signoff.due_on, Signoff.requested_at)
    ).all()
    titles = subjects.titles((row.Signoff.project_id, row.Signoff.subject) for row in rows)
    return [
        _waiting(row.Signoff, row.project_key, titles.get((row.Signoff.project_id, row.Signoff.subject), ""))
        for row in rows
    ]


def _waiting(signoff: Signoff, project_key: str, title: str) -> Waiting:
    return Waiting(
        project_key=project_key,
        kind="sign",
        key=signoff.key,
        title=f"{signoff.subject} {title}",
        href_endpoint="signoff.show",
        href_args={"project": project_key, "number": signoff.number},
        since=signoff.requested_at,
        due_on=signoff.due_on,
        action=_l("Sign"),
    )
