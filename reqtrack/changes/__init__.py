"""Change requests: proposed edits, impact, assessments, decisions."""

from __future__ import annotations

from importlib import util

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: guard, what implementers see, load of the phases, panels, its pages."""
    from reqtrack.changes import load, locks
    from reqtrack.requirements import queries as requirements

    locks.init()
    if load.change_days not in requirements.MORE_LOAD:
        requirements.MORE_LOAD.append(load.change_days)
    if util.find_spec("reqtrack.changes.views"):
        from reqtrack.changes.views import area

        app.register_blueprint(area)
