"""What is computed over a whole project, kept in memory until something is written in the project.

The chain of a project grows with each change of its audited rows, so its newest hash says whether what was computed still holds.
It is asked for once in a transaction, whatever number of things are kept by it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import ScalarSelect, bindparam, select

from reqtrack.audit.models import Event
from reqtrack.db import mode, once, plain

T = TypeVar("T")
MOST = 2_000


def head_of(project_id: Any) -> ScalarSelect[str]:
    """The newest hash of a project's chain, for a statement that reads something of the project anyway."""
    newest = select(Event.hash).where(Event.project_id == project_id).order_by(Event.seq.desc()).limit(1)
    return newest.scalar_subquery()


_HEAD = select(head_of(bindparam("project")))


def know(heads: Mapping[int, str | None]) -> None:
    """Heads that this transaction read (``head_of``) need not be asked for again."""
    once("heads").update(heads)


class _Place:
    """Where one thing is kept, and who computes it now."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.told: tuple[Any, Any] | None = None  # until when it holds, and what it is


def kept(name: str, project_id: int, compute: Callable[[], T], on: date | None = None) -> T:
    """What ``compute`` answers: a pure function of the project's audited rows, whose answer nobody changes. Who asks for it while
    somebody computes it waits for that.

    Args:
        name: what it is, with all that it depends on beside the project's rows.
        on: the day, where it depends on that: what was kept of another day is given up.
    """
    now = mode()
    if now is None or now.writing:
        return compute()
    # Asked before it is computed: what is written meanwhile makes it out of date, never wrong.
    until = (_head(project_id), on)
    places: dict[tuple[str, int], _Place] = current_app.extensions.setdefault("reqtrack_kept", {})
    if len(places) >= MOST:
        places.clear()
    place = places.setdefault((name, project_id), _Place())
    told = place.told
    if told is None or told[0] != until:
        with place.lock:
            told = place.told
            if told is None or told[0] != until:
                told = place.told = (until, compute())
    return told[1]


def _head(project_id: int) -> str | None:
    """The newest hash of a project's chain, as this transaction sees it."""
    heads: dict[int, str | None] = once("heads")
    if project_id not in heads:
        heads[project_id] = plain(_HEAD, {"project": project_id}).scalar()
    return heads[project_id]
