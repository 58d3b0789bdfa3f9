"""Acceptance scenarios, rounds, results and standings."""

from __future__ import annotations

from dataclasses import replace
from importlib import util

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: the lock, what implementers see, computed statuses, panels, counts, its pages."""
    from reqtrack.acceptance import locks, queries
    from reqtrack.items import lists, panels
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.web import places

    locks.init()
    register(replace(KINDS["acceptance"], implementer_sees=queries.implementer_sees))
    lists.DECORATE["acceptance"] = queries.decorate_acceptance
    lists.DECORATE["requirement"] = queries.requirement_statuses
    panels.register("requirement", "main", queries.on_requirement, "acceptance/on_requirement.html", order=30)
    panels.register("acceptance", "main", queries.on_acceptance, "acceptance/on_acceptance.html", order=30)
    places.COUNTS["accept"] = queries.left_for
    if util.find_spec("reqtrack.acceptance.views"):
        from reqtrack.acceptance import data_views, dictionary_views, views

        for one in (views, dictionary_views, data_views):
            app.register_blueprint(one.area)
