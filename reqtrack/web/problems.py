"""Errors as pages and as ``application/problem+json``, in the reader's language, with every reason."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from apiflask.exceptions import HTTPError
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from reqtrack.db import rollback
from reqtrack.errors import Reason, ReqtrackError, Stale
from reqtrack.web.area import route_of
from reqtrack.web.words import listed

log = logging.getLogger("reqtrack")
# Set by the items area: (key of an item, name of a field) → how people call the field.
label_of: Callable[[str, str], Any] = lambda key, name: name  # noqa: E731

TITLES = {
    400: _l("This request makes no sense"),
    401: _l("Please sign in"),
    403: _l("You may not do this"),
    404: _l("Nothing here"),
    405: _l("This cannot be done here"),
    409: _l("Something moved meanwhile"),
    412: _l("Something moved meanwhile"),
    413: _l("This is too large"),
    422: _l("Something does not fit"),
    428: _l("Say which version you saw"),
    429: _l("Too many tries"),
    500: _l("Something broke on our side"),
    503: _l("Too busy just now"),
}


def init(app: Flask) -> None:
    app.register_error_handler(ReqtrackError, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(HTTPError, malformed)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(StaleDataError, moved)
    app.register_error_handler(IntegrityError, moved)
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(Exception, broke)


def sentence(reason: Reason) -> str:
    """A reason in the reader's language, and how to mend it; of several things it names, each by itself."""
    told = {name: listed(one) if isinstance(one, list | tuple) else one for name, one in reason.params.items()}
    return " ".join(str(_(msgid, **told)) for msgid in (reason.message, reason.mend) if msgid)


def as_dicts(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    return [
        {"code": one.code, "detail": sentence(one), **({"field": one.field} if one.field else {})} for one in reasons
    ]


def problem(status: int, reasons: tuple[Reason, ...], **extra: Any) -> Response:
    """The answer for an error: problem+json to the API, a page (or fragment for htmx) to people."""
    rollback()
    title = str(TITLES.get(status, TITLES[400]))
    if wants_json():
        body = {"type": "about:blank", "title": title, "status": status, "reasons": as_dicts(reasons), **extra}
        if reasons:
            body["detail"] = " ".join(sentence(one) for one in reasons)
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        g.setdefault("actor", None)
        shown = [sentence(one) for one in reasons]
        response = make_response(
            render_template("errors/problem.html", status=status, title=title, reasons=shown, **extra)
        )
    response.status_code = status
    return response


def wants_json() -> bool:
    """The API answers in JSON, also where no route matched."""
    route = route_of(request.endpoint)
    return request.path.startswith("/api/") or bool(route and route.api)


def refused(error: ReqtrackError) -> Response:
    extra: dict[str, Any] = {}
    g.refused_for = [one.code for one in error.reasons]
    if isinstance(error, Stale):
        labels = {name: str(label_of(error.key, name)) for name in error.mine}
        extra = {"version": error.version, "seen": error.seen, "mine": error.mine, "current": error.current}
        extra |= {} if wants_json() else {"labels": labels}
    if error.reasons and error.reasons[0].code == "wrong_password" and request.form and not wants_json():
        return password_again(error)
    return problem(error.status, error.reasons, **extra)


def password_again(error: ReqtrackError) -> Response:
    """A wrong password beside an act: asked for again, with all else that the form sent."""
    rollback()
    fields = [one for one in request.form.items(multi=True) if one[0] not in ("csrf_token", "password")]
    shown = render_template("accounts/prove.html", to=request.path, fields=fields, error=sentence(error.reasons[0]))
    return make_response(shown, error.status)


def csrf_error(error: CSRFError) -> Response:
    message = "This form is out of date or was not sent from this site. Load the page again; what you typed is kept."
    return problem(400, (Reason("csrf", message),))


def malformed(error: HTTPError) -> Response:
    """A body that does not fit its model: every field with what is wrong."""
    found = error.detail.get("json", error.detail) if isinstance(error.detail, dict) else {}
    reasons = [
        Reason("invalid", "%(what)s", {"what": what}, field)
        for field, whats in found.items()
        for what in (whats if isinstance(whats, list) else [str(whats)])
    ]
    return problem(error.status_code, tuple(reasons))


def http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    return problem(status, ())


def moved(error: Exception) -> Response:
    log.warning("conflict: %s", error)
    message = "Somebody else saved this at the same moment. Load it again and repeat your change."
    return problem(409, (Reason("conflict", message),))


def busy(error: Exception) -> Response:
    log.exception("database", exc_info=error)
    return problem(503, (Reason("too_busy", "The database did not answer in time. Please try again."),))


def broke(error: Exception) -> Response:
    log.exception("unhandled", exc_info=error)
    return problem(
        500,
        (Reason("defect", "Nothing of what you sent was half-saved. Please try again, or tell the administrator."),),
    )
