"""Two points of the scope side by side: what came, what went, what says something else, what moved to another phase."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.audit.record import newest_seq
from reqtrack.baselines.content import (
    ItemState,
    Print,
    contents_at,
    in_order,
    keys_at,
    keys_now,
    prints_at,
    visible_keys,
)
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import keys_of
from reqtrack.db import db
from reqtrack.items.kinds import KINDS, Field
from reqtrack.items.steps import as_line
from reqtrack.permissions import Actor
from reqtrack.rendering.redline import Line, Segment, redline, redline_lines
from reqtrack.requirements.models import Phase
from reqtrack.web.words import listed


@dataclass(frozen=True)
class Point:
    """A point of the scope's history: the sequence, the keys in the scope, how to call it (a key, a date, or "").

    ``prints``: by key, which versions it holds, where these are not the newest at ``seq``.
    """

    seq: int
    keys: Collection[str]
    name: str
    at: datetime | None = None
    prints: Mapping[str, Print] | None = None


@dataclass(frozen=True)
class FieldChange:
    """One field of an item: shown as ``segments`` (one text) or ``lines`` (a list), or as ``old`` → ``new`` words."""

    name: str
    label: Any
    old: str
    new: str
    segments: Sequence[Segment] = ()
    lines: Sequence[Line] = ()


@dataclass(frozen=True)
class Changed:
    """An item that is in both points but does not say the same; ``fields``: what of its scope content differs."""

    key: str
    kind: str
    title: str
    tier: str | None
    fields: Sequence[FieldChange]


@dataclass(frozen=True)
class Comparison:
    """What leads from ``old`` to ``new``. An item whose phase alone differs is in ``moved``; one that also says
    something else is in ``changed`` too."""

    old: Point
    new: Point
    added: Sequence[ItemState]
    removed: Sequence[ItemState]
    changed: Sequence[Changed]
    moved: Sequence[Changed]

    @property
    def same(self) -> bool:
        return not (self.added or self.removed or self.changed or self.moved)


def point_of(baseline: Baseline, actor: Actor) -> Point:
    """The point of a baseline, as far as the actor may see it."""
    keys = visible_keys(actor, baseline.project_id, keys_of(baseline))
    return Point(baseline.seq, keys, baseline.key, baseline.at)


def point_now(project_id: int, actor: Actor) -> Point:
    """The scope as it is now, as far as the actor may see it."""
    return Point(newest_seq(project_id), visible_keys(actor, project_id, keys_now(project_id)), "")


def point_on(project: Project, day: date, actor: Actor) -> Point:
    """The scope at the end of a day in the project's time zone, as far as the actor may see it."""
    end = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(project.zone)).astimezone(UTC)
    seq = db.session.execute(select(func.max(Event.seq)).where(Event.project_id == project.id, Event.at < end)).scalar()
    return Point(seq or 0, visible_keys(actor, project.id, keys_at(project.id, seq or 0)), day.isoformat())


@dataclass(frozen=True)
class Group:
    """The requirements of one phase (``name`` is "" for none), must first, then by number; ``total`` when not all are here."""

    name: str
    items: Sequence[ItemState]
    total: int = 0


def requirement_groups(project_id: int, seq: int, keys: Collection[str]) -> list[Group]:
    """The requirements among these keys at a point, by phase in the order of the phases."""
    return groups_of(project_id, _chosen(project_id, Point(seq, keys, "")).values())


def groups_of(project_id: int, held: Iterable[Print]) -> list[Group]:
    """The requirements among these versions, by phase in the order of the phases."""
    prints = [one for one in held if one.kind == "requirement"]
    told = contents_at(project_id, prints)
    order = {"must": 0, "should": 1, "later": 2}
    by_phase: dict[int | None, list[ItemState]] = {}
    for one in in_order(prints):
        by_phase.setdefault(told[one.key].content.get("phase"), []).append(told[one.key])
    groups = []
    for phase_id, name in [*phase_names(project_id).items(), (None, "")]:
        items = by_phase.pop(phase_id, [])
        if items:
            ordered = sorted(items, key=lambda one: order.get(one.content.get("tier", ""), 3))
            groups.append(Group(name, ordered, len(ordered)))
    return groups


def compare(project_id: int, old: Point, new: Point) -> Comparison:
    """Compare two points of a project's scope (a dozen queries, whatever the size; only what differs is read)."""
    before = _chosen(project_id, old)
    after = _chosen(project_id, new)
    added = [one for key, one in after.items() if key not in before]
    removed = [one for key, one in before.items() if key not in after]
    differing = [key for key, one in after.items() if key in before and one.scope_print != before[key].scope_print]
    told_before = contents_at(project_id, [*removed, *(before[key] for key in differing)])
    told_after = contents_at(project_id, [*added, *(after[key] for key in differing)])
    phases = phase_names(project_id) if differing else {}
    changed, moved = [], []
    for one in in_order(after[key] for key in differing):
        was, now = told_before[one.key], told_after[one.key]
        fields = field_changes(one.kind, was.content, now.content, phases)
        rest = [field for field in fields if field.name != "phase"]
        if len(rest) < len(fields):
            moved.append(_changed(now, [field for field in fields if field.name == "phase"]))
        if rest:
            changed.append(_changed(now, rest))
    return Comparison(
        old, new, _states(added, told_after), _states(removed, told_before), changed, moved
    )  # fmt: skip


def _chosen(project_id: int, point: Point) -> dict[str, Print]:
    keys = set(point.keys)
    if point.prints is not None:
        return {key: one for key, one in point.prints.items() if key in keys}
    return {one.key: one for one in prints_at(project_id, point.seq).values() if one.key in keys}


def _states(prints: Sequence[Print], told: Mapping[str, ItemState]) -> list[ItemState]:
    return [told[one.key] for one in in_order(prints)]


def _changed(state: ItemState, fields: Sequence[FieldChange]) -> Changed:
    return Changed(state.key, state.print.kind, state.title, state.content.get("tier"), fields)


def phase_names(project_id: int) -> dict[int, str]:
    """The names of a project's phases by id."""
    rows = db.session.execute(select(Phase.id, Phase.name).where(Phase.project_id == project_id).order_by(Phase.number))
    return {row.id: row.name for row in rows}


def field_changes(
    kind_name: str, old: Mapping[str, Any], new: Mapping[str, Any], phases: Mapping[int, str]
) -> list[FieldChange]:
    """What differs between two contents of an item, in its scope content, field by field in the order of its form."""
    fields = [field for field in KINDS[kind_name].fields if field.text or field.scope]
    return [
        field_change(field, old.get(field.name), new.get(field.name), phases)
        for field in fields
        if old.get(field.name) != new.get(field.name)
    ]


def field_change(field: Field, old: Any, new: Any, phases: Mapping[int, str]) -> FieldChange:
    """One field as it was and as it is, ready to be drawn."""
    if field.type in ("lines", "examples", "steps"):
        lines = redline_lines(_lines(field, old), _lines(field, new))
        return FieldChange(field.name, field.label, "", "", lines=lines)
    if field.type in ("line", "text", "markdown"):
        return FieldChange(field.name, field.label, old or "", new or "", segments=redline(old or "", new or ""))
    return FieldChange(field.name, field.label, _word(field, old, phases), _word(field, new, phases))


def _lines(field: Field, value: Any) -> list[str]:
    if not value:
        return []
    if field.type == "lines":
        return list(value)
    if field.type == "steps":
        return [as_line(step) for step in value]
    return [" | ".join(cells) for cells in (value["header"], *value["rows"])]


def _word(field: Field, value: Any, phases: Mapping[int, str]) -> str:
    if value is None:
        return ""
    words: dict[str, Callable[[], str]] = {
        "phase": lambda: phases.get(value, str(value)),
        "choice": lambda: str(field.choices.get(value, value)),
        "links": lambda: listed(value),
        "tags": lambda: listed(value),
        "numbers": lambda: listed([str(one) for one in value]),
    }
    return words[field.type]() if field.type in words else str(value)
