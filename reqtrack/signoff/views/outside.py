"""The one-time link of somebody outside who is asked to sign: no sign-in, one request, its code, one page.

Opening it changes nothing and shows nothing, because chat programs open links beforehand; the code opens the page, a button on it
uses the link up. A link that is unknown, used, taken back, out of date or shut is answered alike. No cookie beside that of the form
token is needed, no new window, no script.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, request, url_for

from reqtrack.accounts import limits, links
from reqtrack.db import rollback
from reqtrack.errors import Invalid, NotFound, Reason, Refused
from reqtrack.permissions import ANYBODY
from reqtrack.rendering.qr import qr_png
from reqtrack.signoff import actions, narrow, subjects
from reqtrack.signoff.outside import MOST_WRONG
from reqtrack.signoff.queries.outside import opened, sender
from reqtrack.web.answers import page
from reqtrack.web.area import Area
from reqtrack.web.transaction import note_access

area = Area("outside", __name__)


def _gone() -> Response:
    note_access("refused", "/sign", method=request.method)
    return page("changes/asked_gone.html", 404)


def _count() -> None:
    """Before any lock."""
    limits.count("link")


@area.page("/sign/<secret>", ANYBODY)
def door(secret: str) -> Any:
    """Asks for the code. Who sends the link and from which project is told before; of what is signed, and by whom, nothing: chat
    programs read along."""
    _count()
    try:
        found = opened(secret)
    except NotFound:
        return _gone()
    return page(
        "signoff/outside_code.html", action=_here(secret), left=MOST_WRONG - found.row.wrong, wrong=found.row.wrong > 0,
        until=found.row.expires_at, sender=sender(found.row), project_name=found.project.name,
    )  # fmt: skip


@area.act("/sign/<secret>", ANYBODY, prepare=_count)
def answer(secret: str) -> Any:
    try:
        found = actions.open_to_sign(secret)
    except NotFound:
        return _gone()
    g.project, g.project_id = found.project, found.project.id
    code = request.form.get("code", "")
    if not actions.code_fits(found, code):
        note_access("refused", f"signlink:{found.row.id}", method=request.method)
        return redirect(_here(secret), 303)
    note_access("opened", f"signlink:{found.row.id}")
    outcome = request.form.get("outcome", "")
    if not outcome:
        return _shown(found, secret, code)
    words = request.form.get({"declined": "reason", "reserved": "reservation"}.get(outcome, "remarks"), "")
    try:
        actions.sign_by_link(
            found, outcome, words=words, seen=request.form.get("seen", ""), seen_stale=request.form.get("stale"),
            address=request.remote_addr or "", device=request.user_agent.string,
        )  # fmt: skip
    except (Invalid, Refused) as problem:
        # Nothing of what was tried is kept, and the link is good still.
        rollback()
        found = opened(secret)
        return _shown(found, secret, code, problem.status, problem.reasons)
    note_access("answered", f"signlink:{found.row.id}")
    return page(
        "signoff/outside_done.html", next_locale_href="", outcome=outcome, signoff=found.signoff,
        meaning=subjects.meaning_of(found.signoff.subject, found.signoff.meaning),
    )  # fmt: skip


def _here(secret: str) -> str:
    return url_for("outside.door", secret=links.folded(secret))


def _shown(found: Any, secret: str, code: str, status: int = 200, reasons: tuple[Reason, ...] = ()) -> Response:
    told = narrow.show(actions.signer_of(found), found.project, found.signoff, reasons)
    return page(
        "signoff/outside.html", status, next_locale_href="", action=_here(secret), code=code, typed=request.form,
        name=found.taken.seat.outside, organisation=found.taken.organisation, **told,
    )  # fmt: skip


@area.page("/sign/<secret>/qr.png", "self")
def qr(secret: str) -> Any:
    response = make_response(qr_png(links.absolute(_here(secret))))
    response.mimetype = "image/png"
    return response


@area.page("/SIGN/<secret>", ANYBODY)
def in_capitals(secret: str) -> Any:
    return redirect(_here(secret), 303)
