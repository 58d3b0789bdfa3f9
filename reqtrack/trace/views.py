"""The matrix."""

from __future__ import annotations

from flask import Response, g, request

from reqtrack.trace import forms, pages
from reqtrack.web.answers import page
from reqtrack.web.area import Area

area = Area("trace", __name__, url_prefix="/p/<project>")


@area.page("/matrix", "project.read")
def matrix(project: str) -> Response:
    g.place = "trace"
    return page(
        "trace/matrix.html", **pages.page_of(g.actor, g.project, forms.wanted(g.actor, g.project, request.args))
    )
