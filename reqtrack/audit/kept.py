"""What is costly to compute over a whole project, kept in memory until something is written in the project.

The chain of a project grows with each change of its audited rows, so its newest hash says whether what was computed still holds.
Only what took long is kept; the rest is computed anew, without asking for the chain first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.db import db, mode

T = TypeVar("T")
COSTLY_SECONDS = 0.02
MOST = 500


@dataclass(frozen=True)
class Kept:
    """``head``: the newest hash of the chain when ``value`` was computed; None: it was only timed."""

    seconds: float
    head: str | None = None
    value: Any = None


def kept(name: str, project_id: int, compute: Callable[[], T]) -> T:
    """What ``compute`` answers: a pure function of the project's audited rows, whose answer nobody changes.

    Args:
        name: what it is, with all that it depends on beside the project's rows.
    """
    now = mode()
    if now is None or now.writing:
        return compute()
    held: dict[tuple[str, int], Kept] = current_app.extensions.setdefault("reqtrack_kept", {})
    known = held.get((name, project_id))
    # Asked before it is computed: what is written meanwhile makes it out of date, never wrong.
    head = _head(project_id) if known is not None and known.seconds >= COSTLY_SECONDS else None
    if known is not None and head is not None and known.head == head:
        return known.value  # type: ignore[no-any-return]
    begun = time.perf_counter()
    value = compute()
    seconds = time.perf_counter() - begun
    if len(held) >= MOST:
        held.clear()
    held[name, project_id] = Kept(max(seconds, known.seconds if head and known else 0), head, value if head else None)
    return value


def _head(project_id: int) -> str | None:
    wanted = select(Event.hash).where(Event.project_id == project_id).order_by(Event.seq.desc()).limit(1)
    return db.session.execute(wanted).scalar()
