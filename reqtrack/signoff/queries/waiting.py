"""What waits for somebody's signature."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.accounts.models import Membership, Project, User
from reqtrack.db import db
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.signoff import subjects
from reqtrack.signoff.away import OUTSIDE
from reqtrack.signoff.models import Delegate, Signature, Signoff, SignoffSigner
from reqtrack.signoff.queries.away import about_now
from reqtrack.workflow.waiting import Waiting

SIGNING = tuple(role for role, given in ROLE_PERMISSIONS.items() if "sign" in given)


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for the actor's signature, over all projects, the earliest due first."""
    if actor.kind != "user" or not actor.roles:
        return []
    rows = [row for row in db.session.execute(_candidates(actor)).all() if _to_sign(actor, row)]
    once: dict[int, Any] = {}
    for row in rows:
        once.setdefault(row.Signoff.id, row)
    titles = subjects.titles((row.Signoff.project_id, row.Signoff.subject) for row in once.values())
    return [
        _waiting(actor, row, titles.get((row.Signoff.project_id, row.Signoff.subject), "")) for row in once.values()
    ]


def _candidates(actor: Actor) -> Any:
    """What the actor, or somebody whom they may stand in for, is asked to sign; with whoever stands in for the actor about now."""
    mine = [project_id for project_id in actor.roles if actor.may("sign", project_id)]
    given = exists().where(
        Signature.signoff_id == Signoff.id,
        or_(func.coalesce(Signature.behalf, Signature.signer) == User.login, Signature.signer == actor.login),
    )
    able = exists().where(
        Membership.user_id == User.id, Membership.project_id == Signoff.project_id, Membership.ended_at.is_(None),
        Membership.role.in_(SIGNING),
    )  # fmt: skip
    return (
        select(
            Signoff, Project.key.label("project_key"), Project.zone, User.id.label("user_id"), User.name,
            Delegate.delegate_id, Delegate.starts_on, Delegate.ends_on,
        )
        .join(SignoffSigner, SignoffSigner.signoff_id == Signoff.id)
        .join(User, and_(User.id == SignoffSigner.user_id, User.active))
        .join(Project, Project.id == Signoff.project_id)
        .outerjoin(Delegate, _running())
        .where(
            or_(
                and_(User.id == actor.id, Signoff.project_id.in_(mine)),
                and_(Delegate.delegate_id == actor.id, Signoff.project_id.in_(list(actor.roles)), able),
            ),
            Signoff.state == "requested",
            ~given,
            Project.archived_at.is_(None),
        )
        .order_by(Signoff.due_on.is_(None), Signoff.due_on, Signoff.requested_at, Signoff.id)
    )  # fmt: skip


def _running() -> ColumnElement[bool]:
    """Whether somebody stands in about now for who is asked: an active member who is not asked beside them, and has not signed."""
    stand_in, asked, given = aliased(User), aliased(SignoffSigner), aliased(Signature)
    able = exists().where(
        stand_in.id == Delegate.delegate_id,
        stand_in.active,
        Membership.user_id == stand_in.id,
        Membership.project_id == Signoff.project_id,
        Membership.ended_at.is_(None),
        Membership.role.not_in(sorted(OUTSIDE)),
        ~exists().where(asked.signoff_id == Signoff.id, asked.user_id == stand_in.id),
        ~exists().where(given.signoff_id == Signoff.id, given.signer == stand_in.login),
    )
    return and_(
        Delegate.absent_id == User.id, Delegate.most_days.is_(None), *about_now(Signoff.project_id, "sign"), able
    )


def _to_sign(actor: Actor, row: Any) -> bool:
    """Whether it is the actor's now: their own while they are here, another's while they stand in."""
    away = row.delegate_id is not None and row.starts_on <= clock.today(row.zone) <= row.ends_on
    return bool(away == (row.user_id != actor.id))


def _waiting(actor: Actor, row: Any, title: str) -> Waiting:
    signoff, project_key = row.Signoff, row.project_key
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
        note=_l("For %(name)s, who is away.", name=row.name) if row.user_id != actor.id else "",
    )
