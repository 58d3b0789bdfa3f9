"""What leads to what: the matrix with its holes."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Put the pages into the app."""
    from reqtrack.trace.views import area

    app.register_blueprint(area)
