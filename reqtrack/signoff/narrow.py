"""What somebody outside sees of what they sign: its texts or redline and its meaning, nothing that leads on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.baselines.content import contents_at, in_order, prints_at
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import keys_of
from reqtrack.errors import Reason
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import Actor
from reqtrack.signoff import queries, subjects
from reqtrack.signoff.models import Signoff

# So many acceptance scenarios are told on the page; all of them are in the pack.
MOST = 300
CLAUSES = ("given", "when", "then")


def show(actor: Actor, project: Project, signoff: Signoff, reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """The page of a link; ``reasons``: why what was tried is refused."""
    told = queries.page_of(actor, signoff)
    kind = subjects.kind_of(signoff.subject)
    shown = kind.shown(actor, project, signoff)
    return {
        "signoff": signoff,
        "subject": told.subject,
        "kind": kind,
        "meaning": subjects.meaning_of(signoff.subject, signoff.meaning),
        "shown": shown,
        "accepting": _accepting(project.id, shown["baseline"]) if told.subject.kind == "baseline" else None,
        "project_name": project.name,
        "errors": {one.field: one for one in reasons if one.field},
        "reasons": [one for one in reasons if one.field not in ("reason", "reservation", "remarks")],
    }


def _accepting(project_id: int, baseline: Baseline) -> dict[str, Any]:
    """What the acceptance scenarios of a scope say: they are signed with it, and nowhere else to be read by link."""
    held, kind = set(keys_of(baseline)), KINDS["acceptance"]
    prints = [one for one in prints_at(project_id, baseline.seq).values() if one.key in held and one.kind == kind.name]
    told = contents_at(project_id, in_order(prints)[:MOST])
    rows = [
        {"key": one.key, "title": one.title, "clauses": _clauses(one.content), "examples": one.content.get("examples")}
        for one in told.values()
    ]
    return {"label": kind.label_plural, "total": len(prints), "rows": rows}


def _clauses(content: Mapping[str, Any]) -> list[tuple[Any, Sequence[str]]]:
    labels = {field.name: field.label for field in KINDS["acceptance"].fields}
    return [(labels[name], content[name]) for name in CLAUSES if content.get(name)]
