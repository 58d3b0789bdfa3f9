"""The one-time link of who is asked to decide: no sign-in, one change, its code, one page, three buttons.

Opening it changes nothing and shows nothing, because chat programs open links beforehand; the code opens the page, a button on it
uses the link up. A link that is unknown, used, taken back, out of date or shut is answered alike: one look-up of the secret's
digest, one page that says nothing. No cookie beside that of the form token is needed, no new window, no script.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, request, url_for

from reqtrack.accounts import limits, links
from reqtrack.changes import forms, pages
from reqtrack.changes.actions import asking as acts
from reqtrack.changes.queries import asking as queries
from reqtrack.db import rollback
from reqtrack.errors import Invalid, NotFound, Reason, Refused
from reqtrack.permissions import ANYBODY
from reqtrack.rendering.qr import qr_png
from reqtrack.web.answers import page
from reqtrack.web.area import Area
from reqtrack.web.transaction import note_access

area = Area("asked", __name__)


def _gone() -> Response:
    note_access("refused", "/ask", method=request.method)
    return page("changes/asked_gone.html", 404)


def _count() -> None:
    """Before any lock."""
    limits.count("link")


@area.page("/ask/<secret>", ANYBODY)
def door(secret: str) -> Any:
    """Asks for the code. Who sends the link, from which project, and for what kind of answer is told before; of the change itself
    nothing, nor whose link it is: chat programs read along."""
    _count()
    try:
        found = queries.opened(secret)
    except NotFound:
        return _gone()
    return page("changes/asked_code.html", action=_here(secret), left=queries.MOST_WRONG - found.row.wrong,
                wrong=found.row.wrong > 0, until=found.row.expires_at, sender=queries.sender(found), project_name=found.project.name,
                agreed=found.change.agreed_on is not None)  # fmt: skip


@area.act("/ask/<secret>", ANYBODY, prepare=_count)
def answer(secret: str) -> Any:
    try:
        found = acts.open_to_answer(secret)
    except NotFound:
        return _gone()
    g.project, g.project_id = found.project, found.project.id
    code = request.form.get("code", "")
    if not acts.code_fits(found, code):
        note_access("refused", f"ask:{found.row.id}", method=request.method)
        return redirect(_here(secret), 303)
    note_access("opened", f"ask:{found.row.id}")
    outcome = request.form.get("outcome", "")
    if not outcome:
        return _shown(found, secret, code)
    try:
        stage = acts.answer_by_link(
            found, outcome, reason=request.form.get("reason", ""), seen=forms.seen(request.form),
            address=request.remote_addr or "",
        )  # fmt: skip
    except (Invalid, Refused) as problem:
        # Nothing of what was tried is kept, and the link is good still.
        rollback()
        found = queries.opened(secret)
        return _shown(found, secret, code, problem.status, problem.reasons)
    note_access("answered", f"ask:{found.row.id}")
    return page("changes/asked_done.html", next_locale_href="", outcome=outcome, stage=stage, change=found.change)


def _here(secret: str) -> str:
    return url_for("asked.door", secret=links.folded(secret))


def _shown(found: Any, secret: str, code: str, status: int = 200, reasons: tuple[Reason, ...] = ()) -> Response:
    told = pages.asked(acts.decider_of(found), found.project, found.change, reasons)
    return page(
        "changes/asked.html",
        status,
        next_locale_href="",
        action=_here(secret),
        code=code,
        typed=request.form,
        name=found.user.name,
        **told,
    )


@area.page("/ask/<secret>/qr.png", "self")
def qr(secret: str) -> Any:
    response = make_response(qr_png(links.absolute(_here(secret))))
    response.mimetype = "image/png"
    return response


@area.page("/ASK/<secret>", ANYBODY)
def in_capitals(secret: str) -> Any:
    return redirect(_here(secret), 303)
