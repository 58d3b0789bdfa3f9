"""What the pages of baselines show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from reqtrack.accounts.models import Project
from reqtrack.baselines import forms, policy, queries
from reqtrack.baselines.compare import (
    Changed,
    Comparison,
    FieldChange,
    Group,
    Point,
    compare,
    point_of,
    requirement_groups,
)
from reqtrack.baselines.content import ItemState, visible_keys
from reqtrack.baselines.models import Baseline
from reqtrack.errors import Reason, invalid
from reqtrack.permissions import Actor

# A page shows so many lines of a list; the document and the export hold all.
MOST = 300


def index(
    actor: Actor, project: Project, given: Mapping[str, str] | None = None, reasons: Sequence[Reason] = ()
) -> dict[str, Any]:
    """The list of baselines and the form that takes one."""
    rows = queries.listing(project.id)
    number = rows[0].number + 1 if rows else 1
    return {
        "rows": [{"row": row, "counts": queries.counts_of(row)} for row in rows],
        "states": queries.states(project.id, [row.number for row in rows[:50]]),
        "panels": panels(queries.LIST_PANELS, actor, project),
        "may_take": policy.may_take(actor, project.id),
        "name": given.get("name", "") if given is not None else _("Scope %(number)s", number=number),
        "errors": {one.field: one for one in reasons if one.field},
    }


def show(actor: Actor, project: Project, baseline: Baseline) -> dict[str, Any]:
    """One baseline: what it holds, what differs from the one before, who signed it."""
    keys = queries.keys_of(baseline)
    seen = visible_keys(actor, project.id, keys)
    before = queries.before(project.id, baseline.number)
    comparison = None
    if before is not None:
        comparison = compare(project.id, point_of(before, actor), Point(baseline.seq, seen, baseline.key, baseline.at))
    return {
        "baseline": baseline,
        "counts": queries.counts_of(baseline),
        "before": before,
        "comparison": comparison,
        "groups": shortened(requirement_groups(project.id, baseline.seq, seen)),
        "hidden": len(keys) - len(seen),
        "most": MOST,
        "panels": panels(queries.PANELS, actor, baseline),
    }


def shortened(groups: Sequence[Group]) -> list[Group]:
    """The groups with at most ``MOST`` items in all."""
    left, kept = MOST, []
    for group in groups:
        kept.append(Group(group.name, group.items[:left], len(group.items)))
        left -= len(kept[-1].items)
    return [group for group in kept if group.items]


def comparison(actor: Actor, project: Project, given: Mapping[str, str]) -> dict[str, Any]:
    """Two points side by side; the newest baseline and now where nothing is chosen."""
    rows = queries.listing(project.id)
    old, new = forms.names(given)
    old = old or (f"BL-{rows[0].number}" if rows else "")
    found: Comparison | None = None
    if old:
        found = compare(project.id, *forms.points(actor, project, old, new))
    return {
        "rows": rows,
        "old": old,
        "new": new,
        "day": "" if old.upper().startswith("BL-") or old == forms.NOW else old,
        "comparison": found,
        "most": MOST,
        "subject": f"{old}..{new}",
        "may_export": actor.may("export.make", project.id),
    }


def panels(registered: Sequence[Any], actor: Actor, thing: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """``(template, context)`` of what areas above show here."""
    shown = []
    for query, template in registered:
        context = query(actor, thing)
        if context is not None:
            shown.append((template, context))
    return shown


HEADS = ("what", "key", "title", "tier", "field", "old", "new")


def table(actor: Actor, project: Project, given: Mapping[str, str]) -> list[list[str]]:
    """A comparison as rows below ``HEADS``: what was added, what is gone, each field of what changed or moved, each link.

    Raises:
        NotFound, Invalid: as ``forms.point``.
    """
    old, new = forms.names(given)
    if not old:
        raise invalid("from", "Say from which baseline or day on.", "required")
    found = compare(project.id, *forms.points(actor, project, old, new))
    rows = [["added", one.key, one.title, one.content.get("tier") or "", "", "", ""] for one in found.added]
    rows += [["removed", one.key, one.title, one.content.get("tier") or "", "", "", ""] for one in found.removed]
    for what, several in (("changed", found.changed), ("moved", found.moved)):
        for one in several:
            for field in one.fields:
                rows.append([what, one.key, one.title, one.tier or "", field.name, *in_words(field)])
    return rows


def in_words(field: FieldChange) -> tuple[str, str]:
    """What a field said and says, as plain text."""
    if field.lines:
        old = [
            "".join(text for op, text in line.segments if op != "ins") for line in field.lines if line.old is not None
        ]
        new = [
            "".join(text for op, text in line.segments if op != "del") for line in field.lines if line.new is not None
        ]
        return "\n".join(old), "\n".join(new)
    return field.old, field.new


def between(given: str) -> dict[str, str]:
    """The two points in ``BL-1..now``: the form in which a document or file names what it compares."""
    old, _dots, new = given.partition("..")
    return {"from": old, "to": new}


def as_facts(found: Comparison) -> dict[str, Any]:
    """A comparison as the API tells it."""

    def changed(rows: Sequence[Changed]) -> list[dict[str, Any]]:
        return [
            {
                "key": one.key, "kind": one.kind, "title": one.title, "tier": one.tier,
                "fields": [{"name": each.name, "old": old, "new": new} for each in one.fields for old, new in (in_words(each),)],
            }
            for one in rows
        ]  # fmt: skip

    def states(rows: Sequence[ItemState]) -> list[dict[str, Any]]:
        return [
            {"key": one.key, "kind": one.print.kind, "title": one.title, "tier": one.content.get("tier")}
            for one in rows
        ]

    return {
        "from": found.old.name, "to": found.new.name or forms.NOW, "same": found.same, "added": states(found.added),
        "removed": states(found.removed), "changed": changed(found.changed), "moved": changed(found.moved),
    }  # fmt: skip
