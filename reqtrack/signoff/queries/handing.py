"""What around signatures passes through a second person's hands: codes for people outside, sheets that came back on paper.

Of a code nothing is told here, but that there is one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, false, literal, select, union_all

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.db import db
from reqtrack.permissions import Actor
from reqtrack.signoff.away import OUTSIDE
from reqtrack.signoff.models import PaperSheet, SignLink, Signoff, SignoffSeat
from reqtrack.signoff.outside import MOST_WRONG, TELLERS
from reqtrack.signoff.policy import may_request
from reqtrack.workflow.waiting import Waiting

CODE, SHEET = "pass_on", "confirm"


def handed_to(actor: Actor) -> list[Any]:
    """The codes that the actor may pass on and the sheets that they may compare, over all projects (one statement): rows ``(kind,
    project_key, project_id, number, subject, place, name, at)``; ``place`` is the link or the sheet, ``name`` who signs."""
    telling = [one for one in actor.roles if TELLERS & actor.roles_in(one)]
    comparing = [one for one in actor.roles if _compares(actor, one)]
    if not telling and not comparing:
        return []
    rows = union_all(_codes(actor, telling), _sheets(actor, comparing)).order_by("at", "place")
    return list(db.session.execute(rows).all())


def _compares(actor: Actor, project_id: int) -> bool:
    able = actor.may("sign", project_id) or bool(may_request(actor, project_id))
    return able and bool(actor.roles_in(project_id) - OUTSIDE)


def _codes(actor: Actor, projects: Collection[int]) -> Any:
    seat = and_(SignoffSeat.signoff_id == SignLink.signoff_id, SignoffSeat.position == SignLink.position)
    return (
        select(literal(CODE).label("kind"), Project.key.label("project_key"), Project.id.label("project_id"), Signoff.number,
               Signoff.subject, SignLink.id.label("place"), SignoffSeat.outside_name.label("name"), SignLink.made_at.label("at"))
        .join(Signoff, Signoff.id == SignLink.signoff_id)
        .join(SignoffSeat, seat)
        .join(Project, Project.id == SignLink.project_id)
        .where(
            SignLink.project_id.in_(projects) if projects else false(), SignLink.made_by != actor.login,
            SignLink.used_at.is_(None), SignLink.revoked_at.is_(None), SignLink.expires_at > clock.now(),
            SignLink.wrong < MOST_WRONG, Signoff.state == "requested", Project.archived_at.is_(None),
        )
    )  # fmt: skip


def _sheets(actor: Actor, projects: Collection[int]) -> Any:
    return (
        select(literal(SHEET), Project.key, Project.id, Signoff.number, Signoff.subject, PaperSheet.id,
               PaperSheet.signer_name, PaperSheet.uploaded_at)
        .join(Signoff, Signoff.id == PaperSheet.signoff_id)
        .join(Project, Project.id == PaperSheet.project_id)
        .where(
            PaperSheet.project_id.in_(projects) if projects else false(), PaperSheet.state == "offered",
            PaperSheet.uploaded_by != actor.login, PaperSheet.signer != actor.login, Signoff.state == "requested",
            Project.archived_at.is_(None),
        )
    )  # fmt: skip


def as_waiting(row: Any, title: str) -> Waiting:
    """A row of ``handed_to`` as a line of *My work*."""
    key, code = f"SGN-{row.number}", row.kind == CODE
    where = {"project": row.project_key, "number": row.number, "link" if code else "sheet": row.place}
    return Waiting(
        project_key=row.project_key,
        kind=row.kind,
        key=key,
        title=f"{row.subject} {title}",
        href_endpoint="signoff.link_code" if code else "signoff.sheet",
        href_args=where,
        # Nobody waits for a code before they ask for it.
        since=None if code else row.at,
        action=_l("To the code") if code else _l("Compare the sheet"),
        note=_l("Pass the code for %(key)s on to %(name)s, who signs from outside.", key=key, name=row.name)
        if code
        else _l("A sheet signed by %(name)s came back: compare it with what was asked.", name=row.name),
    )
