"""From the edits that people and programs send to rows of a package, with every reason why one does not fit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.changes import codec
from reqtrack.changes.actions.succession import heirs
from reqtrack.changes.package import NEW, Edit, editable, link_field, linkable
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason
from reqtrack.interviews.models import Excerpt
from reqtrack.items import successions
from reqtrack.items.kinds import KINDS, LINKS, Kind
from reqtrack.items.models import Item, Version
from reqtrack.items.queries import items_by_key
from reqtrack.permissions import Actor

MOST = 500
SHAPES: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"item", "field", "new"}), frozenset({"base_version"})),
    (frozenset({"new_item"}), frozenset({"ref"})),
    (frozenset({"retire"}), frozenset({"merged_into", "split_into", "links"})),
    (frozenset({"item", "link"}), frozenset({"add", "remove"})),
    (frozenset({"restore"}), frozenset[str]()),
)


@dataclass
class Line:
    """One edit as it will be kept. ``effect`` is False when the item says so already."""

    op: str
    item: Item | None = None
    kind: str = ""
    field: str = ""
    base_version: int | None = None
    old: Any = None
    new: Any = None
    effect: bool = True
    position: int = 0


def parse(actor: Actor, project: Project, given: Any, before: Sequence[Edit] = (), first: int = 1) -> list[Line]:
    """Check what was sent.

    Args:
        given: a list of edits, each in one of the shapes of the API.
        before: the package as it is, for what ``NEW-n`` stands for.
        first: the position that the first new line will get.

    Raises:
        Invalid: with a reason per edit that does not fit, its field being ``edits.0.new`` and the like.
    """
    if not isinstance(given, list) or len(given) > MOST or not all(isinstance(one, dict) for one in given):
        raise Invalid((Reason("invalid", "Edits are a list of at most %(most)s.", {"most": MOST}, "edits"),))
    items = items_by_key(actor, project.id, _keys(given))
    refs = {f"{NEW}{one.position}": one.kind for one in before if one.op == "new"}
    # A new item may be named by the edits sent with it, wherever it stands among them.
    for at, one in enumerate(given):
        if isinstance(one.get("new_item"), dict):
            refs[f"{NEW}{first + at}"] = str(one["new_item"].get("kind", ""))
    lines: list[Line] = []
    reasons: list[Reason] = []
    contents = _contents(items, given)
    for at, one in enumerate(given):
        try:
            lines.append(_line(actor, project, one, items, contents, refs))
            lines[-1].position = first + at
        except Invalid as error:
            reasons += [
                Reason(
                    reason.code,
                    reason.message,
                    reason.params,
                    f"edits.{at}" + (f".{reason.field}" if reason.field else ""),
                )
                for reason in error.reasons
            ]
    if reasons:
        raise Invalid(reasons)
    return _gathered(lines)


def _gathered(lines: Sequence[Line]) -> list[Line]:
    """The lines as they will be kept: what was said of one item's links of a kind is one, whatever else is said once."""
    kept: dict[tuple[Any, ...], Line] = {}
    reasons: list[Reason] = []
    for at, line in enumerate(lines):
        place = (line.op, line.item.id, line.field) if line.item is not None else (line.op, at)
        if place not in kept:
            kept[place] = line
        elif line.op == "link":
            kept[place].new = joined(kept[place].new, line.new)
        else:
            message = "%(key)s is edited twice in the same place: say it once."
            reasons.append(Reason("twice", message, {"key": line.item.key if line.item else ""}, f"edits.{at}"))
    if reasons:
        raise Invalid(reasons)
    return list(kept.values())


def joined(links: Mapping[str, list[str]], more: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What is said of an item's links of a kind, and then something more: the later word holds where both speak of one link."""
    add = {*links["add"], *more["add"]} - set(more["remove"])
    remove = {*links["remove"], *more["remove"]} - set(more["add"]) - (set(links["add"]) & set(more["remove"]))
    return {"add": sorted(add), "remove": sorted(remove)}


def _keys(given: Sequence[Mapping[str, Any]]) -> list[str]:
    found: list[str] = []
    for one in given:
        found += [str(one[name]) for name in ("item", "retire", "restore", "merged_into") if one.get(name)]
        found += [str(end) for link in _list(one.get("links")) for end in _list(link)[1:]]
        for name in ("add", "remove"):
            found += [str(key) for key in one.get(name) or () if isinstance(one.get(name), list)]
    return [key.strip().upper() for key in found]


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _contents(items: Mapping[str, Item], given: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    """The contents of the versions that the edits begin from, by (key, version)."""
    wanted: dict[tuple[int, int], str] = {}
    for one in given:
        item = items.get(str(one.get("item", "")).strip().upper())
        if item is not None:
            number = one.get("base_version") or item.version
            wanted[item.id, number if isinstance(number, int) else item.version] = item.key
    rows = db.session.execute(
        select(Version.item_id, Version.number, Version.content).where(
            Version.item_id.in_({item_id for item_id, _ in wanted}),
            Version.number.in_({number for _, number in wanted}),
        )
    )
    return {
        (wanted[row.item_id, row.number], row.number): json.loads(row.content)
        for row in rows
        if (row.item_id, row.number) in wanted
    }


def _bad(field: str | None, message: str, code: str = "invalid", **params: Any) -> Invalid:
    return Invalid((Reason(code, message, params, field),))


def _line(
    actor: Actor,
    project: Project,
    given: Mapping[str, Any],
    items: Mapping[str, Item],
    contents: Mapping[tuple[str, int], dict[str, Any]],
    refs: Mapping[str, str],
) -> Line:
    names = frozenset(given)
    shape = next((at for at, (needed, more) in enumerate(SHAPES) if needed <= names <= needed | more), None)
    if shape is None:
        raise _bad(
            None,
            "An edit sets a field (item, field, new), makes a new_item, retires an item (retire, with merged_into or split_into "
            "where it goes on in others), brings one back (restore), or adds and removes links (item, link, add, remove).",
        )
    if shape == 0:
        return _set(project, given, items, contents, refs)
    if shape == 1:
        return _new(actor, project, given["new_item"], refs)
    if shape == 2:
        item = _item(given["retire"], items, "retire")
        if item.retired:
            raise _bad("retire", "%(key)s is retired already.", key=item.key)
        told = heirs(given, item, items, refs)
        return Line("retire", item, item.kind, base_version=item.version, new=told or None)
    if shape == 4:
        return restoring(_item(given["restore"], items, "restore"))
    return _links(given, items)


def restoring(item: Item) -> Line:
    """The edit that brings a retired item back.

    Raises:
        Invalid: it is in force.
    """
    if not item.retired:
        raise _bad("restore", "%(key)s is in force: there is nothing to bring back.", key=item.key)
    return Line("retire", item, item.kind, base_version=item.version, new={"restored": True})


def _item(given: Any, items: Mapping[str, Item], field: str) -> Item:
    key = str(given).strip().upper()
    item = items.get(key)
    if item is None:
        raise _bad(field, "There is no %(key)s in this project.", key=key[:40])
    if not editable(KINDS[item.kind]):
        raise _bad(field, "%(key)s is no part of a scope: it is edited directly.", key=key)
    refuse_merged(item, field)
    return item


def refuse_merged(item: Item, field: str | None = None) -> None:
    """Refuse to change what goes on in another.

    Raises:
        Invalid: naming that one.
    """
    into = successions.now(item)
    if into is not item:
        raise _bad(field, "%(key)s was merged into %(into)s: change that one.", "merged", key=item.key, into=into.key)


def _set(
    project: Project,
    given: Mapping[str, Any],
    items: Mapping[str, Item],
    contents: Mapping[tuple[str, int], dict[str, Any]],
    refs: Mapping[str, str],
) -> Line:
    item = _item(given["item"], items, "item")
    kind = KINDS[item.kind]
    name = str(given["field"])
    if name not in kind.names:
        raise _bad("field", "%(kind)s has no field %(name)s.", "unknown_field", kind=kind.name, name=name[:40])
    base = given.get("base_version") or item.version
    content = contents.get((item.key, base)) if isinstance(base, int) else None
    if content is None:
        raise _bad("base_version", "%(key)s has no version %(number)s.", key=item.key, number=str(base)[:20])
    new = _encoded(kind, project, name, given["new"], refs)
    if name == "title" and not new:
        raise _bad("new", "It needs a title.", "required")
    old = content.get(name)
    return Line("set", item, item.kind, name, base, old, new, effect=new != old)


def _encoded(kind: Kind, project: Project, name: str, given: Any, refs: Mapping[str, str]) -> Any:
    try:
        return codec.encoded(kind, project, {name: given}, refs)[name]
    except Invalid as error:
        raise Invalid(Reason(one.code, one.message, one.params, "new") for one in error.reasons) from None


def _new(actor: Actor, project: Project, given: Any, refs: Mapping[str, str]) -> Line:
    if not isinstance(given, dict) or set(given) - {"kind", "fields"} or not isinstance(given.get("fields"), dict):
        raise _bad("new_item", 'A new item has a "kind" and "fields".')
    kind = KINDS.get(str(given.get("kind")))
    if kind is None or not editable(kind):
        kinds = ", ".join(name for name, one in KINDS.items() if editable(one))
        raise _bad("new_item", "A change makes new items of these kinds: %(kinds)s.", kinds=kinds)
    fields = dict(given["fields"])
    evidence = _evidence(actor, project, kind, fields.pop("evidence", None))
    encoded = {name: value for name, value in codec.encoded(kind, project, fields, refs).items() if value is not None}
    if not encoded.get("title"):
        raise _bad("title", "It needs a title.", "required")
    if evidence:
        encoded["evidence"] = evidence
    return Line("new", None, kind.name, new=encoded)


def _evidence(actor: Actor, project: Project, kind: Kind, given: Any) -> list[int]:
    if given in (None, [], ""):
        return []
    if kind.name not in ("scenario", "requirement") or not isinstance(given, list):
        raise _bad("evidence", "Evidence is a list of excerpts, for scenarios and requirements.")
    wanted = {one for one in given if isinstance(one, int) and not isinstance(one, bool)}
    known: set[int] = set()
    if actor.may("interview.read", project.id):
        rows = db.session.execute(
            select(Excerpt.id).where(
                Excerpt.project_id == project.id, Excerpt.id.in_(wanted), Excerpt.shown_as != "hidden"
            )
        )
        known = set(rows.scalars())
    missing = [str(one)[:20] for one in given if one not in known]
    if missing:
        raise _bad("evidence", "There is no excerpt %(ids)s in this project.", ids=tuple(missing))
    return sorted(known)


def _links(given: Mapping[str, Any], items: Mapping[str, Item]) -> Line:
    item = _item(given["item"], items, "item")
    name = str(given["link"])
    if name not in linkable():
        raise _bad("link", "%(link)s is not one of: %(choices)s.", link=name[:40], choices=tuple(linkable()))
    kept = {part: _others(item, name, given.get(part), items, part) for part in ("add", "remove")}
    if not kept["add"] and not kept["remove"]:
        raise _bad("add", "Say which links come or go.", "required")
    return Line("link", item, name, f"link:{name}", item.version, None, kept)


def _others(item: Item, link: str, given: Any, items: Mapping[str, Item], part: str) -> list[str]:
    if given in (None, ""):
        return []
    if not isinstance(given, list):
        raise _bad(part, "This must be a list of keys.")
    found = []
    for one in given:
        other = items.get(str(one).strip().upper())
        if other is None:
            raise _bad(part, "There is no %(key)s in this project.", key=str(one)[:40])
        if part == "add":
            other = successions.now(other)
        if other.id == item.id or not _fits(link, item, other):
            raise _bad(
                part, "%(source)s and %(target)s cannot be joined in this way.", source=item.key, target=other.key
            )
        found.append(other.key)
    return sorted(set(found))


def _fits(link: str, item: Item, other: Item) -> bool:
    """Whether the two can be the ends of such a link; where it is kept as a field, from either side."""
    kind = LINKS[link]

    def ends(source: Item, target: Item) -> bool:
        return kind.source in ("*", source.kind) and kind.target in ("*", target.kind)

    return ends(item, other) or (link_field(link) is not None and ends(other, item))
