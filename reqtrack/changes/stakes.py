"""What a change puts at stake: results that would turn stale, signatures that fall or are carried, other open changes. And
all of it for one item, before there is a change."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, false, func, literal, or_, select, union_all

from reqtrack import clock
from reqtrack.acceptance.models import Acceptance, Round, RoundScenario, Standing
from reqtrack.acceptance.queries.status import counting, in_table
from reqtrack.baselines.models import Baseline
from reqtrack.changes import reach
from reqtrack.changes.models import ProposedEdit
from reqtrack.db import Instant, db, once, plain
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import item_for, sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.workflow.tables import CHANGE_OPEN

# For more keys than these, a text match for each costs more than reading the keys of every baseline.
FEW = 20


@dataclass(frozen=True)
class Fate:
    """What becomes of a signature: ``carried`` by the change (scope), or ``superseded`` (a round whose results turn stale)."""

    key: str
    subject: str
    title: str
    state: str
    signers: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True)
class Behind:
    """A baseline that is behind once a change takes effect; ``signed``: somebody signed it."""

    key: str
    name: str
    at: datetime
    signed: bool


def at_stake(acceptance_ids: Collection[int]) -> tuple[dict[int, int], set[str]]:
    """Fresh results that would turn stale, by acceptance scenario; and the rounds that hold such (``RND-1``)."""
    if not acceptance_ids:
        return {}, set()
    wanted = sorted(acceptance_ids)
    counts = counting(RoundScenario.acceptance_id.in_(wanted))
    own = Acceptance.__table__
    rows = db.session.execute(
        select(
            Standing.acceptance_id,
            Round.number,
            (Round.id == counts.c.round_id).label("counts"),
            func.count().label("n"),
        )
        .select_from(Standing)
        .join(Round, Round.id == Standing.round_id)
        .join(own, own.c.id == Standing.acceptance_id)
        .join(Item, Item.id == own.c.id)
        .outerjoin(counts, counts.c.acceptance_id == Standing.acceptance_id)
        .where(Standing.acceptance_id.in_(wanted), in_table, Item.text_seq <= Standing.seq, Item.retired.is_(False))
        .group_by(Standing.acceptance_id, Round.number, Round.id, counts.c.round_id)
    ).all()
    return {row.acceptance_id: row.n for row in rows if row.counts}, {f"RND-{row.number}" for row in rows}


def signatures(project_id: int, keys: Collection[str], rounds: Collection[str]) -> list[Fate]:
    """What becomes of the completed sign-offs: those of the newest signed scope with one of the keys, and of those rounds."""
    if not keys and not rounds:
        return []
    held = _holding(project_id, keys)
    rows = db.session.execute(
        select(
            Signoff.number, Signoff.subject, Baseline.number.label("baseline"), Baseline.name, Signature.signer_name,
            Signature.at,
        )
        .select_from(Signoff)
        .outerjoin(
            Baseline,
            and_(
                Baseline.project_id == Signoff.project_id,
                literal("BL-", String).concat(cast(Baseline.number, String)) == Signoff.subject,
            ),
        )
        .outerjoin(Signature, and_(Signature.signoff_id == Signoff.id, Signature.outcome == "signed"))
        .where(
            Signoff.project_id == project_id,
            Signoff.state == "signed",
            or_(Signoff.subject.in_(sorted(rounds)), and_(Baseline.number.is_not(None), held)),
        )
        .order_by(Signoff.number, Signature.number)
    ).all()  # fmt: skip
    newest = max((row.baseline for row in rows if row.baseline is not None), default=None)
    found: dict[int, Fate] = {}
    for row in rows:
        if row.baseline is not None and row.baseline != newest:
            continue
        state = "superseded" if row.baseline is None else "carried"
        before = found.get(row.number)
        names = (*(before.signers if before else ()), *([row.signer_name] if row.signer_name else ()))
        found[row.number] = Fate(f"SGN-{row.number}", row.subject, row.name or "", state, names, row.at)
    return list(found.values())


def _holding(project_id: int, keys: Collection[str]) -> ColumnElement[bool]:
    """The baselines of a project that hold one of the keys (one statement more where they are many, once for a transaction)."""
    if len(keys) <= FEW:
        return or_(false(), *(Baseline.keys.contains(f'"{key}"', autoescape=True) for key in sorted(keys)))
    known, wanted = once("baselines that hold"), (project_id, frozenset(keys))
    if wanted not in known:
        rows = plain(select(Baseline.number, Baseline.keys).where(Baseline.project_id == project_id))
        known[wanted] = [row.number for row in rows if not wanted[1].isdisjoint(json.loads(row.keys))]
    return Baseline.number.in_(known[wanted])


def behind(project_id: int, keys: Collection[str]) -> list[Behind]:
    """The baselines that hold one of the keys, newest first: what they say of it is not what is agreed once these change."""
    if not keys:
        return []
    held = _holding(project_id, keys)
    subject = literal("BL-", String).concat(cast(Baseline.number, String))
    signed = (
        select(Signoff.number)
        .where(Signoff.project_id == Baseline.project_id, Signoff.subject == subject, Signoff.state == "signed")
        .exists()
    )
    rows = db.session.execute(
        select(Baseline.number, Baseline.name, Baseline.at, signed.label("signed"))
        .where(Baseline.project_id == project_id, held)
        .order_by(Baseline.number.desc())
    )
    return [Behind(f"BL-{row.number}", row.name, row.at, bool(row.signed)) for row in rows]


def impact_of_item(actor: Actor, project_id: int, key: str, depth: int = reach.DEPTH) -> dict[str, Any]:
    """What a change of one item would touch, as the API and the command line show it.

    Raises:
        NotFound: there is no such item, or the actor may not see it.
    """
    item = item_for(actor, project_id, key)
    reached = reach.downstream(actor, project_id, [item.id], depth)
    accepting = {one.id for one in reached.values() if one.link == "accepts" and one.parent == item.id}
    stale, rounds = at_stake(accepting | ({item.id} if item.kind == "acceptance" else set()))
    fates = signatures(project_id, _keys_around(actor, item, project_id), rounds)
    keys = {item_id: one.key if one.seen else "…" for item_id, one in reached.items()} | {item.id: item.key}
    return {
        "key": item.key,
        "title": item.title,
        "depth": depth,
        "items": [
            {"key": one.key, "title": one.title, "path": [keys[step] for step in reach.path(reached, one.id)]}
            for one in reached.values()
            if one.seen
        ],
        "hidden": sum(not one.seen for one in reached.values()),
        "stale_results": sum(stale.values()),
        "superseded_signoffs": sum(one.state == "superseded" for one in fates),
        "carried_signoffs": sum(one.state == "carried" for one in fates),
        "conflicts": [row.key for row in open_changes(actor, project_id, item.id)],
    }


def _keys_around(actor: Actor, item: Item, project_id: int) -> set[str]:
    if item.kind != "acceptance":
        return {item.key}
    above = reach.upstream(actor, project_id, [item.id], 1)
    return {item.key} | {one.key for one in above.values() if one.link == "accepts"}


def open_changes(actor: Actor, project_id: int, item_id: int) -> Sequence[Any]:
    """Rows ``(key, title, stage, field)`` of the open changes that edit an item or are about it, by number (one statement).

    ``field``: one of those that it would set, "" where it sets none.
    """
    return [row for row in open_or_late(actor, project_id, item_id) if row.stage in CHANGE_OPEN]


def open_or_late(actor: Actor, project_id: int, item_id: int, since: datetime | None = None) -> Sequence[Any]:
    """The same with those that took effect and moved ``since`` (none: not them)."""
    wanted = _all_open() if sees_all(actor, project_id) else _open(visible(actor, project_id))
    late = since or clock.now() + timedelta(days=1)
    return db.session.execute(wanted, {"item": item_id, "project": project_id, "since": late}).all()


def _open(seen: ColumnElement[bool]) -> Any:
    about = union_all(
        select(ProposedEdit.change_id.label("id"), ProposedEdit.field).where(ProposedEdit.item_id == bindparam("item")),
        select(Link.source_id, literal("", String)).where(
            Link.target_id == bindparam("item"), Link.kind == "touches", Link.until.is_(None)
        ),
    ).subquery()
    return (
        select(Item.key, Item.title, Item.stage, func.max(about.c.field).label("field"))
        .join(about, about.c.id == Item.id)
        .where(
            seen,
            or_(
                Item.stage.in_(CHANGE_OPEN),
                and_(Item.stage.in_(("applied", "closed")), Item.updated_at > bindparam("since", type_=Instant)),
            ),
        )
        .group_by(Item.key, Item.title, Item.stage, Item.number)
        .order_by(Item.number)
    )


def proposed(actor: Actor, project_id: int, item_id: int, field: str) -> Sequence[Any]:
    """Rows ``(key, title, new)`` of the open changes that would set a field of an item, by number (one statement)."""
    return db.session.execute(
        select(Item.key, Item.title, ProposedEdit.new)
        .join(ProposedEdit, ProposedEdit.change_id == Item.id)
        .where(ProposedEdit.item_id == item_id, ProposedEdit.op == "set", ProposedEdit.field == field)
        .where(visible(actor, project_id), Item.stage.in_(CHANGE_OPEN))
        .order_by(Item.number)
    ).all()


# Asked on the page of every item: put together once, for who sees everything.
@cache
def _all_open() -> Any:
    return _open(Item.project_id == bindparam("project"))
