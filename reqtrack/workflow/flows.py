"""How a project has the stages of its changes: what they are called, which were added, what a move asks, who may make it. Pure.

A flow narrows the machine of ``tables.CHANGE`` and never loosens it: each stage of the machine stays what it is, an added stage is
a part of one of them, and what a flow says about a move is asked beside what the machine and the policy ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

LANGUAGES = ("en", "zh")
# Stages of the machine that people see, by the name that they have unless a project calls them otherwise.
NAMES: dict[str, Any] = {
    "draft": _l("Draft"),
    "submitted": _l("Submitted"),
    "assessing": _l("Assessing"),
    "needs_information": _l("Needs information"),
    "deciding": _l("Deciding"),
    "deferred": _l("Deferred"),
    "approved": _l("Approved"),
    "applied": _l("In effect"),
    "closed": _l("Closed"),
    "rejected": _l("Rejected"),
    "withdrawn": _l("Withdrawn"),
}
# Where stages can be added. What is added to *assessing* comes once it is assessed; what is added to the others comes before what
# is done in the stage itself: the vote, the closing.
CATEGORIES = ("assessing", "deciding", "applied")
# What a move may ask beside what it asks anyway, by the move: of the change itself, of its assessment, of who makes the move.
ASKS: dict[str, tuple[str, ...]] = {
    "submit": ("tier", "phase", "asked_by", "edits", "attachment"),
    "assess": ("three_point", "schedule_note", "risk", "cost", "note", "options"),
    "approve": ("reason", "attachment"),
    "defer": ("reason",),
    "withdraw": ("reason",),
    "close": ("reason",),
    "pass_on": ("reason", "attachment"),
}
# Who may make a move can be narrowed to some of the roles that hold its permission; who assesses is asked at each change, and who
# decides stands in the delegation table.
BY_ROLE = {"submit": "change.create", "withdraw": "change.create", "close": "change.create", "ask": "comment.write"}
PASSES = "comment.write"
KINDS = ("normal", "standard", "emergency")
# These are no stages that somebody passes on: by a template there is neither assessment nor vote, an emergency is assessed later.
NO_CATEGORY = {"standard": ("assessing", "deciding"), "emergency": ("assessing",)}


class Name:
    """What a project calls something, in one language or both; as a text, in the reader's."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = {one: names[one] for one in LANGUAGES if names.get(one)}

    def __str__(self) -> str:
        return self.of(str(get_locale() or "en")[:2])

    def of(self, language: str) -> str:
        """In a language; where it has no name there, in the other."""
        return self.names.get(language) or next(iter(self.names.values()), "")

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and other.names == self.names

    def __hash__(self) -> int:
        return hash(tuple(self.names.items()))


@dataclass(frozen=True)
class Added:
    """A stage that a project added to one of the machine's (``category``): who passes on what stands in it, and what that asks."""

    code: str
    category: str
    name: Name
    roles: tuple[str, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """The flow of one kind of change. ``names`` by the machine's stage; ``added`` in their order; ``asks`` and ``roles`` by move."""

    names: Mapping[str, Name] = field(default_factory=dict)
    added: tuple[Added, ...] = ()
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, category: str) -> tuple[Added, ...]:
        """The stages added to one of the machine's, in their order."""
        return tuple(one for one in self.added if one.category == category)

    def at(self, stage: str, sub_stage: str | None) -> Added | None:
        """The added stage in which a change stands; None where it stands in the machine's own."""
        return next((one for one in self.of(stage) if one.code == sub_stage), None)

    def entry(self, category: str) -> str | None:
        """Where a change stands that comes into a stage: before the vote and the closing, in what was added first."""
        first = self.of(category)[:1] if category != "assessing" else ()
        return first[0].code if first else None

    def after(self, stage: str, sub_stage: str | None) -> tuple[str, str | None] | None:
        """Where what is passed on goes, as (stage, added stage); None where the stage's own move goes on."""
        codes = [one.code for one in self.of(stage)]
        here = codes.index(sub_stage) if sub_stage in codes else -1
        if stage == "assessing":
            return (stage, codes[here + 1]) if here + 1 < len(codes) else ("deciding", self.entry("deciding"))
        if here < 0:
            return None
        return stage, (codes[here + 1] if here + 1 < len(codes) else None)

    def placed(self, stage: str, sub_stage: str | None, before: Flow) -> tuple[str, str | None]:
        """Where a change stands that stood in an added stage of another flow: there, or where that one would have passed it on to,
        as far as it is still there. What was not looked at is looked at by those who come next."""
        if sub_stage is None or self.at(stage, sub_stage):
            return stage, sub_stage
        codes = [one.code for one in before.of(stage)]
        later = codes[codes.index(sub_stage) + 1 :] if sub_stage in codes else []
        known = next((one for one in later if self.at(stage, one)), None)
        if known is not None or stage != "assessing":
            return stage, known
        return "deciding", self.entry("deciding")

    def name(self, stage: str, sub_stage: str | None = None) -> Any:
        """What a stage is called."""
        added = self.at(stage, sub_stage)
        return added.name if added else self.names.get(stage) or NAMES.get(stage, stage)


EMPTY = Flow()


@dataclass(frozen=True)
class Flows:
    """The flows of a project, with its preset (``presets.PRESETS``); ``own``: the kinds that it has set up itself."""

    preset: str
    by_kind: Mapping[str, Flow]
    own: frozenset[str] = frozenset()

    def of(self, kind: str | None) -> Flow:
        return self.by_kind.get(kind or "normal", EMPTY)

    @property
    def plain(self) -> bool:
        """Whether every stage is called as the machine calls it, and none was added."""
        return not any(one.names or one.added for one in self.by_kind.values())

    def name(self, stage: str, sub_stage: str | None = None, kind: str | None = None) -> Any:
        """What the stage of a change of a kind is called: the one place that says so."""
        return self.of(kind).name(stage, sub_stage)


def as_body(flow: Flow) -> dict[str, Any]:
    """A flow as it is kept, recorded, and shown by the API."""
    return {
        "names": {stage: dict(name.names) for stage, name in flow.names.items()},
        "added": [
            {"code": one.code, "category": one.category, "names": dict(one.name.names), "roles": list(one.roles),
             "asks": list(one.asks)}
            for one in flow.added
        ],
        "asks": {move: list(asks) for move, asks in flow.asks.items()},
        "roles": {move: list(roles) for move, roles in flow.roles.items()},
    }  # fmt: skip


def as_flow(body: Mapping[str, Any]) -> Flow:
    """The flow of a body that fits (``flow_rules.check``); what says nothing is left out."""
    return Flow(
        names={one: Name(names) for one, names in (body.get("names") or {}).items() if Name(names).names},
        added=tuple(
            Added(
                str(one.get("code") or ""),
                str(one.get("category") or ""),
                Name(one.get("names") or {}),
                tuple(one.get("roles") or ()),
                tuple(one.get("asks") or ()),
            )
            for one in body.get("added") or ()
        ),
        asks=_lists(body.get("asks")),
        roles=_lists(body.get("roles")),
    )


def _lists(given: Mapping[str, Sequence[str]] | None) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys(told)) for name, told in (given or {}).items() if told}


def coded(bodies: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Added stages with a code each: the one that it has, or the first that is free."""
    found: list[dict[str, Any]] = [dict(one) for one in bodies]
    taken = {str(one.get("code") or "") for one in found}
    for one in found:
        if not one.get("code"):
            free = next(f"stage_{number}" for number in range(1, len(found) + 2) if f"stage_{number}" not in taken)
            taken.add(free)
            one["code"] = free
    return found
