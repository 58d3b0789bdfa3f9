"""The scope as a subject: a baseline is signed, requirements become approved, applied changes carry the signature on."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from reqtrack.accounts.models import Project
from reqtrack.baselines.compare import compare, point_of, requirement_groups
from reqtrack.baselines.content import visible_keys
from reqtrack.baselines.drift import Drifted, drift
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import counts_of, keys_of
from reqtrack.db import Base, db
from reqtrack.errors import NotFound
from reqtrack.items import store
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Requirement
from reqtrack.requirements.policy import LOCKED, OPEN
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.subjects import Outcome, Subject, SubjectKind, Told, number_in

CHUNK = 400


def load(project_id: int, number: int) -> Subject:
    """A baseline as a subject.

    Raises:
        NotFound: there is none of that number.
    """
    row = db.session.execute(
        select(Baseline.name, Baseline.fingerprint, Baseline.counts, Baseline.at).where(
            Baseline.project_id == project_id, Baseline.number == number
        )
    ).first()
    if row is None:
        raise NotFound(f"BL-{number}")
    return Subject(f"BL-{number}", "baseline", row.name, row.at, row.fingerprint, json.loads(row.counts))


def baseline_of(signoff: Signoff) -> Baseline:
    """The baseline that a scope sign-off is about."""
    return db.session.get_one(Baseline, (signoff.project_id, number_in(signoff.subject)))


def title(project_id: int, number: int) -> str:
    """The name of a baseline."""
    wanted = select(Baseline.name).where(Baseline.project_id == project_id, Baseline.number == number)
    return db.session.execute(wanted).scalar() or ""


def outcome(project_id: int, signoff: Signoff, given: Sequence[Signature]) -> Outcome:
    """Signed, carried or superseded: see *Carried forward* in the agreed workflows.

    A requirement that was not agreed when the signature was completed (it had moved, so it stayed a draft) does not make the
    signature fall: it is listed as moved since.
    """
    baseline = baseline_of(signoff)
    roles = {role for row in given if row.outcome == "signed" for role in row.roles.split()}
    moved = drift(project_id, baseline.seq, keys_of(baseline))
    applied = applied_changes(project_id, {touch.change for one in moved.values() for touch in one.touches})
    carrying: dict[str, int] = {}
    fallen, waiting = [], []
    for one in moved.values():
        if carried(one, applied):
            carrying.update((touch.change, applied[touch.change]) for touch in one.touches)
        elif one.stage in LOCKED:
            fallen.append(Told(one.key, one.title, "changed"))
        else:
            waiting.append(Told(one.key, one.title, "changed"))
    order = tuple(sorted(carrying, key=lambda key: (carrying[key], key)))
    decided_in = seats(project_id, order) if order else {}
    return Outcome(
        state="superseded" if fallen else "signed",
        carried_by=order,
        to_confirm=tuple(key for key in order if not decided_in[key] & roles),
        fallen=tuple(fallen),
        moved_since=tuple(waiting),
    )


def carried(one: Drifted, applied: Mapping[str, int]) -> bool:
    """Whether every version since came by an applied change."""
    return all(touch.change in applied for touch in one.touches)


def applied_changes(project_id: int, keys: Collection[str]) -> dict[str, int]:
    """Those of the changes that were applied, with the event sequence of their application.

    Changes are an area above this one: their table is read by its name.
    """
    wanted = sorted(key for key in keys if key)
    changes = Base.metadata.tables["changes"]
    found: dict[str, int] = {}
    for at in range(0, len(wanted), CHUNK):
        rows = db.session.execute(
            select(Item.key, changes.c.applied_seq)
            .join(changes, changes.c.id == Item.id)
            .where(
                Item.project_id == project_id,
                Item.key.in_(wanted[at : at + CHUNK]),
                changes.c.applied_seq.is_not(None),
            )
        )
        found.update((row.key, row.applied_seq) for row in rows)
    return found


def seats(project_id: int, keys: Collection[str]) -> dict[str, set[str]]:
    """The roles in which each of these changes was approved."""
    decisions = Base.metadata.tables["decisions"]
    found: dict[str, set[str]] = {key: set() for key in keys}
    rows = db.session.execute(
        select(Item.key, decisions.c.seat)
        .join(decisions, decisions.c.change_id == Item.id)
        .where(Item.project_id == project_id, Item.key.in_(found), decisions.c.outcome == "approved")
    )
    for row in rows:
        found[row.key].add(row.seat)
    return found


def completed(actor: Actor, project: Project, signoff: Signoff) -> Mapping[str, Any]:
    """Approve each draft or in-review requirement of the baseline whose scope content still is the baseline's."""
    baseline = baseline_of(signoff)
    keys = set(keys_of(baseline))
    moved = drift(project.id, baseline.seq, keys)
    rows = db.session.execute(
        select(Requirement)
        .where(Requirement.project_id == project.id, Requirement.stage.in_(OPEN), Requirement.retired.is_(False))
        .order_by(Requirement.number)
    ).scalars()
    waiting = [item for item in rows if item.key in keys]
    approved = [item for item in waiting if item.key not in moved]
    for item in approved:
        store.move(actor, item, "approved", reason=signoff.key, after={"signoff": signoff.key})
    return {"approved": len(approved), "moved_since": [item.key for item in waiting if item.key in moved]}


def unsigned(project_id: int, baseline: Baseline) -> list[Told]:
    """Requirements of the scope that came after a baseline: not yet signed by anybody."""
    keys = set(keys_of(baseline))
    rows = db.session.execute(
        select(Item.key, Item.title)
        .where(
            Item.project_id == project_id,
            Item.kind == "requirement",
            Item.retired.is_(False),
            Item.stage.in_((*OPEN, "approved", "implemented")),
        )
        .order_by(Item.number)
    )
    return [Told(row.key, row.title, "new") for row in rows if row.key not in keys]


def newest_signed(project_id: int, before: int | None = None) -> Signoff | None:
    """The completed scope sign-off of the newest baseline (older than baseline number ``before`` when given)."""
    rows = db.session.execute(
        select(Signoff)
        .where(Signoff.project_id == project_id, Signoff.state == "signed", Signoff.subject.like("BL-%"))
        .order_by(func.length(Signoff.subject).desc(), Signoff.subject.desc(), Signoff.number.desc())
    ).scalars()
    for signoff in rows:
        if before is None or number_in(signoff.subject) < before:
            return signoff
    return None


def shown(actor: Actor, project: Project, signoff: Signoff) -> Mapping[str, Any]:
    """What a page shows of the scope to be signed: what differs from the last signed baseline, and its requirements.

    ``previous`` is that baseline or None, ``comparison`` what leads from it to this one; ``groups`` are the requirements
    by phase, must first; ``hidden`` counts what the actor may not see.
    """
    baseline = baseline_of(signoff)
    keys = keys_of(baseline)
    seen = visible_keys(actor, project.id, keys)
    before = newest_signed(project.id, baseline.number)
    previous = baseline_of(before) if before is not None else None
    comparison = None
    if previous is not None:
        comparison = compare(project.id, point_of(previous, actor), point_of(baseline, actor))
    return {
        "baseline": baseline,
        "counts": counts_of(baseline),
        "previous": previous,
        "comparison": comparison,
        "groups": requirement_groups(project.id, baseline.seq, seen),
        "hidden": len(keys) - len(seen),
    }


SCOPE = SubjectKind(
    prefix="BL",
    name="baseline",
    label=_l("Scope baseline"),
    meaning=_l("I approve this scope."),
    load=load,
    title=title,
    endpoint="baselines.show",
    template="signoff/_scope.html",
    shown=shown,
    outcome=outcome,
    completed=completed,
)
