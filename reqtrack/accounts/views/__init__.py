"""The pages of accounts: signing in, one's account, all accounts, projects, a project's settings, links."""

from __future__ import annotations

from typing import Any

from flask import g

from reqtrack.accounts.views import sign_in
from reqtrack.accounts.views.area import area

__all__ = ["area", "person_menu", "sign_in"]


def person_menu() -> dict[str, Any]:
    """What the person's menu offers beside language, looks and signing out."""
    actor = g.get("actor")
    if actor is None or not actor.login:
        return {}
    return {"person_menu": []}
