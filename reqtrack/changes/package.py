"""The package of a change: what votes and signatures stand for, as plain data; and how its edits meet what moved meanwhile.

The canonical package holds new values only: a rebase that changes no new value changes no fingerprint and voids no vote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reqtrack.audit.seals import digest
from reqtrack.db import canonical
from reqtrack.items.kinds import KINDS, LINKS, Field, Kind

# Values of these types are sets of words or keys: what came and what went merges.
SETS = ("links", "tags")
NEW = "NEW-"


@dataclass(frozen=True)
class Edit:
    """One line of a package as plain data; ``item`` is a key, "" for a new item."""

    id: int
    position: int
    op: str
    item: str
    kind: str
    field: str
    base_version: int | None
    old: Any
    new: Any
    author: str
    made_key: str | None = None


def shown(edit: Edit) -> dict[str, Any]:
    """An edit as it goes into the package."""
    if edit.op == "set":
        return {"item": edit.item, "field": edit.field, "new": edit.new}
    if edit.op == "new":
        return {"new_item": {"kind": edit.kind, "fields": edit.new}, "ref": f"{NEW}{edit.position}"}
    if edit.op == "retire":
        return {"restore": edit.item} if restores(edit) else {"retire": edit.item, **(edit.new or {})}
    return {"item": edit.item, "link": edit.kind, "add": edit.new["add"], "remove": edit.new["remove"]}


def restores(edit: Edit) -> bool:
    """Whether an edit brings an item back that was retired."""
    return edit.op == "retire" and bool(edit.new) and "restored" in edit.new


def package(title: str, reason: str, touches: Iterable[str], edits: Iterable[Edit]) -> dict[str, Any]:
    """The canonical package of a change: what it says, what it is about, what it would edit; order does not matter."""
    lines = sorted((shown(one) for one in edits), key=canonical)
    return {"title": title, "reason": reason, "touches": sorted(touches), "edits": lines}


def print_of(told: Mapping[str, Any]) -> str:
    """The fingerprint (64 hex digits) of a package."""
    return digest(canonical(told))


def saw(seen: str, fingerprint: str) -> bool:
    """Whether a fingerprint that a form or a program sends back is this one, or the beginning of it."""
    return fingerprint.startswith(seen.removeprefix("sha256:"))


def decided(told: Mapping[str, Any], outcome: str, tier: str | None, phase: str | None) -> dict[str, Any]:
    """What a decision's signature is over: the package with outcome, tier and phase."""
    return {"package": dict(told), "outcome": outcome, "tier": tier, "phase": phase}


@dataclass(frozen=True)
class Merge:
    """How an edit meets the item as it is now.

    ``clean``: it applies, giving ``value``. ``done``: the item says so already. ``conflict``: the same field moved since the base.
    """

    state: Literal["clean", "done", "conflict"]
    value: Any


def merge(field: Field, old: Any, new: Any, current: Any) -> Merge:
    """Three-way merge of one field: values are encoded as content holds them (None: empty)."""
    if current == new:
        return Merge("done", new)
    if current == old:
        return Merge("clean", new)
    if field.type in SETS:
        return Merge("clean", _merged(old, new, current))
    return Merge("conflict", current)


def _merged(old: Sequence[str] | None, new: Sequence[str] | None, current: Sequence[str] | None) -> list[str] | None:
    before, after = set(old or ()), set(new or ())
    return sorted((set(current or ()) | (after - before)) - (before - after)) or None


def merge_links(current: Sequence[str] | None, add: Iterable[str], remove: Iterable[str]) -> list[str] | None:
    """Keys in a link field after links came and went."""
    return sorted((set(current or ()) | set(add)) - set(remove)) or None


@dataclass(frozen=True)
class LinkField:
    """Where a kind of link is kept as a field: on which kind of item, under which name, and which end that is."""

    kind: str
    name: str
    end: str
    linked: str


def link_field(link: str) -> LinkField | None:
    """The field that keeps links of a kind (``accepts``, ``gives_rise_to``), or None where they are links alone."""
    for kind in KINDS.values():
        for field in kind.fields:
            if field.type == "links" and field.link[0] == link:
                return LinkField(kind.name, field.name, field.link[1], field.linked)
    return None


def _named(edit: Edit) -> Iterator[tuple[str, bool, Collection[str], Collection[str]]]:
    """The links kept as fields that an edit tells: ``(kind of link, whether the field is its own item's, all keys, those that
    come)``."""
    if edit.op == "link":
        kept = link_field(edit.kind)
        if kept is not None:
            own = edit.item.startswith(f"{KINDS[kept.kind].prefix}-")
            yield edit.kind, own, {*edit.new["add"], *edit.new["remove"]}, edit.new["add"]
    elif edit.op in ("set", "new"):
        values = {edit.field: edit.new} if edit.op == "set" else edit.new
        for field in KINDS[edit.kind].fields:
            if field.type == "links" and field.name in values:
                old, new = set(edit.old or ()) if edit.op == "set" else set(), set(values[field.name] or ())
                yield field.link[0], True, old | new, new - old


def written(edits: Iterable[Edit]) -> set[str]:
    """The keys of items that get another version for links that were told from their other end."""
    return {key for one in edits for _link, own, keys, _come in _named(one) if not own for key in keys}


def implied(edits: Iterable[Edit]) -> set[str]:
    """The keys of items whose scope content links change that edits tell from the other end: what is written there, and what is
    accepted by another acceptance scenario, or by one with another text. What an edit is of is not among them for that."""
    found = list(edits)
    carried = (keys for one in found for link, _own, keys, _come in _named(one) if LINKS[link].carries_text)
    keys = written(found).union(*carried)
    return {key for key in keys if not key.startswith(NEW)}


def ends(edit: Edit) -> set[str]:
    """The keys that have to be in force for an edit of links: those of the items that it writes, and that it joins them to."""
    come = edit.new["add"] if edit.op == "link" else ()
    keys = written([edit]).union(come, *(more for _link, _own, _keys, more in _named(edit)))
    return {key for key in keys if not key.startswith(NEW)}


def linkable() -> list[str]:
    """The kinds of link that a change may add and remove."""
    return [name for name, link in LINKS.items() if link.source not in ("change", "feedback", "defect")]


def editable(kind: Kind) -> bool:
    """Whether items of a kind can be edited by a change: those that a scope is made of."""
    return any(field.text or field.scope for field in kind.fields)


def touches_text(edit: Edit) -> bool:
    """Whether an edit changes what a tester tests."""
    if edit.op == "retire":
        return True
    if edit.op == "set":
        return KINDS[edit.kind].field(edit.field).text
    return edit.op == "link" and edit.kind == "accepts"
