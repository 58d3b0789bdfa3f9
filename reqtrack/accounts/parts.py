"""How areas above add to the pages of accounts without being known here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reqtrack.accounts.models import Project
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Part:
    """A part of a page: a template, rendered with what ``query(actor, project)`` gives (None: nothing to show)."""

    name: str
    template: str
    query: Callable[[Actor, Project], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Extra:
    """More fields in the form of a new project: a template, and what takes them once the project is there."""

    name: str
    template: str
    take: Callable[[Actor, Project, Mapping[str, str]], None]


# Sections of a project's settings, below its own.
SETTINGS: list[Part] = []
# Further fields of a new project.
NEW_PROJECT: list[Extra] = []


def add(known: list[Any], part: Part | Extra) -> None:
    """Register a part; once more changes nothing."""
    if all(one.name != part.name for one in known):
        known.append(part)
