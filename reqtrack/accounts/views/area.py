"""What the views of this area share: the area, where one may be sent next, how reasons are shown at their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, request, url_for
from werkzeug.exceptions import HTTPException

from reqtrack.errors import Reason
from reqtrack.web.answers import page
from reqtrack.web.area import Area
from reqtrack.web.problems import sentence

area = Area("accounts", __name__)


def home() -> str:
    """Where one goes when nothing else was asked for."""
    return url_for("radar.my_work")


def local_path(wanted: str | None) -> str:
    """A ``next`` that may be followed: a path of ours that can be got, with its query; else home.

    Anything with a host, a scheme, a backslash or a control character is no path of ours.
    """
    text = wanted or ""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or any(ord(one) < 33 for one in text):
        return home()
    parts = urlsplit(text)
    if parts.scheme or parts.netloc:
        return home()
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(parts.path, method="GET")
    except HTTPException:  # also the map's own redirects
        return home()
    if endpoint in ("accounts.sign_in", "accounts.language", "static"):
        return home()
    return parts.path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def errors_of(reasons: Iterable[Reason]) -> dict[str, Any]:
    """Reasons for a form: ``errors`` by field, and ``summary`` for the head of the form."""
    shown = [{"field": reason.field or "", "sentence": sentence(reason)} for reason in reasons]
    return {"errors": {one["field"]: one["sentence"] for one in shown if one["field"]}, "summary": shown}


def prove_first() -> Any:
    """Ask for a proof again before something that would help a thief: the same form, with a field for it."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "password")]
    g.password_asked = True
    return page("accounts/prove.html", 403, to=request.path, fields=fields, next_=came_from())


def came_from() -> str:
    """The page of ours whose form was sent, to go back to it."""
    parts = urlsplit(request.headers.get("Referer", ""))
    return parts.path + (f"?{parts.query}" if parts.query else "") if parts.netloc == request.host else ""


def address() -> str:
    """The network address that a request came from."""
    return request.remote_addr or ""


def agent() -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")
