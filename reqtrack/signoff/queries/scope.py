"""The scope in force, and what baselines are worth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, select

from reqtrack.accounts.models import User
from reqtrack.audit.models import Event
from reqtrack.baselines.content import DRAFT, visible_keys
from reqtrack.baselines.drift import drift
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import keys_of
from reqtrack.db import Base, db
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase
from reqtrack.requirements.policy import OUT
from reqtrack.signoff import scope
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.queries.people import answers
from reqtrack.signoff.queries.told import HIDDEN, as_seen, of_subjects, outcomes
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
    """The scope in force: a signed baseline and the changes signed since, as one chain; what it does not cover, beside it."""

    baseline: Baseline
    signoff: Signoff
    signatures: Sequence[Signature]
    outcome: Outcome
    unsigned: Sequence[Any]


def scope_in_force(actor: Actor, project_id: int) -> InForce | None:
    """The newest baseline whose signature was completed, with what carries it; None while nothing was signed."""
    signoff = scope.newest_signed(project_id)
    if signoff is None:
        return None
    baseline = scope.baseline_of(signoff)
    given = answers([signoff.id])[signoff.id]
    outcome = as_seen(actor, project_id, outcomes([signoff], {signoff.id: given}))[signoff.id]
    new = scope.unsigned(project_id, baseline)
    seen = set(visible_keys(actor, project_id, [one.key for one in new]))
    return InForce(
        baseline,
        signoff,
        [one for one in given if one.outcome == "signed"],
        outcome,
        [one for one in new if one.key in seen],
    )


@dataclass(frozen=True)
class Unvoted:
    """How a change took effect that nobody voted for: by a ``template``, with its name and who had approved it, or by ``silence``."""

    method: str
    name: str = ""
    approver: str = ""


@dataclass(frozen=True)
class Carrying:
    """An applied change that carries a signature: who approved it (name, role), or how it took effect without a vote; which
    requirements it moved (key, title), and whether nobody in a signer's role was among those who approved it. Of one that the
    reader may not see, that there is one."""

    key: str
    title: str
    applied_at: datetime | None
    deciders: list[tuple[str, str]]
    moved: Sequence[tuple[str, str]]
    to_confirm: bool
    unvoted: Unvoted | None = None

    @property
    def hidden(self) -> bool:
        return self.key == HIDDEN


def carrying(actor: Actor, found: InForce) -> list[Carrying]:
    """The changes of the chain, in the order of their application, in as many statements for many as for one.

    Changes are an area above this one: their tables are read by their names.
    """
    project_id, outcome = found.baseline.project_id, found.outcome
    if not outcome.carried_by:
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
        .where(Item.project_id == project_id, Item.key.in_(outcome.carried_by))
        .order_by(changes.c.applied_seq, decisions.c.number)
    ).all()
    drifted = drift(project_id, found.baseline.seq, set(keys_of(found.baseline)))
    seen = set(visible_keys(actor, project_id, list(drifted)))
    chain: dict[str, Carrying] = {}
    for row in rows:
        if row.key not in chain:
            touched = [
                (key, one.title) for key, one in drifted.items() if any(each.change == row.key for each in one.touches)
            ]
            moved = [(key, title) for key, title in touched if key in seen]
            chain[row.key] = Carrying(row.key, row.title, row.applied_at, [], moved, row.key in outcome.to_confirm)
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
    return [chain.get(key, hidden) for key in outcome.carried_by]


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
    return {
        "baseline": found.baseline.key if found else None,
        "signoff": found.signoff.key if found else None,
        "state": outcome.state or None,
        "carried_by": list(outcome.carried_by),
        "to_confirm": list(outcome.to_confirm),
        "superseded_by": [one.key for one in outcome.fallen],
        "not_signed": [one.key for one in found.unsigned] if found else [],
    }
