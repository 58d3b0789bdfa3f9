"""Gates: the conditions of signing a scope and of going live, waivers, and that a gate was passed."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: waivers can be signed, gates are told where a scope is signed, their pages, their part of the settings."""
    from reqtrack.accounts import parts
    from reqtrack.baselines.queries import LIST_PANELS, PANELS
    from reqtrack.gates import checks, panels, subject
    from reqtrack.gates.views import area
    from reqtrack.items import panels as item_panels
    from reqtrack.signoff import subjects

    subjects.register(subject.WAIVER)
    if panels.stands not in subjects.CONDITIONS:
        subjects.CONDITIONS.append(panels.stands)
    on_baseline, on_scope = (panels.on_baseline, "gates/_on_scope.html"), (panels.on_scope, "gates/_on_scope.html")
    if on_baseline not in PANELS:
        PANELS.append(on_baseline)
    if on_scope not in LIST_PANELS:
        LIST_PANELS.append(on_scope)
    for kind in ("acceptance", "defect"):
        item_panels.register(kind, "rail", panels.on_item, "gates/_on_item.html", order=60)
    checks.register()
    app.register_blueprint(area)
    parts.add(parts.SETTINGS, parts.Part("gates", "gates/_settings.html", lambda actor, project: {}))
