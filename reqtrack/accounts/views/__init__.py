"""The pages of accounts: signing in, one's account, all accounts, projects, a project's settings, links."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from reqtrack.accounts.views import links, me, passkeys, projects, provider, settings, sign_in, users, ways
from reqtrack.accounts.views.area import area

__all__ = [
    "area",
    "links",
    "me",
    "passkeys",
    "person_menu",
    "projects",
    "provider",
    "settings",
    "sign_in",
    "users",
    "ways",
]


def person_menu() -> dict[str, Any]:
    """What the person's menu offers beside language, looks and signing out."""
    actor = g.get("actor")
    if actor is None or not actor.login:
        return {}
    entries = [{"label": _("All projects"), "icon": "folder", "href": url_for("accounts.projects")}]
    if actor.may("user.manage"):
        entries.append({"label": _("Accounts"), "icon": "users", "href": url_for("accounts.users")})
    return {"person_menu": entries}
