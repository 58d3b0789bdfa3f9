"""Points in time of the scope, their fingerprints, comparison."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: its part of ``verify``, its pages."""
    from reqtrack.baselines import checks
    from reqtrack.baselines.views import area

    checks.register()
    app.register_blueprint(area)
