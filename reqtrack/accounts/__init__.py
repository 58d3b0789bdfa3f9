"""Users, sign-in, projects and their members, tokens, invitations."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Put the area into an app: its pages, the counters of tries, the lines of the person's menu."""
    from reqtrack.accounts import limits
    from reqtrack.accounts.views import area, person_menu

    limits.init(app)
    app.register_blueprint(area)
    app.context_processor(person_menu)
