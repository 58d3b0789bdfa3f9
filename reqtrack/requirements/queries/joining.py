"""What a merge or a split needs to know, and the plan that it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from reqtrack.db import db, mode, once
from reqtrack.errors import NotFound, invalid
from reqtrack.interviews.models import Evidence
from reqtrack.items import naming, present, store
from reqtrack.items.kinds import KINDS, by_key
from reqtrack.items.models import Item, Link
from reqtrack.permissions import Actor
from reqtrack.requirements import plan
from reqtrack.requirements.plan import NEW, LinkMove, Plan, Write

# Told by the item at the other end: a change says what it is about, and its votes stand for that.
STAYS = ("touches",)


@dataclass(frozen=True)
class Tie:
    """A live link of an item: the other end, and the field that it is (of which item), if it is one."""

    id: int
    kind: str
    other: Item
    outgoing: bool
    owner: Item | None
    field: str


def ties(item: Item) -> list[Tie]:
    """The live links of an item, but for what changes say of it. A page asks for them several times."""
    now = mode()
    known: dict[int, list[Tie]] = {} if now is None or now.writing else once("ties")
    if item.id not in known:
        known[item.id] = _ties(item)
    return known[item.id]


def _ties(item: Item) -> list[Tie]:
    ends = or_(
        and_(Link.source_id == item.id, Link.target_id == Item.id),
        and_(Link.target_id == item.id, Link.source_id == Item.id),
    )
    rows = db.session.execute(
        select(Link, Item)
        .join(Item, ends)
        .where(Link.until.is_(None), Link.kind.not_in(STAYS))
        .order_by(Link.kind, Item.number, Link.id)
    )
    found = []
    for link, other in rows:
        outgoing = link.source_id == item.id
        source, target = (item, other) if outgoing else (other, item)
        name, owner, _far = store.field_of(link.kind, source, target) or ("", None, None)
        found.append(Tie(link.id, link.kind, other, outgoing, owner, name))
    return found


def raw_of(actor: Actor, item: Item) -> dict[str, Any]:
    """An item's fields as the API shows and takes them."""
    kind = KINDS[item.kind]
    content = store.content_of(item)
    return present.Shown.load(actor, item.project_id, kind, [content]).fields(content)


def excerpts_of(item: Item) -> list[int]:
    """The excerpts that back an item."""
    wanted = select(Evidence.excerpt_id).where(Evidence.item_id == item.id, Evidence.until.is_(None))
    return list(db.session.execute(wanted.order_by(Evidence.id)).scalars())


def merge_plan(actor: Actor, kept: Item, gone: Item, choices: Mapping[str, str], seen: Mapping[str, int]) -> Plan:
    """What it comes to when ``gone`` is merged into ``kept``.

    Args:
        choices: by field, whose words shall stand: kept, gone, both.
        seen: by key, the version that was looked at.
    """
    kind = KINDS[gone.kind]
    mine, theirs = raw_of(actor, kept), raw_of(actor, gone)
    values: dict[str, Any] = {}
    for name in plan.differing(kind, mine, theirs):
        value = plan.chosen(kind, name, mine.get(name), theirs.get(name), choices.get(name, ""))
        if (value or None) != (mine.get(name) or None):
            values[name] = value
    emptied: dict[str, Any] = {}
    for field in kind.fields:
        if field.type == "links":
            joined = sorted({*mine[field.name], *theirs[field.name]} - {kept.key, gone.key})
            if joined != sorted(mine[field.name]):
                values[field.name] = joined
            if theirs[field.name]:
                emptied[field.name] = []
    held = ties(gone)
    owners = _moved_owners(held, gone, [kept.key])
    writes = [Write(kept, values)] if values else []
    writes += [one for one in owners if one.item.id not in (kept.id, gone.id)]
    writes += [Write(gone, emptied)] if emptied else []
    links = _moved_links(held, gone, {tie.id: [kept.key] for tie in held}, {one.id for one in (kept, gone)}, kept)
    return Plan("merged", gone, (kept.key,), writes, links=links, seen=seen)


def split_plan(
    actor: Actor,
    old: Item,
    parts: Sequence[Mapping[str, Any]],
    places: Mapping[str, Mapping[int, str]],
    seen: Mapping[str, int],
    names: Sequence[str] = NEW,
    quotes: Sequence[int] | None = None,
) -> Plan:
    """What it comes to when an item is split in two.

    Args:
        parts: for each of the two, the values in which it differs from the old one.
        places: ``links`` by the link's id and ``evidence`` by the excerpt's, where each goes: first, second, both.
        names: what the two are called.
        quotes: the excerpts that back it, where they are known already.
    """
    kind = KINDS[old.kind]
    whole = raw_of(actor, old)
    held = ties(old)
    goes = {tie.id: _names(places.get("links", {}).get(tie.id, ""), names) for tie in held}
    made = []
    for name, part in zip(names, parts, strict=True):
        values = {**{field.name: whole[field.name] for field in kind.fields}, **part}
        for field in kind.fields:
            if field.type == "links":
                mine = [
                    tie.other.key
                    for tie in held
                    if tie.owner is old and tie.field == field.name and name in goes[tie.id]
                ]
                values[field.name] = sorted(mine)
        made.append({key: value for key, value in values.items() if value not in (None, "", [])})
    backed = excerpts_of(old) if quotes is None else quotes
    evidence = [
        [one for one in backed if name in _names(places.get("evidence", {}).get(one, ""), names)] for name in names
    ]
    emptied: dict[str, Any] = {one.name: [] for one in kind.fields if one.type == "links" and whole[one.name]}
    writes = [one for one in _moved_owners(held, old, names, goes) if one.item.id != old.id]
    writes += [Write(old, emptied)] if emptied else []
    links = _moved_links(held, old, goes, {old.id})
    return Plan("split", old, tuple(names), writes, made, evidence, links, seen)


def _names(place: str, names: Sequence[str]) -> list[str]:
    """Who gets what was put in a place; what was put nowhere goes to both."""
    return {"first": [names[0]], "second": [names[1]]}.get(place, list(names))


def _moved_owners(
    held: Sequence[Tie], old: Item, heirs: Sequence[str], goes: Mapping[int, Sequence[str]] | None = None
) -> list[Write]:
    """Links that are fields of others: the heirs take the old one's place there."""
    found: dict[tuple[int, str], tuple[Item, list[str]]] = {}
    for tie in held:
        if tie.owner is None or tie.owner.id == old.id:
            continue
        current = found.get((tie.owner.id, tie.field), (tie.owner, store.content_of(tie.owner).get(tie.field) or []))[1]
        told = [key for key in current if key != old.key]
        told += [key for key in (goes or {}).get(tie.id, heirs) if key not in told]
        found[tie.owner.id, tie.field] = (tie.owner, told)
    return [Write(owner, {name: keys}) for (_number, name), (owner, keys) in found.items()]


def _moved_links(
    held: Sequence[Tie], old: Item, goes: Mapping[int, Sequence[str]], without: set[int], kept: Item | None = None
) -> list[LinkMove]:
    """Links that are nobody's field: each ends at the old one and begins at the heirs, where it is not there already and leads
    to another."""
    there = {(tie.kind, tie.other.key, tie.outgoing) for tie in (ties(kept) if kept is not None else ())}
    moves = []
    for tie in held:
        if tie.owner is not None:
            continue
        moves.append(_move(tie, old.key, add=False))
        if tie.other.id not in without and (tie.kind, tie.other.key, tie.outgoing) not in there:
            moves += [_move(tie, heir, add=True) for heir in goes[tie.id]]
    return moves


def _move(tie: Tie, end: str, *, add: bool) -> LinkMove:
    source, target = (end, tie.other.key) if tie.outgoing else (tie.other.key, end)
    return LinkMove(tie.kind, source, target, add)


def partner(actor: Actor, project_id: int, key: str, given: str) -> Item:
    """The item that another is to be merged with, named by its key or its title.

    Raises:
        Invalid: nothing was named, or there is no such item.
    """
    from reqtrack.items.queries import item_for

    kind = by_key(key)
    keys = naming.meant(actor, project_id, given, [kind.name] if kind else (), "into")
    if not keys:
        raise invalid("into", "Say which item goes on: words of its title, or its key.", "required")
    wanted = keys[0]
    try:
        found: Item = item_for(actor, project_id, wanted)
    except NotFound:
        raise invalid("into", "There is no %(key)s in this project.", key=wanted[:40]) from None
    return found
