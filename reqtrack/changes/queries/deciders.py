"""The administrator of the site as who decides at last: which changes fall to them, in projects that they are no member of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select

from reqtrack.accounts.models import Membership, Project, User
from reqtrack.changes import dossier, facts, impact, load, votes
from reqtrack.changes.dossier import STAKEHOLDER, Dossier
from reqtrack.changes.models import Change, ProposedEdit
from reqtrack.changes.votes import Vote
from reqtrack.db import db
from reqtrack.permissions import ADMINISTRATOR, Actor

# While they may look: it is with who decides it, or was asked back and comes back to them.
OPEN_TO_THEM = ("deciding", "deferred", "needs_information")


def as_decider(actor: Actor, project: Project, arguments: Mapping[str, Any]) -> Actor | None:
    """The hook of ``web.area.GUESTS``: an administrator at the change (``key``) whose decision falls to them, or that they have
    decided; None for everybody else."""
    if not actor.is_admin or actor.kind != "user":
        return None
    wanted = select(Change).where(Change.project_id == project.id, Change.key == str(arguments["key"]).upper())
    change = db.session.execute(wanted).scalar()
    if change is None:
        return None
    entering = replace(actor, roles={**actor.roles, project.id: frozenset({ADMINISTRATOR})})
    found = dossier.load(change)
    voted = actor.login in {one.decider for one in found.votes}
    return entering if voted or (change.stage in OPEN_TO_THEM and _falls_to(entering, found)) else None


def _falls_to(actor: Actor, found: Dossier) -> bool:
    """Whether the delegation rule leaves a seat to the actor."""
    touched = impact.of_dossier(actor, found)
    tier, phase_id = facts.preset(found, touched.phases)
    touched.phases = impact.phases_with(found, touched.phases, phase_id, tier)
    rule = facts.rule_of(found, touched, tier)
    return any(actor.login in {one.login for one in seat.holders} for seat in rule.seats)


def votes_now(found: Dossier) -> list[Vote]:
    """The votes on a change as its page shows them, void ones as void: those for another text, of who has no seat any more, and those
    that it has outgrown (two statements, none where there is no vote or it is decided)."""
    if not found.votes or not found.open:
        return [Vote(one, void=False, newest=True) for one in found.votes]
    known = load.phases(found.change.project_id)
    tier, phase_id = facts.preset(found, known)
    phases = impact.phases_with(found, known, phase_id, tier)
    return votes.votes_of(found, facts.rule(found, phases, tier))


def may_fall() -> ColumnElement[bool]:
    """Whether the decision of a change may fall to an administrator, in SQL beside its project: never where as many people as may
    decide, who neither asked for it nor wrote it, are owner or sponsor, and one of them sponsor. What it lets through is judged
    by the rule itself."""
    own = Change.__table__
    wrote = exists().where(
        ProposedEdit.change_id == Change.id,
        (literal(" ") + ProposedEdit.author + " ").like(literal("% ") + User.login + " %"),
    )
    free = (
        select(func.count(func.distinct(User.id)))
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.project_id == Change.project_id,
            Membership.ended_at.is_(None),
            User.active,
            User.login != Change.created_by,
            User.login != func.coalesce(own.c.asked_by, ""),
            ~wrote,
        )
        .correlate(Change)
    )
    enough = free.where(Membership.role.in_(("business_owner", "sponsor"))).scalar_subquery()
    sponsor = free.where(Membership.role == "sponsor").scalar_subquery()
    return or_(own.c.asked_by.like(f"{STAKEHOLDER}%"), ~and_(enough >= Project.most_deciders, sponsor >= 1))
