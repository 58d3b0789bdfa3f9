"""Verbs of the overview: leaving out a line of the first week, the capacity of a new project's first phase."""

from __future__ import annotations

from collections.abc import Mapping

from reqtrack.accounts.actions import change_project
from reqtrack.accounts.models import Project
from reqtrack.errors import NotFound
from reqtrack.permissions import Actor
from reqtrack.radar.policy import LINES
from reqtrack.requirements import actions, forms, queries


def skip_line(actor: Actor, project: Project, line: str) -> None:
    """Leave a line of the first week out; once more changes nothing.

    Raises:
        NotFound: there is no such line. Refused: no permission.
    """
    if line not in LINES:
        raise NotFound(line[:40])
    skipped = set(project.first_week_skipped.split()) | {line}
    change_project(actor, project, {"first_week_skipped": " ".join(one for one in LINES if one in skipped)})


def take_capacity(actor: Actor, project: Project, form: Mapping[str, str]) -> None:
    """Take ``capacity_days`` of a new project's form for its first phase, where it was given.

    Raises:
        Invalid: it is no number.
    """
    given = form.get("capacity_days", "").strip()
    if given:
        values = forms.phase_values(project, {"capacity_days": given})
        actions.change_phase(actor, project, queries.phases(project.id)[0], values)
