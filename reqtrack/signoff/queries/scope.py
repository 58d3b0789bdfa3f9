"""The scope in force, and what baselines are worth."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, select

from reqtrack import clock
from reqtrack.accounts.models import User
from reqtrack.audit.models import Event
from reqtrack.baselines.content import DRAFT, visible_keys
from reqtrack.baselines.drift import drift
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import keys_of
from reqtrack.db import Base, db
from reqtrack.items.brought import HIDDEN
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.requirements.policy import OUT
from reqtrack.signoff import scope
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.queries.people import answers
from reqtrack.signoff.queries.told import as_seen, of_subjects, outcomes
from reqtrack.signoff.subjects import Outcome, Told
from reqtrack.web.words import acting


def baseline_states(project_id: int, numbers: Sequence[int]) -> Mapping[int, str]:
    """The hook of ``baselines.queries.SIGNED``: the state of the newest sign-off of each baseline that has one,
    *carried* for one that changes carry."""
    told = of_subjects(project_id, [f"BL-{number}" for number in numbers])
    return {
        int(key.partition("-")[2]): "carried"
        if rows[0][1].state == "signed" and rows[0][1].carried_by
        else rows[0][1].state
        for key, rows in told.items()
        if rows
    }


@dataclass(frozen=True)
class InForce:
    """The scope in force: a signed baseline and the changes decided since, as one chain; what it does not cover, beside it.

    ``chain``: the changes that carry the signature and those that brought what is ``unsigned``, in the order in which they took
    effect (``HIDDEN`` for one that the reader may not see). ``came_by``: of an unsigned requirement, the changes of the chain
    that brought or moved it; ``added``: of such a change, what it brought.
    """

    baseline: Baseline
    signoff: Signoff
    signatures: Sequence[Signature]
    outcome: Outcome
    unsigned: Sequence[Told]
    chain: Sequence[str]
    came_by: Mapping[str, Sequence[str]]
    added: Mapping[str, Sequence[str]]


def scope_in_force(actor: Actor, project_id: int) -> InForce | None:
    """The newest baseline whose signature was completed, with what carries it; None while nothing was signed."""
    signoff = scope.newest_signed(project_id)
    if signoff is None:
        return None
    baseline = scope.baseline_of(signoff)
    given = answers([signoff.id])[signoff.id]
    judged = outcomes([signoff], {signoff.id: given})[signoff.id]
    new = scope.unsigned(project_id, baseline)
    touches = scope.brought(project_id, baseline, {one.key for one in new})
    chain = _chain(project_id, judged.carried_by, {touch.change for mine in touches.values() for touch in mine})
    # The chain is looked through together with the outcome: what may be seen of it is asked once.
    known = as_seen(actor, project_id, {signoff.id: judged, WHOLE: Outcome("", carried_by=chain)})
    shown = known[WHOLE].carried_by
    seen = set(visible_keys(actor, project_id, [one.key for one in new]))
    came_by: dict[str, list[str]] = {}
    added: dict[str, list[str]] = {}
    for key in (one.key for one in new if one.key in seen):
        for touch in (one for one in touches.get(key, ()) if one.change in shown):
            if touch.change not in came_by.setdefault(key, []):
                came_by[key].append(touch.change)
            if touch.version == 1 and touch.key == key:
                added.setdefault(touch.change, []).append(key)
    return InForce(
        baseline,
        signoff,
        [one for one in given if one.outcome == "signed"],
        known[signoff.id],
        [one for one in new if one.key in seen],
        shown,
        came_by,
        added,
    )


# Stands for the chain as a whole among sign-offs, whose ids begin with one.
WHOLE = 0


def _chain(project_id: int, carrying: Sequence[str], bringing: Collection[str]) -> tuple[str, ...]:
    """The changes that carry a signature and those that brought something new, as far as they were applied, in the order of their
    application (one statement where something new came by a change)."""
    if set(carrying).issuperset(bringing):
        return tuple(carrying)
    applied = scope.applied_changes(project_id, {*carrying, *bringing})
    return tuple(sorted(applied, key=lambda key: (applied[key].seq, key)))


@dataclass(frozen=True)
class Unvoted:
    """How a change took effect that nobody voted for: by a ``template``, with its name and who had approved it, or by ``silence``."""

    method: str
    name: str = ""
    approver: str = ""


@dataclass(frozen=True)
class Carrying:
    """An applied change of the chain: who approved it (name, role), or how it took effect without a vote; which requirements it
    moved and which it added (key, title), and whether it carries a signature in whose roles nobody approved it. Of one that the
    reader may not see, that there is one."""

    key: str
    title: str
    applied_at: datetime | None
    deciders: list[tuple[str, str]]
    moved: Sequence[tuple[str, str]]
    to_confirm: bool
    unvoted: Unvoted | None = None
    added: Sequence[tuple[str, str]] = ()

    @property
    def hidden(self) -> bool:
        return self.key == HIDDEN


def carrying(actor: Actor, found: InForce) -> list[Carrying]:
    """The changes of the chain, in the order of their application, in as many statements for many as for one.

    Changes are an area above this one: their tables are read by their names.
    """
    project_id, outcome = found.baseline.project_id, found.outcome
    if not found.chain:
        return []
    changes, decisions = Base.metadata.tables["changes"], Base.metadata.tables["decisions"]
    rows = db.session.execute(
        select(
            Item.key,
            Item.title,
            changes.c.applied_at,
            decisions.c.decider_name,
            decisions.c.behalf_name,
            decisions.c.seat,
            decisions.c.number,
            decisions.c.package_print,
            decisions.c.tier,
            decisions.c.phase_id,
            changes.c.counted,
        )
        .join(changes, changes.c.id == Item.id)
        .outerjoin(
            decisions,
            and_(
                decisions.c.change_id == changes.c.id, decisions.c.outcome == "approved", decisions.c.option.is_(None)
            ),
        )
        .where(Item.project_id == project_id, Item.key.in_(found.chain))
        .order_by(changes.c.applied_seq, decisions.c.number)
    ).all()
    moved, added = _moved(actor, found), _added(found)
    chain: dict[str, Carrying] = {}
    for row in rows:
        if row.key not in chain:
            to_confirm = row.key in outcome.to_confirm
            what = moved.get(row.key, []), added.get(row.key, [])
            chain[row.key] = Carrying(row.key, row.title, row.applied_at, [], what[0], to_confirm, added=what[1])
    for key, votes in groupby(rows, lambda row: row.key):
        told = (
            (acting(one.decider_name or "", one.behalf_name), one.seat)
            for one in scope.counting(list(votes))
            if one.seat
        )
        chain[key].deciders.extend(dict.fromkeys(told))
    bare = [key for key, one in chain.items() if not one.deciders]
    for key, how in _unvoted(project_id, bare).items():
        chain[key] = replace(chain[key], unvoted=how)
    hidden = Carrying(HIDDEN, "", None, [], (), False)
    return [chain.get(key, hidden) for key in found.chain]


def _moved(actor: Actor, found: InForce) -> dict[str, list[tuple[str, str]]]:
    """Which requirements each change moved that the reader may see: those of the baseline, then those that came after it."""
    project_id = found.baseline.project_id
    drifted = drift(project_id, found.baseline.seq, set(keys_of(found.baseline)))
    seen = set(visible_keys(actor, project_id, list(drifted)))
    moved: dict[str, list[tuple[str, str]]] = {}
    for key, one in drifted.items():
        for change in {touch.change for touch in one.touches} if key in seen else ():
            moved.setdefault(change, []).append((key, one.title))
    for told in found.unsigned:
        for change in found.came_by.get(told.key, ()):
            if told.key not in found.added.get(change, ()):
                moved.setdefault(change, []).append((told.key, told.title))
    return moved


def _added(found: InForce) -> dict[str, list[tuple[str, str]]]:
    titles = {one.key: one.title for one in found.unsigned}
    return {change: [(key, titles[key]) for key in keys] for change, keys in found.added.items()}


def _unvoted(project_id: int, keys: Sequence[str]) -> dict[str, Unvoted]:
    """How changes took effect that nobody voted for, as was recorded then (one statement, one more for the names of approvers)."""
    if not keys:
        return {}
    rows = db.session.execute(
        select(Event.subject, Event.after)
        .where(Event.project_id == project_id, Event.action == "change.decided", Event.subject.in_(keys))
        .order_by(Event.seq)
    )
    told = {row.subject: json.loads(row.after or "{}") for row in rows}
    logins = sorted({one["approved_by"] for one in told.values() if one.get("approved_by")})
    people = db.session.execute(select(User.login, User.name).where(User.login.in_(logins))) if logins else ()
    names = {row.login: row.name for row in people}
    return {
        key: Unvoted(
            one["method"], one.get("name") or "", names.get(one.get("approved_by"), one.get("approved_by") or "")
        )
        for key, one in told.items()
        if one.get("method") in ("template", "silence")
    }


@dataclass(frozen=True)
class NextScope:
    """What a baseline of the scope would take now: requirements by phase ("" for none) and stage, and the drafts among them, as far
    as the reader may see them (``hidden``: how many more)."""

    phases: Sequence[tuple[str, Mapping[str, int]]]
    drafts: Sequence[Told]
    hidden: int

    @property
    def taken(self) -> int:
        """How many requirements it takes without the drafts."""
        return sum(number for _phase, stages in self.phases for stage, number in stages.items() if stage != DRAFT)

    @property
    def in_review(self) -> int:
        """How many of those are being reviewed still."""
        return sum(stages.get("in_review", 0) for _phase, stages in self.phases)


def next_scope(actor: Actor, project_id: int) -> NextScope:
    """See ``NextScope`` (two statements; one more for who does not see everything)."""
    rows = db.session.execute(
        select(Item.key, Item.title, Item.stage, Phase.name)
        .outerjoin(Phase, Phase.id == Item.phase_id)
        .where(
            Item.project_id == project_id, Item.kind == "requirement", Item.retired.is_(False), Item.stage.not_in(OUT)
        )
        .order_by(Item.phase_id, Item.number)
    ).all()
    phases: dict[str, dict[str, int]] = {}
    for row in rows:
        stages = phases.setdefault(row.name or "", {})
        stages[row.stage] = stages.get(row.stage, 0) + 1
    drafts = [Told(row.key, row.title, "new") for row in rows if row.stage == DRAFT]
    seen = set(visible_keys(actor, project_id, [one.key for one in drafts])) if drafts else set()
    return NextScope(list(phases.items()), [one for one in drafts if one.key in seen], len(drafts) - len(seen))


def open_scope_request(project_id: int) -> Signoff | None:
    """The newest request to sign a scope that still waits."""
    wanted = select(Signoff).where(
        Signoff.project_id == project_id, Signoff.state == "requested", Signoff.subject.like("BL-%")
    )
    return db.session.execute(wanted.order_by(Signoff.number.desc()).limit(1)).scalar()


def in_force_dict(actor: Actor, project_id: int) -> dict[str, Any]:
    """The scope in force for programs: nulls and empty lists while nothing was signed."""
    found = scope_in_force(actor, project_id)
    outcome = found.outcome if found else Outcome("")
    chain = carrying(actor, found) if found else []
    return {
        "baseline": found.baseline.key if found else None,
        "signoff": found.signoff.key if found else None,
        "state": outcome.state or None,
        "carried_by": list(outcome.carried_by),
        "to_confirm": list(outcome.to_confirm),
        "superseded_by": [one.key for one in outcome.fallen],
        "not_signed": [one.key for one in found.unsigned] if found else [],
        "chain": [_carrying_dict(one) for one in chain],
    }


def _carrying_dict(one: Carrying) -> dict[str, Any]:
    """A change of the chain for programs; of one that the reader may not see nothing but that there is one."""
    how = one.unvoted
    return {
        "change": one.key,
        "applied_at": clock.iso(one.applied_at) if one.applied_at else None,
        "moved": [key for key, _title in one.moved],
        "added": [key for key, _title in one.added],
        "decided_by": [{"name": name, "role": role} for name, role in one.deciders],
        "decided_without_vote": how.method if how else None,
        "to_confirm": one.to_confirm,
    }
