"""What is there twice: the report, hints while one writes, and the answer that two are two."""

from __future__ import annotations

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.db import a_number
from reqtrack.errors import Invalid, NotFound
from reqtrack.requirements import actions, twin_pages
from reqtrack.requirements.queries.compared import KINDS
from reqtrack.requirements.queries.duplicates import STAKEHOLDER
from reqtrack.requirements.views.scope import area
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence


@area.page("/duplicates", "project.read")
def duplicates(project: str) -> Response:
    g.place = "scope"
    return page("requirements/duplicates.html", **twin_pages.report(g.actor, g.project, _begin()))


def _begin() -> int:
    return request.args.get("from", 0, type=a_number)


@area.act("/duplicates/answers", "radar.accept")
def keep_apart(project: str) -> Response:
    subject = request.form.get("subject", "")
    try:
        actions.keep_apart(g.actor, g.project, subject, request.form.get("reason", ""))
    except Invalid as error:
        g.place = "scope"
        shown = twin_pages.report(g.actor, g.project, _begin())
        refused = {"subject": subject, "sentence": " ".join(sentence(one) for one in error.reasons)}
        return page("requirements/duplicates.html", 422, **shown, refused=refused, typed=request.form.get("reason", ""))
    flash(_("Kept: these are two."))
    return answer(url_for("requirements.duplicates", project=project))


@area.ask("/alike/<kind>", "project.read")
def alike(project: str, kind: str) -> Response:
    if kind not in (*KINDS, STAKEHOLDER):
        raise NotFound(kind)
    return page("requirements/_alike.html", hints=twin_pages.hints(g.actor, g.project, kind, request.form))
