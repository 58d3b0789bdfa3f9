"""The links of a project: made, hung up, ended."""

from __future__ import annotations

from flask import Response, flash, g, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from reqtrack.accounts.links import absolute, folded
from reqtrack.errors import Invalid, NotFound, Reason
from reqtrack.feedback import actions, forms, queries
from reqtrack.feedback.views.area import area, errors_of
from reqtrack.feedback.views.public import picture_of
from reqtrack.web.answers import answer, page

SHEETS = {"en": "en", "zh": "zh_Hans_CN"}


def _links(status: int = 200, reasons: tuple[Reason, ...] = ()) -> Response:
    g.place = "discover"
    return page(
        "feedback/links.html", status, links=queries.links_of(g.project_id), typed=request.form, **errors_of(reasons)
    )


@area.page("/p/<project>/feedback/links", "feedback.triage")
def links(project: str) -> Response:
    return _links()


@area.act("/p/<project>/feedback/links", "feedback.triage")
def make_link(project: str) -> Response:
    try:
        link, secret = actions.make_link(g.actor, g.project, **forms.link(request.form))
    except Invalid as error:
        return _links(422, error.reasons)
    g.place = "discover"
    return page(
        "feedback/link_made.html", 201, made=link, secret=secret, link=absolute(url_for("feedback.write", secret=secret)),
        qr=url_for("feedback.write_qr", secret=secret),
    )  # fmt: skip


@area.act("/p/<project>/feedback/links/<int:number>/end", "feedback.triage")
def end_link(project: str, number: int) -> Response:
    actions.end_link(g.actor, queries.link_for(g.project_id, number))
    flash(_("The link is worth nothing from now on. What it brought stays."))
    return answer(url_for("feedback.links", project=project))


# The secret is kept nowhere, so who has just made a link brings it along.
@area.page("/f/<secret>/qr.png", "self")
def write_qr(secret: str) -> Response:
    return picture_of(url_for("feedback.write", secret=folded(secret)))


@area.page("/f/<secret>/sheet", "self")
def sheet(secret: str) -> Response:
    language = request.args.get("language", "")
    path = url_for("feedback.write", secret=folded(secret))
    try:
        link, project = queries.open_link(secret)
    except NotFound:
        return page("feedback/gone.html", 404)
    with force_locale(SHEETS.get(language, "en")):
        return page(
            "feedback/sheet.html", sheet_language="zh-Hans" if language == "zh" else "en", place=link.name,
            project_name=project.name, link=absolute(path), qr=url_for("feedback.write_qr", secret=folded(secret)),
        )  # fmt: skip
