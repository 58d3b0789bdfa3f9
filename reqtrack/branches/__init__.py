"""Branches of scope: what a phase or a pilot group gets beside the main line, and how the two come together again."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: beside the baselines that branches are made from, its part of ``verify``, its pages."""
    from reqtrack.baselines.forms import PAIRS
    from reqtrack.baselines.queries import LIST_PANELS, PANELS
    from reqtrack.branches import checks, forms, pages
    from reqtrack.branches.views import area

    on_baseline, on_scope = (pages.on_baseline, "branches/_on_scope.html"), (pages.on_scope, "branches/_on_scope.html")
    if on_baseline not in PANELS:
        PANELS.append(on_baseline)
    if on_scope not in LIST_PANELS:
        LIST_PANELS.append(on_scope)
    if forms.pair not in PAIRS:
        PAIRS.append(forms.pair)
    checks.register()
    app.register_blueprint(area)
