"""The codes of one-time links, as they wait to be passed on: for whoever may tell them, until the link is answered or ended.

Of a code nothing is told here, but that there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.changes.asking import MOST_WRONG, tellers
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import AskLink, Change
from reqtrack.db import db
from reqtrack.permissions import Actor
from reqtrack.workflow.waiting import Waiting

KIND = "pass_on"


def _good() -> ColumnElement[bool]:
    """Whether a link is good still."""
    unused = and_(AskLink.used_at.is_(None), AskLink.revoked_at.is_(None))
    return and_(unused, AskLink.expires_at > clock.now(), AskLink.wrong < MOST_WRONG)


def asked() -> ColumnElement[bool]:
    """Whether somebody is asked by a link to decide a change, in SQL."""
    return and_(Change.stage == "deciding", exists().where(AskLink.change_id == Change.id, _good()))


def to_tell(actor: Actor, found: Sequence[Dossier], projects: Mapping[int, Project]) -> list[Waiting]:
    """The codes that the actor may pass on, of changes of which somebody is asked by a link (one statement where there are any)."""
    if not found:
        return []
    dossiers = {one.change.id: one for one in found}
    rows = db.session.execute(
        select(AskLink.id, AskLink.change_id, AskLink.user_id, AskLink.asked_by, AskLink.asked_at)
        .where(AskLink.change_id.in_(list(dossiers)), _good())
        .order_by(AskLink.id)
    ).all()
    told = [_waiting(actor, dossiers[row.change_id], row, projects) for row in rows]
    return [one for one in told if one is not None]


def _waiting(actor: Actor, found: Dossier, row: Any, projects: Mapping[int, Project]) -> Waiting | None:
    change = found.change
    decider = next((one for one in found.people if one.id == row.user_id), None)
    # Who is no member any more opens nothing by it, who has spoken some other way needs it no more.
    if decider is None or _spoken(found, decider.id, decider.login):
        return None
    if actor.login not in {one.login for one in tellers(found.people, found.origin, row.asked_by, decider.login)}:
        return None
    project = projects[change.project_id]
    return Waiting(
        project_key=project.key,
        kind=KIND,
        key=change.key,
        title=change.title,
        href_endpoint="changes.ask_code",
        href_args={"project": project.key, "key": change.key, "number": row.id},
        since=row.asked_at,
        action=_l("To the code"),
        note=_l("Show the code for %(key)s to %(name)s when they ask for it.", key=change.key, name=decider.name),
    )


def _spoken(found: Dossier, user_id: int, login: str) -> bool:
    """Whether who is asked has decided the change as it stands, or said their word of what was agreed elsewhere."""
    if user_id in {one.user_id for one in found.agreed} - found.named_still:
        return True
    return any(one.decider == login and one.package_print == found.package_print for one in found.votes)
