"""Imported items, worked off one at a time or as a list: keep, ask somebody, drop."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import ngettext

from reqtrack.accounts.queries import user_by_login
from reqtrack.db import a_number
from reqtrack.errors import Invalid
from reqtrack.requirements import actions, twin_pages
from reqtrack.requirements.views.scope import area
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence


@area.page("/imported", "project.read")
def imported(project: str) -> Response:
    g.place = "scope"
    after = request.args.get("after", 0, type=a_number)
    return page("requirements/imported.html", **twin_pages.imported(g.actor, g.project, request.args, after))


@area.act("/imported/reviews", "comment.write")
def review(project: str) -> Response:
    g.place = "scope"
    form = request.form
    asked = user_by_login(form["asked"]) if form.get("asked", "").strip() else None
    after = form.get("after", 0, type=a_number)
    try:
        items = twin_pages.imported_items(g.actor, g.project, form.getlist("ids"))
        if not items:
            raise Invalid(actions.NOTHING_CHOSEN.reasons)
        done = actions.review(g.actor, items, form.get("outcome", ""), reason=form.get("reason", ""), asked=asked)
    except Invalid as error:
        shown = twin_pages.imported(g.actor, g.project, form, after)
        errors = {one.field or "": sentence(one) for one in error.reasons}
        return page("requirements/imported.html", 422, **shown, errors=errors, typed=form, chosen=form.getlist("ids"))
    flash(_said(form.get("outcome", ""), len(done)))
    # One at a time goes on with the next: that of a question stays where it is.
    one = form.get("view") == "one"
    last = items[-1].id if one and form.get("outcome") == "ask" else after
    on: dict[str, Any] = {"kind": form.get("kind") or None, "view": "one" if one else None, "after": last or None}
    return answer(url_for("requirements.imported", project=project, **on))


def _said(outcome: str, number: int) -> str:
    if outcome == "keep":
        return str(ngettext("%(num)s kept", "%(num)s kept", number))
    if outcome == "drop":
        return str(ngettext("%(num)s dropped", "%(num)s dropped", number))
    return str(ngettext("%(num)s question asked", "%(num)s questions asked", number))
