"""What the scope was at a point of the history: a query over versions and links, which are never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, false, func, or_, select

from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link, Version
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.requirements.policy import OUT

# What a scope is made of, in the order in which it is listed (processes come with the issue that builds them).
SCOPE_KINDS = ("process", "scenario", "requirement", "acceptance")
CHUNK = 400
# A requirement in this stage was reviewed by nobody.
DRAFT = "draft"
# Rows of tables, not of the mapped classes: a baseline reads a hundred thousand of them.
VERSIONS, ITEMS, LINKS = Version.__table__, Item.__table__, Link.__table__
V, IT, L = VERSIONS.c, ITEMS.c, LINKS.c


class Print(NamedTuple):
    """One item at a point: which version it was, and its prints."""

    item_id: int
    key: str
    kind: str
    number: int
    version: int
    text_print: str
    scope_print: str
    retired: bool = False


@dataclass(frozen=True)
class ItemState:
    """One item at a point with its content."""

    print: Print
    content: Mapping[str, Any]

    @property
    def key(self) -> str:
        return self.print.key

    @property
    def title(self) -> str:
        return str(self.content.get("title", ""))


@dataclass(frozen=True)
class Content:
    """The items of a point by key and the links ``(kind, from, to)`` among them."""

    items: Mapping[str, ItemState]
    links: Sequence[tuple[str, str, str]]


def scope_kinds() -> tuple[str, ...]:
    """The kinds of ``SCOPE_KINDS`` that are built."""
    return tuple(kind for kind in SCOPE_KINDS if kind in KINDS)


def in_order(prints: Iterable[Print]) -> list[Print]:
    """By kind, then by number: how people read them."""
    return sorted(prints, key=lambda one: (SCOPE_KINDS.index(one.kind), one.number))


def prints_at(project_id: int, seq: int, *, retired: bool = False) -> dict[int, Print]:
    """The items of the scope kinds that existed at a point, by id, retired ones too.

    Args:
        retired: also tell whether each was retired then (else that is left False, which is faster).
    """
    gone = V.content.like('%"retired":true%') if retired else false()
    newest = select(V.item_id, func.max(V.number).label("number")).group_by(V.item_id)
    at = newest.where(V.project_id == project_id, V.since <= seq).subquery()
    rows = db.session.execute(
        select(IT.id, IT.key, IT.kind, IT.number, V.number, V.text_print, V.scope_print, gone)
        .select_from(at)
        .join(VERSIONS, and_(V.item_id == at.c.item_id, V.number == at.c.number))
        .join(ITEMS, IT.id == V.item_id)
        .where(IT.kind.in_(scope_kinds()))
    )
    return {row[0]: Print(*row) for row in rows}


def contents_at(project_id: int, prints: Iterable[Print]) -> dict[str, ItemState]:
    """The contents of these versions, by key."""
    wanted = {(one.item_id, one.version): one for one in prints}
    states: dict[str, ItemState] = {}
    for chunk in _chunks(sorted({item_id for item_id, _version in wanted})):
        rows = db.session.execute(
            select(Version.item_id, Version.number, Version.content).where(Version.item_id.in_(chunk))
        )
        for row in rows:
            one = wanted.get((row.item_id, row.number))
            if one is not None:
                states[one.key] = ItemState(one, json.loads(row.content))
    return states


def links_at(project_id: int, seq: int, keys_by_id: Mapping[int, str]) -> list[tuple[str, str, str]]:
    """``(kind, from, to)`` of the links that were live at a point between any two of these items, sorted."""
    rows = db.session.execute(
        select(L.kind, L.source_id, L.target_id).where(
            L.project_id == project_id, L.since <= seq, or_(L.until.is_(None), L.until > seq)
        )
    )
    return sorted(
        (row.kind, keys_by_id[row.source_id], keys_by_id[row.target_id])
        for row in rows
        if row.source_id in keys_by_id and row.target_id in keys_by_id
    )


def content_at(project_id: int, seq: int, keys: Collection[str]) -> Content:
    """The items of these keys, and the links among them, as they were at a point of the project's history."""
    wanted = set(keys)
    prints = [one for one in prints_at(project_id, seq).values() if one.key in wanted]
    states = contents_at(project_id, prints)
    links = links_at(project_id, seq, {one.item_id: one.key for one in prints})
    return Content({one.key: states[one.key] for one in in_order(prints)}, links)


def told_at(
    project_id: int, seq: int, keys: Collection[str], prints: Iterable[Print] | None = None
) -> tuple[list[list[str]], list[list[str]]]:
    """What a fingerprint is over: ``[[key, scope_print]…]`` and ``[[kind, from, to]…]`` of these keys at a point, sorted."""
    wanted = set(keys)
    held = [one for one in (prints_at(project_id, seq).values() if prints is None else prints) if one.key in wanted]
    links = links_at(project_id, seq, {one.item_id: one.key for one in held})
    return sorted([one.key, one.scope_print] for one in held), [list(one) for one in links]


def fingerprint(items: Sequence[Sequence[str]], links: Sequence[Sequence[str]]) -> str:
    """``sha256:…`` of the canonical ``{"items": …, "links": …}`` of what ``told_at`` gives."""
    # Keys, prints and words of ours are in normal form, so this is ``db.canonical``, some times faster.
    told = {"items": items, "links": links}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def keys_now(project_id: int, *, drafts: bool = True) -> list[str]:
    """The keys of the scope now: all items of its kinds but the rejected, deferred, obsolete, retired.

    Args:
        drafts: also the requirements that nobody has reviewed; without them what accepts nothing else is left out, too.
    """
    rows = db.session.execute(
        select(IT.id, IT.key, IT.kind, IT.number, IT.stage).where(
            IT.project_id == project_id, IT.kind.in_(scope_kinds()), IT.stage.not_in(OUT), IT.retired.is_(False)
        )
    ).all()
    left_out = set() if drafts else {row.id for row in rows if row.kind == "requirement" and row.stage == DRAFT}
    if left_out:
        left_out |= _accepting_only(project_id, left_out)
    there = [row for row in rows if row.id not in left_out]
    return [row.key for row in sorted(there, key=lambda row: (SCOPE_KINDS.index(row.kind), row.number))]


def _accepting_only(project_id: int, requirements: Collection[int]) -> set[int]:
    """The acceptance scenarios that accept some of these requirements and nothing else (one statement)."""
    rows = db.session.execute(
        select(L.source_id, L.target_id).where(L.project_id == project_id, L.kind == "accepts", L.until.is_(None))
    )
    accepts: dict[int, set[int]] = {}
    for row in rows:
        accepts.setdefault(row.source_id, set()).add(row.target_id)
    return {one for one, accepted in accepts.items() if accepted <= set(requirements)}


def visible_keys(actor: Actor, project_id: int, keys: Sequence[str]) -> list[str]:
    """Those of the keys whose items the actor may see."""
    if not keys or sees_all(actor, project_id):
        return list(keys)
    wanted = select(Item.key).where(visible(actor, project_id), Item.kind.in_(scope_kinds()))
    if len(keys) <= CHUNK:  # else it is quicker to ask for all
        wanted = wanted.where(Item.key.in_(keys))
    seen = set(db.session.execute(wanted).scalars())
    return [key for key in keys if key in seen]


def keys_at(project_id: int, seq: int) -> list[str]:
    """The keys of what was in the scope at a point.

    Stages are no part of versions; what an item's stage was is what its first later move says that it was before.
    """
    moved = select(Event.subject, Event.before).where(
        Event.project_id == project_id,
        Event.seq > seq,
        Event.action.in_([f"{kind}.moved" for kind in scope_kinds()]),
    )
    before: dict[str, str] = {}
    for row in db.session.execute(moved.order_by(Event.seq)):
        before.setdefault(row.subject, json.loads(row.before).get("stage", ""))
    prints = in_order(one for one in prints_at(project_id, seq, retired=True).values() if not one.retired)
    stages = stages_now(project_id)
    return [one.key for one in prints if before.get(one.key, stages.get(one.key, "")) not in OUT]


def stages_now(project_id: int) -> dict[str, str]:
    """The stages of the items of the scope kinds, by key."""
    rows = db.session.execute(
        select(Item.key, Item.stage).where(Item.project_id == project_id, Item.kind.in_(scope_kinds()))
    )
    return {row.key: row.stage for row in rows}


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
