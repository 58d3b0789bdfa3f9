"""Verbs on data points: figures that somebody told in a passage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason
from reqtrack.files.problems import N_
from reqtrack.interviews import queries
from reqtrack.interviews.actions.rights import may
from reqtrack.interviews.models import DataPoint, Excerpt
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor

LONGEST = {"name": 200, "value": 200, "unit": 60}
NEEDED = {"name": N_("Say what the figure is of."), "value": N_("Say how much it is.")}


def add_figure(actor: Actor, excerpt: Excerpt, values: Mapping[str, Any]) -> DataPoint:
    """Keep a figure that a passage tells: ``name`` (calls a day), ``value`` (20) and ``unit`` (times).

    Raises:
        Invalid: no name, no value, or one of them is too long.
    """
    may(actor, excerpt.project_id, "interview.write")
    given: dict[str, str] = {}
    reasons = []
    for name, longest in LONGEST.items():
        try:
            words = " ".join(text_of(values.get(name) or "", longest).split())
            given[name] = queries.for_everybodys_eyes(excerpt.project_id, words, longest)
        except Unfit as unfit:
            reasons.append(Reason("invalid", unfit.message, unfit.params, name))
        else:
            if not words and name in NEEDED:
                reasons.append(Reason("required", NEEDED[name], {}, name))
    if reasons:
        raise Invalid(reasons)
    with recorded(actor, excerpt.project_id, "figure.added", queries.source_of(excerpt)) as entry:
        row = DataPoint(project_id=excerpt.project_id, excerpt_id=excerpt.id, author=actor.login, at=entry.at, **given)
        db.session.add(row)
        db.session.flush()
        entry.after = {"figure": row.id, "excerpt": excerpt.id, **given}
    return row


def remove_figure(actor: Actor, figure: DataPoint) -> None:
    """Take a figure away; the history keeps it."""
    may(actor, figure.project_id, "interview.write")
    if figure.removed_at is not None:
        return
    excerpt = db.session.get_one(Excerpt, figure.excerpt_id)
    before = {"figure": figure.id, "name": figure.name, "value": figure.value, "unit": figure.unit}
    with recorded(actor, figure.project_id, "figure.removed", queries.source_of(excerpt), before=before) as entry:
        figure.removed_at = entry.at
