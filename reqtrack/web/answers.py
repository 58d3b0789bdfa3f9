"""``answer()`` and ``page()``: what a view says back, to a plain form, to htmx, and to a reader."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A whole page from ``templates/``."""
    return make_response(render_template(template, **context), status)


def answer(url: str, fragment: str = "", **context: Any) -> Response:
    """After a write: a plain form is sent on (303); htmx gets the fragment, or ``HX-Redirect`` where there is none."""
    if not is_htmx():
        return redirect(url, 303)  # type: ignore[return-value]
    if fragment:
        return page(fragment, **context)
    response = make_response("", 200)
    response.headers["HX-Redirect"] = url
    return response
