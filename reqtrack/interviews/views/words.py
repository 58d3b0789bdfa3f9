"""The one-time link of an interviewee: no account, one write-up, one button; later, what became of their words.

Opening it changes nothing, because chat programs open links beforehand; its button uses it up. A link that is unknown, out of
date, taken back or used is answered alike: found or not by one look-up of the secret's digest, with one page that says nothing.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, request, url_for

from reqtrack.accounts import limits, links
from reqtrack.errors import Invalid, NotFound, Reason, Refused
from reqtrack.interviews import queries
from reqtrack.interviews.actions import confirming as acts
from reqtrack.interviews.views.confirming import answer_of, person_page
from reqtrack.permissions import ANYBODY
from reqtrack.rendering.qr import qr_png
from reqtrack.web.answers import page
from reqtrack.web.area import Area
from reqtrack.web.transaction import note_access

area = Area("confirm", __name__)


def _gone() -> Response:
    note_access("refused", "/confirm", method=request.method)
    return page("interviews/link_gone.html", 404, next_locale_href="")


def _count() -> None:
    """Before any lock."""
    limits.count("link")


@area.page("/confirm/<secret>", ANYBODY)
def words(secret: str) -> Any:
    _count()
    try:
        found = queries.opened(secret)
    except NotFound:
        return _gone()
    return _shown(found)


@area.act("/confirm/<secret>", ANYBODY, prepare=_count)
def answer_by_link(secret: str) -> Any:
    try:
        found = acts.open_to_answer(secret)
    except NotFound:
        return _gone()
    g.project, g.project_id = found.project, found.project.id
    try:
        acts.answer_by_link(
            found, answer_of(queries.write_up(found.interview, found.project, found.row.stakeholder_id))
        )
    except Invalid as problem:
        return _shown(found, 422, problem.reasons)
    except Refused as problem:
        if not any(one.code == "moved" for one in problem.reasons):
            raise
        return _shown(found, 409, problem.reasons)
    note_access("answered", f"confirmation:{found.row.id}")
    return redirect(url_for("confirm.words", secret=links.folded(secret), lang=request.args.get("lang")), 303)


def _shown(found: queries.Opened, status: int = 200, reasons: tuple[Reason, ...] = ()) -> Response:
    g.project, g.project_id = found.project, found.project.id
    note_access("opened", f"confirmation:{found.row.id}")
    secret = links.folded((request.view_args or {})["secret"])
    return person_page(
        found.interview,
        found.row.stakeholder_id,
        status,
        reasons,
        found.row.locale,
        lambda lang: url_for("confirm.words", secret=secret, lang=lang),
        done=found.row.confirmed_at is not None,
        confirmed=found.row,
        refused=[],
        leave_href="",
        face_to_face=False,
    )


@area.page("/confirm/<secret>/qr.png", "self")
def words_qr(secret: str) -> Any:
    response = make_response(qr_png(links.absolute(url_for("confirm.words", secret=links.folded(secret)))))
    response.mimetype = "image/png"
    return response


@area.page("/CONFIRM/<secret>", ANYBODY)
def words_in_capitals(secret: str) -> Any:
    return redirect(url_for("confirm.words", secret=links.folded(secret)), 303)
