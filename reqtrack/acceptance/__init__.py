"""Acceptance scenarios, rounds, results and standings."""

from __future__ import annotations

from dataclasses import replace
from importlib import util

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: the lock, what implementers see, computed statuses, panels, counts, its pages."""
    from reqtrack.acceptance import locks, queries
    from reqtrack.acceptance.actions import defects, machines_count
    from reqtrack.accounts.actions.projects import SETTING_CHANGED
    from reqtrack.items import lists, panels
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.web import places

    locks.init()
    SETTING_CHANGED["machine_counts"] = machines_count
    register(replace(KINDS["acceptance"], implementer_sees=queries.implementer_sees, saved=defects.scenario_saved))
    _init_defects()
    lists.DECORATE["acceptance"] = queries.decorate_acceptance
    lists.DECORATE["requirement"] = queries.requirement_statuses
    panels.register("requirement", "main", queries.on_requirement, "acceptance/on_requirement.html", order=30)
    panels.register("acceptance", "main", queries.on_acceptance, "acceptance/on_acceptance.html", order=30)
    places.COUNTS["accept"] = queries.left_for
    if util.find_spec("reqtrack.acceptance.views"):
        from reqtrack.acceptance.defect_views import area as defect_area
        from reqtrack.acceptance.views import area

        app.register_blueprint(area)
        app.register_blueprint(defect_area)


def _init_defects() -> None:
    """Hook defects in: stages, what implementers see, their panels, the job that tells another tracker."""
    from flask_babel import lazy_gettext as _l

    from reqtrack.acceptance import defect_pages
    from reqtrack.acceptance.actions import defects, hook
    from reqtrack.acceptance.queries import defects as queries
    from reqtrack.accounts import parts
    from reqtrack.items import happened, moves, panels, present
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.jobs import queue

    register(
        replace(
            KINDS["defect"],
            implementer_sees=queries.implementer_sees,
            guard=defects.guard,
            defaults=defects.defaults,
            made=defects.raised,
        )
    )
    happened.DONE["shown"] = _l("saw it in a result")
    moves.LISTERS["defect"] = defects.moves
    moves.MAKERS["defect"] = defects.make_move
    present.MORE["defect"] = queries.for_api
    panels.register("defect", "main", defect_pages.on_defect, "defects/on_defect.html", order=20)
    panels.register("acceptance", "main", defect_pages.on_acceptance, "defects/on_acceptance.html", order=40)
    queue.HANDLERS[hook.JOB] = hook.send
    queue.RETRIES[hook.JOB] = hook.WAITS
    parts.add(parts.SETTINGS, parts.Part("defect_hook", "defects/_settings.html", defect_pages.hook_part))
