"""What people say after seeing the system, by a link or signed in; what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask, request


def init(app: Flask) -> None:
    """Hook the area in: stages, what is veiled and searched, ＋ on every page, its pages."""
    from flask_babel import lazy_gettext as _l

    from reqtrack.feedback import actions, panels, queries
    from reqtrack.feedback.views import area
    from reqtrack.items import happened, moves, pages, present
    from reqtrack.items.kinds import KINDS, register
    from reqtrack.web import places

    register(replace(KINDS["feedback"], guard=actions.guard, saved=actions.follow, more_text=panels.searched))
    moves.LISTERS["feedback"] = actions.moves
    moves.MAKERS["feedback"] = actions.make_move
    pages.SPECIAL["feedback"] = "feedback.show"
    present.VEILED["feedback", "contact"] = panels.contact_told
    present.MORE["feedback"] = queries.for_api
    happened.DONE.update(panels.DONE)
    entry: tuple[Any, str, str, dict[str, Any], str] = (_l("Feedback"), "message", "feedback.new", {}, "comment.write")
    if entry[2] not in [one[2] for one in places.CREATES]:
        places.CREATES.append(entry)
    places.TAKES_ALONG["feedback.new"] = _along
    app.register_blueprint(area)


def _along() -> dict[str, Any]:
    """The item whose page it is, and where to go back to."""
    from reqtrack.items.kinds import by_key
    from reqtrack.web.places import here

    key = str((request.view_args or {}).get("key", ""))
    known = by_key(key) if "-" in key else None
    about = {"about": key.upper()} if known is not None and known.name != "feedback" else {}
    return {**about, "next": here()} if request.method == "GET" and request.endpoint != "feedback.new" else about
