"""What anybody sees: the form behind a link, and what became of what they sent.

Unknown, ended, out of date, of an archived project: one page for all, and the same whether one reads or sends.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, request, url_for

from reqtrack.accounts import limits, links
from reqtrack.db import reading
from reqtrack.errors import NotFound, Reason, Refused
from reqtrack.feedback import actions, forms, policy, queries
from reqtrack.feedback.views.area import area, errors_of
from reqtrack.files.limits import MB
from reqtrack.permissions import ANYBODY
from reqtrack.rendering.qr import qr_png
from reqtrack.web.answers import answer, page


def _gone() -> Response:
    return page("feedback/gone.html", 404)


def picture_of(path: str) -> Response:
    """A QR code that leads to a path of ours."""
    response = make_response(qr_png(links.absolute(path)))
    response.mimetype = "image/png"
    return response


# -- saying something --------------------------------------------------------------------------------------------------


def _form(secret: str, project_name: str, sent: forms.Sent | None = None) -> Response:
    once = sent.once if sent is not None and sent.once else links.new_secret()
    return page(
        "feedback/send.html", sent.status if sent is not None else 200, secret=links.folded(secret), project_name=project_name,
        once=once, sent=sent, most=policy.MOST_SAID, largest=forms.LARGEST_PICTURE // MB,
        **errors_of(sent.reasons if sent is not None else ()),
    )  # fmt: skip


@area.page("/f/<secret>", ANYBODY)
def write(secret: str) -> Response:
    limits.count("link")
    try:
        return _form(secret, queries.open_link(secret)[1].name)
    except NotFound:
        return _gone()


def _received() -> forms.Sent | None:
    """Before any lock: what was sent, where the link is good; a picture is not even looked at where it is not."""
    secret = (request.view_args or {})["secret"]
    reasons: tuple[Reason, ...] = ()
    with reading():
        try:
            link = queries.open_link(secret)[0].id
        except NotFound:
            limits.count("link")
            return None
    try:
        limits.count("feedback")
        limits.count("feedback_link", str(link))
    except Refused as refused:
        reasons = refused.reasons
    return forms.sent(reasons, 429 if reasons else 422)


@area.act("/f/<secret>", ANYBODY, prepare=_received)
def send(secret: str) -> Response:
    sent: forms.Sent | None = g.prepared
    try:
        link, project = queries.open_link(secret)
    except NotFound:
        return _gone()
    if sent is None:
        return _gone()
    if sent.reasons:
        return _form(secret, project.name, sent)
    receipt = actions.send(link, project, sent.said, sent.contact, sent.picture, sent.once)
    return answer(url_for("feedback.became", secret=receipt, sent="1"))


# -- what became of it -------------------------------------------------------------------------------------------------


@area.page("/r/<secret>", ANYBODY)
def became(secret: str) -> Response:
    limits.count("link")
    try:
        sent, _project = queries.sent_by(secret)
    except NotFound:
        return _gone()
    path = url_for("feedback.became", secret=links.folded(secret))
    return page(
        "feedback/became.html", told=queries.what_became(sent), standings=policy.STANDINGS, link=links.absolute(path),
        qr=url_for("feedback.became_qr", secret=links.folded(secret)), just_sent=request.args.get("sent") == "1",
    )  # fmt: skip


@area.page("/r/<secret>/qr.png", ANYBODY)
def became_qr(secret: str) -> Response:
    limits.count("link")
    try:
        queries.sent_by(secret)
    except NotFound:
        return _gone()
    return picture_of(url_for("feedback.became", secret=links.folded(secret)))


# -- capitals: a QR code spells addresses in them ----------------------------------------------------------------------


@area.page("/F/<secret>", ANYBODY)
def write_in_capitals(secret: str) -> Any:
    return redirect(url_for("feedback.write", secret=links.folded(secret)), 303)


@area.page("/R/<secret>", ANYBODY)
def became_in_capitals(secret: str) -> Any:
    return redirect(url_for("feedback.became", secret=links.folded(secret)), 303)
