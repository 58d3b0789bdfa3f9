"""What waits for the owners of waivers: what they excuse has to be mended before their day."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.gates.models import Waiver
from reqtrack.gates.queries.waivers import held
from reqtrack.gates.waiving import REMIND_DAYS
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting


def waiting_for(actor: Actor) -> list[Waiting]:
    """The waivers that the actor answers for, from a fortnight before they expire until somebody withdraws them."""
    mine = [project_id for project_id in actor.roles if actor.may("interview.read", project_id)]
    if actor.kind != "user" or not mine:
        return []
    until = clock.now().date() + timedelta(days=REMIND_DAYS + 1)
    rows = db.session.execute(
        select(Waiver.number, Project)
        .join(Project, Project.id == Waiver.project_id)
        .where(
            Waiver.owner == actor.login,
            Waiver.expires <= until.isoformat(),
            Project.archived_at.is_(None),
            Project.id.in_(mine),
        )
    ).all()
    found: list[Waiting] = []
    for project in {project.id: project for _number, project in rows}.values():
        last = clock.today(project.zone) + timedelta(days=REMIND_DAYS)
        for one in held(project, [number for number, its in rows if its.id == project.id]):
            if one.state in ("in_force", "expired") and one.waiver.expires_on <= last:
                found.append(
                    Waiting(
                        project_key=project.key,
                        kind="fix",
                        key=one.waiver.key,
                        title=one.waiver.reason.splitlines()[0][:200],
                        href_endpoint="gates.waiver",
                        href_args={"project": project.key, "number": one.waiver.number},
                        since=one.waiver.at,
                        due_on=one.waiver.expires_on,
                        action=_l("Look at it"),
                        note=_l("This waiver expired: what it excused stands in the way again.")
                        if one.state == "expired"
                        else _l("This waiver expires soon: have what it excuses mended."),
                    )
                )
    return found
