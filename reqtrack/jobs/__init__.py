"""Background work: table, lease, heartbeat, progress, retry."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Let workers sweep the store of files."""
    from reqtrack.jobs.queue import CHORES
    from reqtrack.jobs.sweeping import CHORE

    if CHORE not in CHORES:
        CHORES.append(CHORE)
