"""The scope as a subject: a baseline is signed, requirements become approved, applied changes carry the signature on."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm.util import identity_key

from reqtrack.accounts.models import Project
from reqtrack.baselines.compare import compare, point_of, requirement_groups
from reqtrack.baselines.content import DRAFT, visible_keys
from reqtrack.baselines.drift import Drifted, Touch, drift, drifts
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import counts_of, keys_of
from reqtrack.db import Base, db
from reqtrack.errors import NotFound
from reqtrack.items import store
from reqtrack.items.models import Item, Version
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Requirement
from reqtrack.requirements.policy import LOCKED, OPEN
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.subjects import Outcome, Place, Subject, SubjectKind, Told, number_in

CHUNK = 400


def load(project_id: int, number: int) -> Subject:
    """A baseline as a subject.

    Raises:
        NotFound: there is none of that number.
    """
    row = db.session.execute(
        select(Baseline.name, Baseline.fingerprint, Baseline.counts, Baseline.at, Baseline.seq, Baseline.keys).where(
            Baseline.project_id == project_id, Baseline.number == number
        )
    ).first()
    if row is None:
        raise NotFound(f"BL-{number}")
    return Subject(
        f"BL-{number}", "baseline", row.name, row.at, row.fingerprint, json.loads(row.counts),
        made_by=_authors(project_id, row.seq, set(json.loads(row.keys))),
    )  # fmt: skip


def _authors(project_id: int, seq: int, keys: Collection[str]) -> frozenset[str]:
    """Who wrote the requirements of a baseline: the logins of all their versions up to then."""
    rows = db.session.execute(
        select(Item.key, Version.author)
        .join(Version, Version.item_id == Item.id)
        .where(Item.project_id == project_id, Item.kind == "requirement", Version.since <= seq)
        .distinct()
    )
    return frozenset(row.author for row in rows if row.key in keys)


def baseline_of(signoff: Signoff) -> Baseline:
    """The baseline that a scope sign-off is about."""
    return db.session.get_one(Baseline, (signoff.project_id, number_in(signoff.subject)))


def titles(places: Collection[Place]) -> dict[Place, str]:
    """The names of baselines."""
    own = (Baseline.project_id, Baseline.number)
    rows = db.session.execute(select(*own, Baseline.name).where(tuple_(*own).in_(places)))
    return {(row.project_id, row.number): row.name for row in rows}


def outcomes(project_id: int, asked: Sequence[tuple[Signoff, Sequence[Signature]]]) -> dict[int, Outcome]:
    """Signed, carried or superseded: see *Carried forward* in the agreed workflows.

    A requirement that was not agreed when the signature was completed (it had moved, so it stayed a draft) does not make the
    signature fall: it is listed as moved since.
    """
    signed = {signoff.id: number_in(signoff.subject) for signoff, _given in asked if signoff.state == "signed"}
    baselines = _baselines(project_id, set(signed.values()))
    moved = drifts(project_id, {row.number: (row.seq, keys_of(row)) for row in baselines})
    drifted = [one for found in moved.values() for one in found.values()]
    applied = applied_changes(project_id, {touch.change for one in drifted for touch in one.touches})
    return {
        signoff.id: _judged(moved[signed[signoff.id]].values(), applied, given)
        if signoff.id in signed
        else Outcome(signoff.state)
        for signoff, given in asked
    }


def _baselines(project_id: int, numbers: Collection[int]) -> list[Baseline]:
    """The baselines of these numbers; those that this transaction has read already are not read again."""
    read = {number: db.session.identity_map.get(identity_key(Baseline, (project_id, number))) for number in numbers}
    known = [row for row in read.values() if row is not None]
    missing = [number for number, row in read.items() if row is None]
    if missing:
        wanted = select(Baseline).where(Baseline.project_id == project_id, Baseline.number.in_(missing))
        known += db.session.execute(wanted).scalars()
    return known


def _judged(moved: Iterable[Drifted], applied: Mapping[str, Applied], given: Sequence[Signature]) -> Outcome:
    roles = {role for row in given if row.outcome == "signed" for role in row.roles.split()}
    carrying: dict[str, int] = {}
    fallen, waiting = [], []
    for one in moved:
        if carried(one, applied):
            carrying.update((touch.change, applied[touch.change].seq) for touch in one.touches)
        elif one.stage in LOCKED:
            fallen.append(Told(one.key, one.title, "changed"))
        else:
            waiting.append(Told(one.key, one.title, "changed"))
    order = tuple(sorted(carrying, key=lambda key: (carrying[key], key)))
    return Outcome(
        state="superseded" if fallen else "signed",
        carried_by=order,
        to_confirm=tuple(key for key in order if not applied[key].seats & roles),
        fallen=tuple(fallen),
        moved_since=tuple(waiting),
    )


def carried(one: Drifted, applied: Collection[str]) -> bool:
    """Whether every version since came by an applied change."""
    return all(touch.change in applied for touch in one.touches)


class Applied(NamedTuple):
    """A change in effect: the event of its application, and the roles in which it was approved as it was applied."""

    seq: int
    seats: frozenset[str]


def applied_changes(project_id: int, keys: Collection[str]) -> dict[str, Applied]:
    """Those of the changes that were applied.

    Changes are an area above this one: their tables are read by their names.
    """
    wanted = sorted(key for key in keys if key)
    changes, decisions = Base.metadata.tables["changes"], Base.metadata.tables["decisions"]
    whole = decisions.c.option.is_(None)  # an option of it is not what was applied
    approved = and_(decisions.c.change_id == changes.c.id, decisions.c.outcome == "approved", whole)
    what = (decisions.c.number, decisions.c.package_print, decisions.c.tier, decisions.c.phase_id, changes.c.counted)
    rows: dict[str, list[Any]] = {}
    for at in range(0, len(wanted), CHUNK):
        found = db.session.execute(
            select(Item.key, changes.c.applied_seq, decisions.c.seat, *what)
            .join(changes, changes.c.id == Item.id)
            .outerjoin(decisions, approved)
            .where(
                Item.project_id == project_id,
                Item.key.in_(wanted[at : at + CHUNK]),
                changes.c.applied_seq.is_not(None),
            )
            .order_by(decisions.c.number)
        )
        for row in found:
            rows.setdefault(row.key, []).append(row)
    return {
        key: Applied(votes[-1].applied_seq, frozenset(one.seat for one in counting(votes) if one.seat))
        for key, votes in rows.items()
    }


def counting(votes: Sequence[Any]) -> list[Any]:
    """The votes by which a change took effect, of all approvals of it in their order: those that were counted; where that was not
    kept yet, those for the same content, tier and phase as the last one, which decided."""
    last = votes[-1]
    if last.counted is not None:
        return [one for one in votes if one.number in last.counted]
    decided = (last.package_print, last.tier, last.phase_id)
    return [one for one in votes if (one.package_print, one.tier, one.phase_id) == decided]


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
    """Requirements of the scope that came after a baseline: not yet signed by anybody; ``why`` tells the drafts from the rest."""
    keys = set(keys_of(baseline))
    rows = db.session.execute(
        select(Item.key, Item.title, Item.stage)
        .where(
            Item.project_id == project_id,
            Item.kind == "requirement",
            Item.retired.is_(False),
            Item.stage.in_((*OPEN, "approved", "implemented")),
        )
        .order_by(Item.number)
    )
    return [Told(row.key, row.title, "draft" if row.stage == DRAFT else "new") for row in rows if row.key not in keys]


def brought(project_id: int, baseline: Baseline, keys: Collection[str]) -> dict[str, list[Touch]]:
    """By which changes requirements outside a baseline came after it, or moved since, in order: versions without a change behind
    them are left out. It is not asked here whether the changes were applied."""
    found = drift(project_id, baseline.seq, keys)
    by_change = {key: [touch for touch in one.touches if touch.change] for key, one in found.items()}
    return {key: touches for key, touches in by_change.items() if touches}


def came_by(actor: Actor, item: Item) -> list[str]:
    """The applied changes by which one requirement came or moved, oldest first, as far as the actor may see them (one statement)."""
    rows = db.session.execute(
        select(Item.key)
        .join(Version, Version.change == Item.key)
        .where(Version.item_id == item.id, visible(actor, item.project_id))
        .order_by(Version.number)
    ).scalars()
    return list(dict.fromkeys(rows))


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
    by phase, must first; ``hidden`` counts what the actor may not see. ``drafts`` are the keys of those that nobody has reviewed
    and that a signature would approve, ``unreviewed`` how many there are, with what the actor may not see.
    """
    baseline = baseline_of(signoff)
    keys = keys_of(baseline)
    seen = visible_keys(actor, project.id, keys)
    before = newest_signed(project.id, baseline.number)
    previous = baseline_of(before) if before is not None else None
    drafts = _drafts(project.id, keys) if signoff.state == "requested" else set()
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
        "drafts": drafts & set(seen),
        "unreviewed": len(drafts),
    }


def _drafts(project_id: int, keys: Iterable[str]) -> set[str]:
    rows = select(Item.key).where(Item.project_id == project_id, Item.kind == "requirement", Item.stage == DRAFT)
    return set(db.session.execute(rows).scalars()) & set(keys)


SCOPE = SubjectKind(
    prefix="BL",
    name="baseline",
    label=_l("Scope baseline"),
    meaning=_l("I approve this scope."),
    load=load,
    titles=titles,
    endpoint="baselines.show",
    template="signoff/_scope.html",
    shown=shown,
    outcomes=outcomes,
    completed=completed,
    said={"en": "I approve this scope.", "zh": "我批准这个范围。"},
)
