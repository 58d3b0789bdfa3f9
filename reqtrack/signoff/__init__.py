"""Requests for signature, signatures, what supersedes or carries them."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: what can be signed, its panels on lower pages, its pages."""
    from reqtrack.accounts import parts
    from reqtrack.baselines.queries import LIST_PANELS, PANELS, SIGNED
    from reqtrack.items import panels
    from reqtrack.signoff import checks, pages, queries, rounds, scope, subjects
    from reqtrack.signoff.views import area, away, outside, public

    subjects.register(scope.SCOPE)
    subjects.register(rounds.ROUND)
    if queries.baseline_states not in SIGNED:
        SIGNED.append(queries.baseline_states)
    on_baseline, in_force = (pages.on_baseline, "signoff/_on_baseline.html"), (pages.in_force, "signoff/_in_force.html")
    if on_baseline not in PANELS:
        PANELS.append(on_baseline)
    if in_force not in LIST_PANELS:
        LIST_PANELS.append(in_force)
    panels.register("requirement", "rail", pages.on_requirement, "signoff/_on_requirement.html", order=20)
    checks.register()
    app.register_blueprint(area)
    app.register_blueprint(public)
    app.register_blueprint(away)
    app.register_blueprint(outside)
    parts.add(parts.SETTINGS, parts.Part("away", "signoff/_settings.html", lambda actor, project: {}))
