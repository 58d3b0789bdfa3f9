"""Acceptance scenarios, rounds, results and standings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import util
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from reqtrack.permissions import Actor


def init(app: Flask) -> None:
    """Hook the area in: the lock, what implementers see, computed statuses, panels, counts, its pages."""
    from reqtrack.acceptance import actions, chores, example_pages, locks, queries, ready_pages, walk_pages
    from reqtrack.acceptance.actions import defects
    from reqtrack.accounts.actions.projects import SETTING_CHANGED
    from reqtrack.items import lists, moves, pages, panels
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.jobs.queue import CHORES
    from reqtrack.web import places

    locks.init()
    if chores.CHORE not in CHORES:
        CHORES.append(chores.CHORE)
    SETTING_CHANGED["machine_counts"] = actions.machines_count

    def follow(actor: Actor, item: Any, changed: Sequence[str]) -> None:
        actions.edited(actor, item, changed)
        defects.scenario_saved(actor, item, changed)

    register(replace(KINDS["acceptance"], implementer_sees=queries.implementer_sees, saved=follow))
    moves.LISTERS["acceptance"], moves.MAKERS["acceptance"] = actions.moves, actions.make_move
    _init_defects()
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
    panels.register("process", "main", walk_pages.on_process, "acceptance/_walks_panel.html", order=20)
    places.COUNTS["accept"] = queries.left_for
    if util.find_spec("reqtrack.acceptance.views"):
        from reqtrack.acceptance import data_views, defect_views, dictionary_views, ready_views, views, walk_views

        for one in (views, dictionary_views, data_views, ready_views, defect_views, walk_views):
            app.register_blueprint(one.area)


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
            clean=defects.clean,
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
