"""Acceptance scenarios, rounds, results and standings."""

from __future__ import annotations

from dataclasses import replace
from importlib import util

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: the lock, what implementers see, computed statuses, panels, counts, its pages."""
    from reqtrack.acceptance import actions, example_pages, locks, queries, ready_pages
    from reqtrack.items import lists, moves, pages, panels
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.web import places

    locks.init()
    own = replace(KINDS["acceptance"], implementer_sees=queries.implementer_sees, saved=actions.edited)
    register(own)
    moves.LISTERS["acceptance"], moves.MAKERS["acceptance"] = actions.moves, actions.make_move
    lists.DECORATE["acceptance"] = queries.decorate_acceptance
    lists.DECORATE["requirement"] = queries.requirement_statuses
    panels.register("requirement", "main", queries.on_requirement, "acceptance/on_requirement.html", order=30)
    pages.DRAWN.add(("acceptance", "examples"))
    pages.show_below("acceptance", "examples", "acceptance/_ready_below.html")
    saved = pages.AFTER_SAVE.setdefault("acceptance", [])
    if ready_pages.say_so not in saved:
        saved.append(ready_pages.say_so)
    panels.register("acceptance", "main", ready_pages.panel, "acceptance/_ready_panel.html", order=10)
    panels.register("acceptance", "main", example_pages.panel, "acceptance/_examples.html", order=5)
    panels.register("acceptance", "main", queries.on_acceptance, "acceptance/on_acceptance.html", order=30)
    places.COUNTS["accept"] = queries.left_for
    if util.find_spec("reqtrack.acceptance.views"):
        from reqtrack.acceptance import data_views, dictionary_views, ready_views, views

        for one in (views, dictionary_views, data_views, ready_views):
            app.register_blueprint(one.area)
