"""Files in and out. ``parsing`` turns bytes into drafts; the rest keeps import runs."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Put the import pages and those of machines' results into the app, and where an item came from on its page."""
    from reqtrack.acceptance import tables as business
    from reqtrack.exchange import queries, tables
    from reqtrack.exchange.machines.views import area as machines
    from reqtrack.exchange.views import area
    from reqtrack.items import panels

    for kind in ("requirement", "acceptance", "interview"):
        panels.register(kind, "main", queries.origin, "exchange/_origin.html", order=90)
    business.use(tables.READERS)
    app.register_blueprint(area)
    app.register_blueprint(machines)
