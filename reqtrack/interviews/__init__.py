"""Stakeholders, interviews, excerpts and the evidence they give."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: names masked everywhere, evidence on item pages, its pages."""
    from flask_babel import lazy_gettext as _l

    from reqtrack.interviews import actions, guide_page, panels, queries
    from reqtrack.interviews.views import area, words
    from reqtrack.items import actions as item_actions
    from reqtrack.items import forms, moves, pages, present, values
    from reqtrack.items import panels as item_panels
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.web import places

    register(
        replace(
            KINDS["interview"],
            defaults=actions.defaults,
            clean=actions.clean,
            saved=actions.reopened,
            more_text=panels.searched,
        )
    )
    values.resolve_stakeholders = queries.resolve_stakeholders
    present.mask = panels.mask
    # What stood in them before somebody became known stays in their history.
    for field in ("title", "guide"):
        present.VEILED["interview", field] = panels.mask
    present.doer = panels.doer
    present.called = panels.called
    for kind in ("scenario", "requirement"):
        present.MORE[kind] = queries.evidence_ids
        pages.AFTER_CREATE[kind] = panels.after_create
        pages.PREFILL[kind] = panels.prefill
        item_panels.register(kind, "main", panels.evidence, "interviews/_evidence.html", order=20)
    pages.NEW_PARTS["interview"] = ("guide", "interviews/_new_sets.html", guide_page.new_interview)
    pages.AFTER_CREATE["interview"] = guide_page.after_create
    forms.CHOICES["stakeholders"] = panels.choices
    moves.LISTERS["interview"] = actions.moves
    moves.MAKERS["interview"] = actions.make_move
    pages.opens = panels.opens
    item_actions.fit_name = queries.for_everybodys_eyes
    pages.ask_somebody = panels.ask_href
    pages.SPECIAL["interview"] = "interviews.show"
    entry = (_l("Interview"), "message-2", "items.new", {"plural": "interviews"}, "interview.write")
    if entry[2:] not in [one[2:] for one in places.CREATES]:
        places.CREATES.append(entry)
    app.add_template_filter(panels.veiled, "veiled")
    app.register_blueprint(area)
    app.register_blueprint(words.area)
