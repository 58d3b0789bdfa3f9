"""Meetings at which what waits is gone through: series, agenda, minutes."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: until when a change may be put off, its pages."""
    from reqtrack.changes.actions import moving
    from reqtrack.reviews.queries.reviews import day_of
    from reqtrack.reviews.views import area

    if day_of not in moving.OCCASIONS:
        moving.OCCASIONS.append(day_of)
    app.register_blueprint(area)
