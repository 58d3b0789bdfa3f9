"""The one way to write an item: prints, version, links, search index and event together, inside one ``recorded()``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from reqtrack.accounts.models import Project
from reqtrack.audit.record import Entry, recorded
from reqtrack.audit.seals import digest
from reqtrack.db import at_last, canonical, db, settle
from reqtrack.errors import Invalid, Reason, Refused, Stale, Verdict, no
from reqtrack.items import personal, present, search
from reqtrack.items.kinds import KINDS, LINKS, Field, Kind
from reqtrack.items.models import Counter, Item, Link, Version
from reqtrack.items.values import encode
from reqtrack.permissions import Actor

SCHEMA = 1
# By kind: called with (item, the stage it goes to, when) while an item moves, before anything of it is changed. An area keeps
# beside its items what follows from their moves.
LEAVING: dict[str, list[Callable[[Any, str, datetime], None]]] = {}


def next_number(project_id: int, prefix: str) -> int:
    """The next number of a kind of key in a project; the transaction holds the project's lock, so numbers have no twins."""
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(Counter)
    statement = insert.values(project_id=project_id, prefix=prefix, value=1).on_conflict_do_update(
        index_elements=["project_id", "prefix"], set_={"value": Counter.value + 1}
    )
    return int(db.session.execute(statement.returning(Counter.value), execution_options={"spine": True}).scalar_one())


def next_numbers(project_id: int, prefix: str, count: int) -> range:
    """The next ``count`` numbers of a kind of key, at once."""
    first = next_number(project_id, prefix)
    if count > 1:
        raised = update(Counter).where(Counter.project_id == project_id, Counter.prefix == prefix)
        db.session.execute(raised.values(value=first + count - 1), execution_options={"spine": True})
    return range(first, first + count)


def create(
    actor: Actor,
    project: Project,
    kind: Kind,
    values: Mapping[str, Any],
    *,
    reason: str = "",
    change: str = "",
    stage: str = "",
    imported: bool = False,
    extra: Mapping[str, Any] | None = None,
) -> Item:
    """Make an item with its first version.

    Args:
        values: field values as ``values.parse`` gives them; ``title`` is needed.
        change: the key of the change request that brings it (lets locked scope be touched).
        stage: other than the kind's first.
        extra: columns of the kind's table that are no fields.

    Raises:
        Invalid: no title. Refused: the kind's guard says no.
    """
    if not (values.get("title") or "").strip():
        raise Invalid((Reason("required", "It needs a title.", {}, "title"),))
    _may_create(actor, project, kind).require()
    if kind.defaults is not None:
        values = kind.defaults(actor, project.id, values)
    if kind.clean is not None:
        values = kind.clean(actor, project.id, values, None)
    kind.guard(actor, None, tuple(values), values, change).require(409)
    number = next_number(project.id, kind.prefix)
    key = f"{kind.prefix}-{number}"
    with recorded(actor, project.id, f"{kind.name}.created", key, reason=reason) as entry:
        now = entry.at
        item = kind.model(
            project_id=project.id,
            number=number,
            key=key,
            stage=stage or kind.first_stage,
            created_at=now,
            created_by=actor.login,
            updated_at=now,
            imported=imported,
            **dict(extra or {}),
        )
        encoded = _set(kind, item, values)
        db.session.add(item)
        db.session.flush()
        _sync_links(entry, kind, item, values)
        content = {name: value for name, value in encoded.items() if value is not None}
        _append_version(actor, entry, kind, item, content, reason, change)
        entry.after = content
        search.put(kind, item, content)
    if kind.made is not None:
        kind.made(actor, item)
    return item


def edit(
    actor: Actor,
    item: Item,
    values: Mapping[str, Any],
    *,
    seen: int | None = None,
    reason: str = "",
    change: str = "",
    retired: bool | None = None,
    columns: Mapping[str, Any] | None = None,
) -> Item:
    """Save changed fields as a new version; a save that changes nothing makes none.

    Args:
        seen: the version that the editor saw; None skips the check (only for what holds the project's lock and read just now).
        columns: of the row, set with the save.

    Raises:
        Stale: the item moved since ``seen`` and the save would change something.
        Refused: no permission, or a personal text that the actor may not read whole (403); the kind's guard says no (409).
    """
    kind = KINDS[item.kind]
    _may_write(actor, item, kind).require()
    old = content_of(item)
    if kind.clean is not None:
        values = kind.clean(actor, item.project_id, values, item)
    encoded = {name: _encode(kind.field(name), item.project_id, value, old.get(name)) for name, value in values.items()}
    changed = tuple(name for name, value in encoded.items() if value != old.get(name))
    may_rewrite(actor, item, kind, changed, old).require()
    flips = retired is not None and retired != item.retired
    if seen is not None and seen != item.version and (changed or flips):
        raise Stale(item.key, seen, item.version, {n: encoded[n] for n in changed}, {n: old.get(n) for n in changed})
    if not changed and not flips:
        return item
    if "title" in changed and not encoded["title"]:
        raise Invalid((Reason("required", "It needs a title.", {}, "title"),))
    kind.guard(actor, item, (*changed, *(("retired",) if flips else ())), values, change).require(409)
    action = "retired" if retired and flips else "edited"
    before = {name: old.get(name) for name in changed}
    with recorded(actor, item.project_id, f"{kind.name}.{action}", item.key, reason=reason, before=before) as entry:
        encoded = _set(kind, item, {name: values[name] for name in changed})
        item.imported = False  # somebody has looked at it
        if retired is not None:
            item.retired = retired
        for name, value in (columns or {}).items():
            setattr(item, name, value)
        content = {name: value for name, value in {**old, **encoded}.items() if value is not None}
        content.pop("retired", None)
        if item.retired:
            content["retired"] = True
        item.updated_at = entry.at
        _sync_links(entry, kind, item, {name: values[name] for name in changed})
        _append_version(actor, entry, kind, item, content, reason, change)
        entry.after = {name: encoded[name] for name in changed} | ({"retired": item.retired} if flips else {})
        search.put(kind, item, content)
    if kind.saved is not None:
        kind.saved(actor, item, changed)
    return item


def move(
    actor: Actor,
    item: Item,
    to: str,
    *,
    seen_stage: str | None = None,
    reason: str = "",
    columns: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Entry:
    """Move an item to another stage (whether it may is the workflow's and the area's business, asked before).

    Args:
        columns: of the row, set with the move; a function is given the event of the move.

    Raises:
        Refused: 409 when ``seen_stage`` is not the stage any more.
    """
    check_stage(item, seen_stage)
    before = {"stage": item.stage}
    with recorded(actor, item.project_id, f"{item.kind}.moved", item.key, reason=reason, before=before) as entry:
        for leaving in LEAVING.get(item.kind, ()):
            leaving(item, to, entry.at)
        item.stage = to
        item.imported = False  # somebody has looked at it
        item.updated_at = entry.at
        for name, value in (columns or {}).items():
            setattr(item, name, value(entry) if callable(value) else value)
        entry.after = {"stage": to, **dict(after or {})}
    return entry


def check_stage(item: Item, seen: str | None) -> None:
    """Refuse a move that was begun in another stage.

    Raises:
        Refused: 409.
    """
    if seen is not None and seen != item.stage:
        no("moved", "%(key)s has moved to another stage meanwhile.", key=item.key).require(409)


def content_of(item: Item) -> dict[str, Any]:
    """The content of an item's newest version (canonical values by field name)."""
    if item.loaded is not None and item.loaded[0] == item.version:
        return json.loads(item.loaded[1]) if item.loaded[1] else {}
    found = db.session.execute(
        select(Version.content).where(Version.item_id == item.id, Version.number == item.version)
    ).scalar()
    return json.loads(found) if found else {}


def prints(kind: Kind, content: Mapping[str, Any]) -> tuple[str, str]:
    """``(text_print, scope_print)`` of a content."""
    text = {field.name: content[field.name] for field in kind.fields if field.text and field.name in content}
    scope = {
        field.name: content[field.name]
        for field in kind.fields
        if (field.text or field.scope) and field.name in content
    }
    if content.get("retired"):
        scope["retired"] = True
    return digest(canonical(text)), digest(canonical(scope))


def link(actor: Actor, kind_name: str, source: Item, target: Item, *, change: str = "") -> Link:
    """Join two items. A link that is a field of one of them (accepts, gives_rise_to) is made by an edit of that field, so
    that it is part of a version, and of what a signature locks.

    Raises:
        Invalid: unknown kind, wrong ends, a circle, or it is there already. Refused: no permission, or a guard says no.
    """
    _check_ends(kind_name, source, target)
    if field := field_of(kind_name, source, target):
        name, owner, other = field
        held = _linked(owner, kind_name)
        if other.id in {item.id for item in held}:
            raise _twice(source, target)
        edit(actor, owner, {name: [*held, other]}, change=change)
        live = (Link.source_id == source.id, Link.target_id == target.id, Link.kind == kind_name, Link.until.is_(None))
        return db.session.execute(select(Link).where(*live)).scalar_one()
    _may_write(actor, source, KINDS[source.kind]).require()
    with recorded(actor, source.project_id, "link.added", source.key) as entry:
        made = _add_link(entry, kind_name, source, target)
        entry.after = {"kind": kind_name, "source": source.key, "target": target.key}
    return made


def unlink(actor: Actor, ended: Link, source: Item, target: Item, *, change: str = "") -> None:
    """End a link; it stays in the history. One that is a field of one of its ends ends by an edit of that field."""
    if field := field_of(ended.kind, source, target):
        name, owner, other = field
        kept = [item for item in _linked(owner, ended.kind) if item.id != other.id]
        edit(actor, owner, {name: kept}, change=change)
        return
    _may_write(actor, source, KINDS[source.kind]).require()
    before = {"kind": ended.kind, "source": source.key, "target": target.key}
    with recorded(actor, source.project_id, "link.ended", source.key, before=before) as entry:
        ended.until = entry.seq


def look(actor: Actor, looked: Link, source: Item) -> None:
    """Say that somebody has looked at a suspect link.

    Raises:
        Refused: they may change neither of the items that it joins.
    """
    target = db.session.get_one(Item, looked.target_id)
    if not _may_write(actor, target, KINDS[target.kind]):
        _may_write(actor, source, KINDS[source.kind]).require()
    with recorded(actor, looked.project_id, "link.looked", source.key) as entry:
        looked.looked = entry.seq
        entry.after = {"kind": looked.kind, "link": looked.id}


def field_of(kind_name: str, source: Item, target: Item) -> tuple[str, Item, Item] | None:
    """The field that a link of this kind is, as ``(name, the item that has it, the other end)``; None when it is no field."""
    for owner, other, end in ((source, target, "source"), (target, source, "target")):
        for field in KINDS[owner.kind].fields:
            if field.type == "links" and field.link == (kind_name, end):
                return field.name, owner, other
    return None


def _linked(owner: Item, kind_name: str) -> list[Item]:
    """The items at the other ends of an item's live links of a kind."""
    ends = or_(
        and_(Link.source_id == owner.id, Link.target_id == Item.id),
        and_(Link.target_id == owner.id, Link.source_id == Item.id),
    )
    found = select(Item).join(Link, ends).where(Link.kind == kind_name, Link.until.is_(None)).order_by(Item.number)
    return list(db.session.execute(found).scalars())


# -- inside ------------------------------------------------------------------------------------------------------------


def _may_create(actor: Actor, project: Project, kind: Kind) -> Verdict:
    if actor.may(kind.create, project.id) or (kind.draft and actor.may(kind.draft, project.id)):
        return Verdict()
    return no("no_permission", "Your roles in this project do not let you create this.")


def _may_write(actor: Actor, item: Item, kind: Kind) -> Verdict:
    if actor.may(kind.write, item.project_id):
        return Verdict()
    # Who may only draft keeps the pen on their own drafts.
    own = item.created_by == actor.login and item.stage == kind.first_stage
    if own and kind.draft and actor.may(kind.draft, item.project_id):
        return Verdict()
    return no("no_permission", "Your roles in this project do not let you change %(key)s.", key=item.key)


may_create, may_write, linked = _may_create, _may_write, _linked


def may_rewrite(actor: Actor, item: Item, kind: Kind, names: Sequence[str], content: Mapping[str, Any]) -> Verdict:
    """A personal text is rewritten only by who may read it whole: names hidden from them would be told, or lost.

    Args:
        names: the fields that a save would change.
        content: the item's content as it stands.
    """
    verdict = Verdict()
    for field in kind.fields:
        if field.type != "personal" or field.name not in names or field.name not in content:
            continue
        body = personal.get(item.project_id, content[field.name])
        if present.mask(actor, item.project_id, body) != body:
            message = "%(text)s: %(key)s holds names that you may not see, so you cannot rewrite this."
            verdict += no("hidden_names", message, field=field.name, text=field.label, key=item.key)
    return verdict


def _encode(field: Field, project_id: int, value: Any, old: Any) -> Any:
    """As ``values.encode``; a personal text equal to the one kept keeps its digest."""
    if field.type != "personal":
        return encode(field, value)
    if not value:
        return None
    return old if old and personal.get(project_id, old) == value else value


def _set(kind: Kind, item: Item, values: Mapping[str, Any]) -> dict[str, Any]:
    """Put values on the item's columns; returns them encoded."""
    encoded = {}
    for name, value in values.items():
        field = kind.field(name)
        if field.type == "personal":
            value = personal.put(item.project_id, value or "") or None
        encoded[name] = encode(field, value)
        if field.type != "links":
            setattr(item, field.attribute, value)
    return encoded


def _append_version(
    actor: Actor, entry: Entry, kind: Kind, item: Item, content: Mapping[str, Any], reason: str, change: str
) -> None:
    text_print, scope_print = prints(kind, content)
    if text_print != item.text_print:
        item.text_seq = entry.seq
        if item.version:
            at_last("carried", item.id, (item.id, entry.seq), _carry_text)
    item.text_print, item.scope_print = text_print, scope_print
    item.version += 1
    text = canonical(content)
    item.loaded = (item.version, text)
    settle()
    entry.seal(
        Version(
            item_id=item.id,
            number=item.version,
            project_id=item.project_id,
            schema=SCHEMA,
            content=text,
            text_print=text_print,
            scope_print=scope_print,
            author=actor.login,
            author_name=actor.name,
            at=entry.at,
            reason=reason,
            change=change,
            since=entry.seq,
        )
    )


def _carry_text(told: Iterable[tuple[int, int]]) -> None:
    """What accepts an item is tested against its text: move its ``text_seq`` along.

    Args:
        told: the ids of items whose text changed, each with the sequence of the event.
    """
    seqs = dict(told)
    carried: dict[int, int] = {}
    for source, target in db.session.execute(_carriers(), {"items": list(seqs)}):
        carried[source] = max(carried.get(source, 0), seqs[target])
    if not carried:
        return
    rows = [{"item": item, "seq": seq} for item, seq in carried.items()]
    db.session.execute(_carrying(), rows, execution_options={"spine": True})
    for item, seq in carried.items():
        loaded = db.session.identity_map.get(identity_key(Item, item))
        if loaded is not None and loaded.text_seq < seq:
            set_committed_value(loaded, "text_seq", seq)


@cache
def _carriers() -> Any:
    carrying = [name for name, kind in LINKS.items() if kind.carries_text]
    items: Any = bindparam("items", expanding=True)
    return select(Link.source_id, Link.target_id).where(
        Link.target_id.in_(items), Link.kind.in_(carrying), Link.until.is_(None)
    )


@cache
def _carrying() -> Any:
    items: Any = Item.__table__  # no entity: what the session knows of them is put right by itself
    older = update(items).where(items.c.id == bindparam("item"), items.c.text_seq < bindparam("seq"))
    return older.values(text_seq=bindparam("seq"))


def _sync_links(entry: Entry, kind: Kind, item: Item, values: Mapping[str, Any]) -> None:
    """Make the links of link fields be those of the values."""
    for name, wanted in values.items():
        field = kind.field(name)
        if field.type != "links":
            continue
        link_kind, end = field.link
        mine = Link.source_id if end == "source" else Link.target_id
        live = {
            (row.target_id if end == "source" else row.source_id): row
            for row in db.session.execute(
                select(Link).where(mine == item.id, Link.kind == link_kind, Link.until.is_(None))
            ).scalars()
        }
        for other_item in wanted:
            if other_item.id not in live:
                source, target = (item, other_item) if end == "source" else (other_item, item)
                _check_ends(link_kind, source, target)
                _add_link(entry, link_kind, source, target)
        kept = {other_item.id for other_item in wanted}
        for other_id, row in live.items():
            if other_id not in kept:
                row.until = entry.seq


def _check_ends(kind_name: str, source: Item, target: Item) -> None:
    kind = LINKS.get(kind_name)
    if kind is None:
        raise Invalid(
            (Reason("unknown_link", "There is no kind of link named %(kind)s.", {"kind": kind_name}, "kind"),)
        )
    if kind.source not in ("*", source.kind) or kind.target not in ("*", target.kind) or source.id == target.id:
        message = "%(source)s and %(target)s cannot be joined in this way."
        raise Invalid((Reason("wrong_ends", message, {"source": source.key, "target": target.key}),))
    if source.project_id != target.project_id:
        raise Refused((Reason("other_project", "Links join items of one project."),), 422)
    if kind.acyclic and source.id in _reached(kind_name, target.id):
        message = "%(source)s cannot refine %(target)s: that would be a circle."
        raise Invalid((Reason("circle", message, {"source": source.key, "target": target.key}),))


def _reached(kind_name: str, start: int) -> set[int]:
    seen, frontier = {start}, {start}
    while frontier:
        found = db.session.execute(
            select(Link.target_id).where(Link.source_id.in_(frontier), Link.kind == kind_name, Link.until.is_(None))
        ).scalars()
        frontier = set(found) - seen
        seen |= frontier
    return seen


def _twice(source: Item, target: Item) -> Invalid:
    message = "%(source)s and %(target)s are joined in this way already."
    return Invalid((Reason("twice", message, {"source": source.key, "target": target.key}),))


def _add_link(entry: Entry, kind_name: str, source: Item, target: Item) -> Link:
    live = select(func.count()).where(
        Link.source_id == source.id, Link.target_id == target.id, Link.kind == kind_name, Link.until.is_(None)
    )
    if db.session.execute(live).scalar():
        raise _twice(source, target)
    made = Link(
        project_id=source.project_id,
        kind=kind_name,
        source_id=source.id,
        target_id=target.id,
        since=entry.seq,
        looked=entry.seq,
    )
    db.session.add(made)
    return made
