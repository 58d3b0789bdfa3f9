"""Requirements, tiers, phases and their capacity."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: the lock, the moves, phases for fields and for new projects, its pages."""
    from reqtrack.accounts.actions import PROJECT_MADE
    from reqtrack.interviews.fates import TELLERS
    from reqtrack.items import moves, pages, panels, values
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.requirements import actions, policy, queries, text_pages, twin_pages
    from reqtrack.requirements.fates import fates
    from reqtrack.requirements.views import area, texts

    register(replace(KINDS["requirement"], guard=policy.guard, implementer_sees=queries.implementer_sees))
    register(replace(KINDS["scenario"], implementer_sees=queries.implementer_sees_scenarios))
    moves.LISTERS["requirement"] = actions.available_moves
    moves.MAKERS["requirement"] = actions.make_move
    TELLERS["requirement"] = fates
    values.resolve_phase = queries.resolve_phase
    if actions.make_first_phase not in PROJECT_MADE:
        PROJECT_MADE.append(actions.make_first_phase)
    for kind, field in (("requirement", "statement"), ("scenario", "title")):
        pages.show_below(kind, field, "requirements/_alike_while.html")
        panels.register(kind, "main", twin_pages.led_on, "requirements/_led_on.html", order=1)
        panels.register(kind, "rail", twin_pages.joins, "requirements/_joins.html", order=90)
    pages.show_below("requirement", "statement", "requirements/_text_below.html")
    panels.register("requirement", "main", text_pages.panel, "requirements/_text_panel.html", order=10)
    saved = pages.AFTER_SAVE.setdefault("requirement", [])
    if texts.let_stand not in saved:
        saved.append(texts.let_stand)
    app.register_blueprint(area)
