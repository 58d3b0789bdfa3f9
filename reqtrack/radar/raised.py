"""What the radar brings onto the agenda of a review: its findings, by check."""

from __future__ import annotations

from typing import Any

from flask import url_for

from reqtrack.accounts.models import Project
from reqtrack.permissions import SYSTEM
from reqtrack.radar.checks import CHECKS
from reqtrack.radar.queries.findings import radar

PREFIX = "check:"
# What is on the agenda by itself already, or is about the review.
APART = ("conflicting_changes", "assessment_outdated", "review_overdue")


def subjects(project: Project) -> list[str]:
    """The hook of ``reviews.queries.MORE``: the checks that found something which nobody lets stand, but mere notes."""
    found = radar(SYSTEM, project).findings
    return [
        f"{PREFIX}{one.check.name}"
        for one in found
        if one.subjects and one.check.severity != "note" and one.check.name not in APART
    ]


def called(project: Project, subject: str) -> tuple[Any, str] | None:
    """The hook of ``reviews.pages.NAMES``: what a check looks for, and its page."""
    check = CHECKS.get(subject.removeprefix(PREFIX)) if subject.startswith(PREFIX) else None
    return (check.title, url_for("radar.check", project=project.key, check=check.name)) if check is not None else None
