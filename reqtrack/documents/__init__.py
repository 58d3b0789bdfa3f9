"""Builds what exports/ describes."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Put the document pages into the app and their job into the worker."""
    from reqtrack.documents import actions, codes
    from reqtrack.documents.views import area
    from reqtrack.jobs.queue import HANDLERS
    from reqtrack.signoff.codes import SOURCES

    HANDLERS[actions.KIND] = actions.make
    if codes.printed not in SOURCES:
        SOURCES.append(codes.printed)
    app.register_blueprint(area)
