"""Two points of the scope side by side, on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.audit.seals import digest
from reqtrack.baselines import forms
from reqtrack.baselines.compare import Changed, Comparison, Point, compare
from reqtrack.baselines.content import ItemState
from reqtrack.baselines.pages import HEADS, between, in_words
from reqtrack.db import canonical
from reqtrack.documents.contexts.common import Context, Reader, shared
from reqtrack.errors import invalid
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Points:
    """What is compared."""

    old: Point
    new: Point


def points(actor: Actor, project: Project, given: str) -> Points:
    """The two points in ``BL-1..now``, ``2026-11-20..BL-2``.

    Raises:
        Invalid: it names none. NotFound: there is no such baseline.
    """
    old, new = forms.names(between(given))
    if not old:
        raise invalid("subject", "Say which two points of the scope, as in BL-1..now.", "required")
    return Points(*forms.points(actor, project, old, new))


def build(reader: Reader, wanted: Points) -> Context:
    """The context of ``exports/comparison``."""
    found = compare(reader.project.id, wanted.old, wanted.new)
    names = [one.name or str(_("now")) for one in (found.old, found.new)]
    return {
        **shared(reader, f"sha256:{digest(canonical(_content(found)))}", " → ".join(names), []),
        "title": _("From %(old)s to %(new)s", old=names[0], new=names[1]),
        "kicker": _("Comparison of two points of the scope"),
        "lead": _lead(found),
        "added": _states(found.added),
        "removed": _states(found.removed),
        "changed": _changed(found.changed),
        "moved": _changed(found.moved),
    }


def _content(found: Comparison) -> dict[str, object]:
    """What the fingerprint is over: the two points and what leads from one to the other."""
    changed = [
        dict(zip(HEADS[1:], (one.key, one.title, one.tier or "", field.name, *in_words(field)), strict=True))
        for one in (*found.changed, *found.moved)
        for field in one.fields
    ]
    return {
        "from": found.old.seq, "to": found.new.seq, "added": [one.key for one in found.added],
        "removed": [one.key for one in found.removed], "changed": changed,
    }  # fmt: skip


def _lead(found: Comparison) -> str:
    told = [
        ngettext("%(num)s added", "%(num)s added", len(found.added)) if found.added else "",
        ngettext("%(num)s changed", "%(num)s changed", len(found.changed)) if found.changed else "",
        ngettext("%(num)s in another phase", "%(num)s in another phase", len(found.moved)) if found.moved else "",
        ngettext("%(num)s gone", "%(num)s gone", len(found.removed)) if found.removed else "",
    ]
    return " · ".join(str(one) for one in told if one) or str(_("The scope says the same at both points."))


def _states(states: Sequence[ItemState]) -> list[Context]:
    return [{"key": one.key, "title": one.title, "tier": one.content.get("tier") or ""} for one in states]


def _changed(items: Sequence[Changed]) -> list[Context]:
    return [
        {
            "key": one.key,
            "title": one.title,
            "fields": [
                {
                    "label": str(field.label),
                    "old": field.old,
                    "new": field.new,
                    "segments": list(field.segments),
                    "lines": list(field.lines),
                }
                for field in one.fields
            ],
        }
        for one in items
    ]  # fmt: skip
