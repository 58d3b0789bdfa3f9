"""What is there twice: the report, hints while one writes, and the answer that two are two."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.db import a_number, reading
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.requirements import actions, twin_pages
from reqtrack.requirements.queries.compared import KINDS
from reqtrack.requirements.queries.duplicates import STAKEHOLDER
from reqtrack.requirements.views.scope import area
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence


@area.page("/duplicates", "project.read")
def duplicates(project: str) -> Response:
    g.place = "scope"
    return page("requirements/duplicates.html", **twin_pages.report(g.actor, g.project, _begin(), counted=_counted()))


def _begin() -> int:
    return request.args.get("from", 0, type=a_number)


def _counted() -> bool:
    return "counted" in request.values


@area.act("/duplicates/answers", "radar.accept")
def keep_apart(project: str) -> Response:
    subject = request.form.get("subject", "")
    try:
        actions.keep_apart(g.actor, g.project, subject, request.form.get("reason", ""))
    except (Invalid, Refused) as error:
        if error.status == 403:
            raise
        g.place = "scope"
        refused: dict[str, Any] = {"subject": subject, "sentence": " ".join(sentence(one) for one in error.reasons)}
        typed = request.form.get("reason", "")
        with reading():  # nothing is written: nobody waits while all is compared
            shown = twin_pages.report(g.actor, g.project, _begin(), counted=_counted())
            pairs = [pair["subject"] for family in shown["families"] for pair in family["pairs"]]
            refused["open"] = subject in pairs
            return page("requirements/duplicates.html", error.status, **shown, refused=refused, typed=typed)
    flash(_("Kept: these are two."))
    kept = {"counted": "yes"} if _counted() else {}
    return answer(url_for("requirements.duplicates", project=project, **kept))  # type: ignore[arg-type]


@area.ask("/alike/<kind>", "project.read")
def alike(project: str, kind: str) -> Response:
    if kind not in (*KINDS, STAKEHOLDER):
        raise NotFound(kind)
    return page("requirements/_alike.html", hints=twin_pages.hints(g.actor, g.project, kind, request.form))
