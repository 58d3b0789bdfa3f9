"""What a merge or a split does to what is written, as plain data: it is done at once, or proposed in a change request.

What hangs on items beside their contents (evidence, comments, files) is no part of it: that follows when it has been done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reqtrack.items.kinds import KINDS, Kind
from reqtrack.items.models import Item

# Kinds that can be merged and split: what stands in a scope, with its scenes.
KINDS_JOINED = ("requirement", "scenario")
KEPT, GONE, BOTH = "kept", "gone", "both"
_TEXTS = ("text", "markdown")
_LISTS = ("lines", "tags", "numbers")
# In a change, the items that it will make.
NEW = ("NEW-1", "NEW-2")


@dataclass(frozen=True)
class Write:
    """New values of some fields of an item that is there, as the API takes them."""

    item: Item
    values: Mapping[str, Any]


@dataclass(frozen=True)
class LinkMove:
    """A link that comes or goes and is no field of either end; ends are keys, or one of ``NEW``."""

    kind: str
    source: str
    target: str
    add: bool


@dataclass(frozen=True)
class Plan:
    """All of it. ``made``: values of the items that a split makes; ``evidence``: by each of them the excerpts that it is given."""

    way: str
    old: Item
    heirs: Sequence[str]
    writes: Sequence[Write] = ()
    made: Sequence[Mapping[str, Any]] = ()
    evidence: Sequence[Sequence[int]] = ()
    links: Sequence[LinkMove] = ()
    seen: Mapping[str, int] = field(default_factory=dict)


def can_both(kind: Kind, name: str) -> bool:
    """Whether the values of two items in a field can stand together: texts one after the other, lists joined, days added up."""
    return kind.field(name).type in (*_TEXTS, *_LISTS, "decimal")


def together(kind: Kind, name: str, kept: Any, gone: Any) -> Any:
    """The values of two items in a field, as one."""
    if kept in (None, "", []) or gone in (None, "", []):
        return kept if gone in (None, "", []) else gone
    how = kind.field(name).type
    if how in _TEXTS:
        return f"{kept}\n\n{gone}"
    if how in _LISTS:
        return [*kept, *(one for one in gone if one not in kept)]
    return kept + gone


def chosen(kind: Kind, name: str, kept: Any, gone: Any, choice: str = "") -> Any:
    """What a field of the one that goes on shall say: where nothing was chosen, what it says, or what the other said."""
    if choice == BOTH and can_both(kind, name):
        return together(kind, name, kept, gone)
    if choice == GONE or (not choice and kept in (None, "", [])):
        return gone
    return kept


def differing(kind: Kind, kept: Mapping[str, Any], gone: Mapping[str, Any]) -> list[str]:
    """The fields in which two items say different things; links are joined without a question."""
    return [
        one.name
        for one in kind.fields
        if one.type != "links" and (kept.get(one.name) or None) != (gone.get(one.name) or None)
    ]


def as_edits(plan: Plan) -> list[dict[str, Any]]:
    """The plan as the edits of a change request, what is made first: ``NEW-1`` and ``NEW-2`` stand for those."""
    kind = plan.old.kind
    edits: list[dict[str, Any]] = [
        {"new_item": {"kind": kind, "fields": {**fields, **({"evidence": list(quotes)} if quotes else {})}}}
        for fields, quotes in zip(plan.made, plan.evidence, strict=True)
    ]
    for write in plan.writes:
        version = plan.seen.get(write.item.key, write.item.version)
        for name, value in write.values.items():
            edits.append({"item": write.item.key, "field": name, "new": value, "base_version": version})
    edits += _linked(plan)
    if plan.way == "merged":
        return [*edits, {"retire": plan.old.key, "merged_into": plan.heirs[0]}]
    kept_links = [[one.kind, one.source, one.target] for one in plan.links if _of_new(one)]
    told = {"split_into": list(plan.heirs), **({"links": kept_links} if kept_links else {})}
    return [*edits, {"retire": plan.old.key, **told}]


def _of_new(one: LinkMove) -> bool:
    return one.source in NEW or one.target in NEW


def _linked(plan: Plan) -> list[dict[str, Any]]:
    """One edit for each item and kind of link; links of what is not made yet come with the split itself."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in plan.links:
        if not _of_new(one):
            told = found.setdefault((one.source, one.kind), {"add": [], "remove": []})
            told["add" if one.add else "remove"].append(one.target)
    return [{"item": item, "link": kind, **told} for (item, kind), told in found.items()]


def fields_of(kind_name: str) -> tuple[str, ...]:
    """The fields that a part of a split is asked for: what says what it is, and what it takes."""
    kind = KINDS[kind_name]
    wanted = (
        ("title", "statement", "effort_days") if kind_name == "requirement" else ("title", "actor", "steps", "outcome")
    )
    return tuple(name for name in wanted if name in kind.names)
