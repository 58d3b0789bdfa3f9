"""Who signs: those asked, what they answered, who may be asked."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from reqtrack.accounts.models import Membership, User
from reqtrack.db import db
from reqtrack.signoff.models import Signature
from reqtrack.signoff.policy import may_sign_at_all


def answers(signoff_ids: Collection[int]) -> dict[int, list[Signature]]:
    """The signatures (and refusals) of sign-offs, by the sign-off's id, in order."""
    found: dict[int, list[Signature]] = {one: [] for one in signoff_ids}
    rows = db.session.execute(
        select(Signature).where(Signature.signoff_id.in_(found)).order_by(Signature.project_id, Signature.number)
    ).scalars()
    for row in rows:
        found[row.signoff_id].append(row)
    return found


def people(logins: Collection[str]) -> dict[str, User]:
    """Accounts by login."""
    rows = db.session.execute(select(User).where(User.login.in_(logins))).scalars()
    return {user.login: user for user in rows}


def roles_of(project_id: int, user_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The roles that users hold in a project now."""
    found: dict[int, tuple[str, ...]] = {}
    rows = db.session.execute(
        select(Membership.user_id, Membership.role)
        .where(Membership.project_id == project_id, Membership.user_id.in_(user_ids), Membership.ended_at.is_(None))
        .order_by(Membership.role)
    )
    for row in rows:
        found[row.user_id] = (*found.get(row.user_id, ()), row.role)
    return found


def possible_signers(project_id: int) -> list[tuple[User, tuple[str, ...]]]:
    """Active members whose roles let them sign, with those roles, business owners first."""
    rows = db.session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, Membership.ended_at.is_(None), User.active)
        .order_by(User.name, User.id, Membership.role)
    )
    held: dict[int, tuple[User, tuple[str, ...]]] = {}
    for user, role in rows:
        held[user.id] = (user, (*held.get(user.id, (user, ()))[1], role))
    able = [one for one in held.values() if may_sign_at_all(frozenset(one[1]))]
    return sorted(able, key=lambda one: "business_owner" not in one[1])
