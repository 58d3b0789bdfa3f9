"""Processes, business scenarios (how somebody does a piece of real work), and the special flows that these are asked about."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: numbers of steps, panels, columns of lists, what forms offer, its pages."""
    from reqtrack.items import list_page, lists, pages, present
    from reqtrack.items import panels as item_panels
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.scenarios import actions, panels
    from reqtrack.scenarios.queries import processes, special
    from reqtrack.scenarios.views import area

    register(replace(KINDS["process"], clean=actions.clean_process))
    register(replace(KINDS["scenario"], clean=actions.clean_scenario))
    lists.DECORATE["process"] = processes.decorate
    lists.DECORATE["scenario"] = special.decorate
    list_page.CELLS["steps"] = lambda row, extra: len(row.steps or ())
    list_page.CELLS["gaps"] = panels.gaps_cell
    list_page.CELLS["friction"] = panels.friction_cell
    list_page.CELLS["special_flows"] = panels.flows_cell
    pages.DRAWN.add(("process", "steps"))
    pages.DRAWN.add(("scenario", "process_steps"))
    for name in ("process", "process_steps"):
        present.VEILED["scenario", name] = panels.veiled
    pages.OPTIONS["scenario"] = panels.options
    pages.AFTER_CREATE["scenario"] = panels.after_create
    pages.PREFILL["scenario"] = panels.prefill
    item_panels.register("process", "main", panels.on_process, "scenarios/_process.html", order=10)
    item_panels.register("scenario", "main", panels.part_of, "scenarios/_part_of.html", order=10)
    item_panels.register("scenario", "main", panels.special_flows, "scenarios/_special_flows.html", order=25)
    app.register_blueprint(area)
