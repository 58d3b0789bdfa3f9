"""Requests for signature, signatures, what supersedes or carries them."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Hook the area in: what can be signed, its panels on lower pages, its pages."""
    from reqtrack.baselines.queries import SIGNED
    from reqtrack.signoff import checks, queries, rounds, scope, subjects

    subjects.register(scope.SCOPE)
    subjects.register(rounds.ROUND)
    if queries.baseline_states not in SIGNED:
        SIGNED.append(queries.baseline_states)
    checks.register()
