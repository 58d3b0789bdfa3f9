"""Guarded loaders and the one visibility query that every list, search, export and count goes through."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select, true, union_all
from sqlalchemy.orm import aliased

from reqtrack.accounts.models import User
from reqtrack.db import db, looked_at_last
from reqtrack.errors import NotFound
from reqtrack.items.kinds import KINDS, LINKS, Kind, by_key
from reqtrack.items.models import Comment, Item, Link, PersonalText, Version
from reqtrack.permissions import ADMINISTRATOR, READ, Actor


def visible(actor: Actor, project_id: int, *, reached: bool = False) -> ColumnElement[bool]:
    """The clause for the items of a project that an actor may see; put it into every query that shows items. ``reached``: the items
    come by links from some that are known, and are not to be looked for in the whole project."""
    mine = (looked_at_last(Item.project_id) if reached else Item.project_id) == project_id
    if actor.kind != "user":
        return mine
    roles = actor.roles_in(project_id)
    if not roles:
        return false()
    if roles == {"implementer"}:
        seen = [
            and_(Item.kind == kind.name, kind.implementer_sees(actor))
            for kind in KINDS.values()
            if kind.implementer_sees is not None
        ]
        return and_(mine, or_(*seen)) if seen else false()
    hidden = [kind.name for kind in KINDS.values() if not _reads(actor, project_id, kind)]
    return and_(mine, Item.kind.not_in(hidden)) if hidden else mine


def _reads(actor: Actor, project_id: int, kind: Kind) -> bool:
    """Whether the actor's roles open a kind. Who enters as guest reads what members do, on the pages that let guests in."""
    guest = kind.read == READ and ADMINISTRATOR in actor.roles_in(project_id)
    return guest or actor.may(kind.read, project_id)


def sees_all(actor: Actor, project_id: int) -> bool:
    """Whether nothing is hidden from the actor in a project (then the visibility clause costs nothing)."""
    return actor.kind != "user" or (
        actor.roles_in(project_id) != {"implementer"}
        and all(actor.may(kind.read, project_id) for kind in KINDS.values())
    )


def item_for(actor: Actor, project_id: int, key: str, kind: str = "") -> Any:
    """The item of that key (with all columns of its kind), if the actor may see it.

    Raises:
        NotFound: none, of another kind, or not visible to the actor.
    """
    found = by_key(key)
    if found is None or (kind and found.name != kind):
        raise NotFound(key)
    if sees_all(actor, project_id):
        wanted = _any_item(found.model).where(Item.project_id == bindparam("project"))
    else:
        wanted = _any_item(found.model).where(visible(actor, project_id))
    row = db.session.execute(wanted, {"key": key.upper(), "project": project_id}).first()
    if row is None:
        raise NotFound(key)
    item: Any = row[0]
    item.loaded = (item.version, row.content)
    return item


@cache
def _any_item(model: type[Item]) -> Any:
    newest = and_(Version.item_id == model.id, Version.number == model.version)
    return select(model, Version.content).outerjoin(Version, newest).where(Item.key == bindparam("key"))


def items_by_key(actor: Actor, project_id: int, keys: Iterable[str]) -> dict[str, Item]:
    """Visible items by key (base columns)."""
    wanted = [key.upper() for key in keys]
    rows = db.session.execute(select(Item).where(Item.key.in_(wanted), visible(actor, project_id))).scalars()
    return {item.key: item for item in rows}


def titles(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, Any]:
    """``id → row(id, key, kind, title, stage, tier, phase_id, owner_id)`` of the items among ``ids`` that the actor may see."""
    rows: dict[int, Any] = {}
    wanted = list(ids)
    for at in range(0, len(wanted), 400):
        found = db.session.execute(
            select(
                Item.id,
                Item.key,
                Item.kind,
                Item.number,
                Item.title,
                Item.stage,
                Item.tier,
                Item.phase_id,
                Item.owner_id,
            ).where(Item.id.in_(wanted[at : at + 400]), visible(actor, project_id))
        )
        rows.update((row.id, row) for row in found)
    return rows


@dataclass(frozen=True)
class Neighbour:
    """An item at the other end of a link. ``word`` is how the link reads from here; ``suspect``: nobody looked since its source moved."""

    link_id: int
    link: str
    word: Any
    outgoing: bool
    key: str
    kind: str
    title: str
    stage: str
    suspect: bool
    seen: bool


def neighbours(actor: Actor, item: Item) -> list[Neighbour]:
    """The items joined to an item, both ways, in one query; those that the actor may not see have no key and title."""
    hidden = not sees_all(actor, item.project_id)
    wanted = _both_ways(select(Item.id).where(visible(actor, item.project_id))) if hidden else _all_both_ways()
    rows = sorted(db.session.execute(wanted, {"item": item.id}), key=lambda row: (row.link, row.kind, row.number))
    return [_neighbour(item, row) for row in rows]


def _both_ways(seen: Select[int] | None) -> Any:
    # Two halves, each by an index of its own: with one condition on both ends SQLite reads all links.
    return union_all(*(_joined(mine, far, seen) for mine, far in (_ENDS, _ENDS[::-1])))


# What pages of items ask every time is put together once, for who sees everything.
@cache
def _all_both_ways() -> Any:
    return _both_ways(None)


_ENDS = (Link.source_id, Link.target_id)


def _joined(mine: Any, far: Any, seen: Select[int] | None) -> Any:
    other = aliased(Item, flat=True)
    return (
        select(
            Link.id, Link.kind.label("link"), Link.source_id, Link.looked, other.key, other.kind, other.number, other.title,
            other.stage, other.text_seq, (true() if seen is None else other.id.in_(seen)).label("seen"),
        )
        .select_from(Link)
        .join(other, other.id == far)
        .where(mine == bindparam("item"), Link.until.is_(None))
    )  # fmt: skip


def _neighbour(item: Item, row: Any) -> Neighbour:
    outgoing = row.source_id == item.id
    kind = LINKS[row.link]
    driver_here = {"source": outgoing, "target": not outgoing, "both": False, "none": None}[kind.drives]
    driver_seq = 0 if driver_here is None else item.text_seq if driver_here else row.text_seq
    if kind.drives == "both":
        driver_seq = max(item.text_seq, row.text_seq)
    seen = bool(row.seen)
    return Neighbour(
        link_id=row.id,
        link=row.link,
        word=kind.label if outgoing else kind.inverse,
        outgoing=outgoing,
        key=row.key if seen else "",
        kind=row.kind,
        title=row.title if seen else "",
        stage=row.stage if seen else "",
        suspect=driver_seq > row.looked,
        seen=seen,
    )


def versions(item: Item, limit: int = 100, before: int | None = None) -> Sequence[Version]:
    """The newest versions of an item, newest first; ``before`` (a version's number) goes on."""
    wanted = select(Version).where(Version.item_id == item.id).order_by(Version.number.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Version.number < before)
    return db.session.execute(wanted).scalars().all()


def version_content(item_id: int, number: int) -> dict[str, Any]:
    """The content of one version.

    Raises:
        NotFound: there is no such version.
    """
    found = db.session.execute(
        select(Version.content).where(Version.item_id == item_id, Version.number == number)
    ).scalar()
    if found is None:
        raise NotFound(str(number))
    return dict(json.loads(found))


def comments(item: Item) -> list[tuple[Comment, str]]:
    """The comments at an item with their texts, oldest first (one query)."""
    found = []
    for said, body, asked in db.session.execute(_comments(), {"item": item.id}):
        said.asked_name = asked or ""
        found.append((said, body or ""))
    return found


@cache
def _comments() -> Select[Comment, str | None, str | None]:
    its_text = and_(PersonalText.digest == Comment.body, PersonalText.project_id == Comment.project_id)
    return (
        select(Comment, PersonalText.body, User.name)
        .outerjoin(PersonalText, its_text)
        .outerjoin(User, User.id == Comment.asked_id)
        .where(Comment.item_id == bindparam("item"))
        .order_by(Comment.id)
    )


def kind_for(actor: Actor, project_id: int, plural: str) -> Kind:
    """The kind whose lists are named so, if the actor may read it.

    Raises:
        NotFound: no such kind, or not for the actor.
    """
    kind = next((one for one in KINDS.values() if one.plural == plural), None)
    if kind is None or not actor.may(kind.read, project_id):
        raise NotFound(plural)
    return kind
