"""The change's guard, asked before each save of what the request itself says; and what implementers see for being asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, false, or_, select, union_all

from reqtrack.changes import policy
from reqtrack.changes.delegation import Origin
from reqtrack.changes.models import AssessmentRequest, AssessmentRole, Change, ProposedEdit
from reqtrack.changes.people import asker_of, known_asker
from reqtrack.errors import YES, Verdict, no
from reqtrack.items.kinds import KINDS, register
from reqtrack.items.models import Item, Link
from reqtrack.permissions import Actor

Clause = Callable[[Actor], ColumnElement[bool]]


def guard(actor: Actor, item: Item | None, changed: Sequence[str], values: Mapping[str, Any], change: str) -> Verdict:
    """Content is edited while the request is open, by those who speak for it; its own decision may set tier and phase."""
    if item is None or change == item.key:
        return YES
    origin = Origin(logged_by=item.created_by, asked_by=asker_of(item))
    verdict = policy.may_write(actor, item.project_id, item.key, item.stage, origin)
    if "asked_by" in changed and (item.stage != "draft" or actor.login != item.created_by):
        message = "Who asked for %(key)s is set by who logged it, while it is a draft: whoever asked may not decide it."
        verdict += no("asker_stands", message, field="asked_by", key=item.key)
    if "retired" in changed:
        verdict += no(
            "not_retired", "%(key)s is a change request: withdraw it, so that its history says so.", key=item.key
        )
    given = values.get("asked_by") if "asked_by" in changed else None
    if given and known_asker(item.project_id, given) != given:
        message = "%(given)s is neither a member nor a stakeholder of this project."
        verdict += no("unknown_asker", message, field="asked_by", given=given[:80])
    return verdict


def _asked(actor: Actor) -> CompoundSelect[int]:
    """The changes that somebody is asked to assess: they are named, or hold a role that is asked, and it was handed in. A draft
    is its author's."""
    return _asked_of(actor.id, frozenset((project_id, frozenset(roles)) for project_id, roles in actor.roles.items()))


# Asked on every page of an implementer, once for each kind of item: put together once.
@lru_cache(1_000)
def _asked_of(user_id: int, roles_in: frozenset[tuple[int, frozenset[str]]]) -> CompoundSelect[int]:
    own = Change.__table__
    item = Item.__table__.alias("asked_about")
    held = [
        and_(item.c.project_id == project_id, AssessmentRole.role.in_(sorted(roles)))
        for project_id, roles in sorted(roles_in, key=lambda one: one[0])
    ]
    return union_all(
        select(AssessmentRequest.change_id)
        .join(own, own.c.id == AssessmentRequest.change_id)
        .where(AssessmentRequest.user_id == user_id, own.c.submitted_at.is_not(None)),
        select(AssessmentRole.change_id)
        .join(own, own.c.id == AssessmentRole.change_id)
        .join(item, item.c.id == own.c.id)
        .where(or_(false(), *held), own.c.submitted_at.is_not(None)),
    )


def asked_to_assess(actor: Actor) -> ColumnElement[bool]:
    """The changes that an implementer may see: those that they are asked to assess."""
    return Item.id.in_(_asked(actor))


class WithTheirItems:
    """What an implementer sees of a kind, and beside it the items of the changes that they are asked to assess."""

    def __init__(self, before: Clause | None) -> None:
        self.before = before

    def __call__(self, actor: Actor) -> ColumnElement[bool]:
        mine = _asked(actor)
        edited = Item.id.in_(select(ProposedEdit.item_id).where(ProposedEdit.change_id.in_(mine)))
        picked = Item.id.in_(
            select(Link.target_id).where(Link.source_id.in_(mine), Link.kind == "touches", Link.until.is_(None))
        )
        return or_(edited, picked) if self.before is None else or_(self.before(actor), edited, picked)


def init() -> None:
    """Put guard and clauses on the kinds."""
    register(replace(KINDS["change"], guard=guard, implementer_sees=asked_to_assess))
    for name in ("requirement", "scenario", "acceptance"):
        kind = KINDS[name]
        if not isinstance(kind.implementer_sees, WithTheirItems):
            register(replace(kind, implementer_sees=WithTheirItems(kind.implementer_sees)))
