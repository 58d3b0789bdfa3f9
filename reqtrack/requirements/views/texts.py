"""The text checker: hints while one writes, the report, what somebody lets stand."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from reqtrack.errors import Invalid, Refused
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor
from reqtrack.requirements import actions, policy, queries, text_pages
from reqtrack.requirements.views.scope import area
from reqtrack.web.answers import answer, page


@area.page("/text", "project.read")
def text(project: str) -> Response:
    g.place = "scope"
    return page("requirements/text.html", **text_pages.report(g.actor, g.project, request.args))


@area.ask("/text/check", "project.read")
def check_text(project: str) -> Response:
    key = request.form.get("item", "")
    item = item_for(g.actor, g.project_id, key, "requirement") if key else None
    found = text_pages.hints(g.actor, request.form.get("statement", ""), chosen(request.form), item)
    may = bool(policy.may_silence(g.actor, g.project_id, False))
    return page("requirements/_text_hints.html", hints=found, may=may)


def chosen(form: MultiDict[str, str]) -> list[dict[str, str]]:
    """What was let stand in this form, as its hidden fields ``stand`` say; what is none of ours is passed over."""
    found: list[dict[str, str]] = []
    for given in form.getlist("stand")[:100]:
        try:
            one: Any = json.loads(given)
        except (ValueError, RecursionError):
            continue
        if isinstance(one, dict):
            found.append({name: str(one.get(name) or "") for name in ("rule", "words", "reason")})
    return found


def let_stand(actor: Actor, item: Any, form: MultiDict[str, str]) -> None:
    """The hook of ``items.pages``: what was let stand while the statement was written."""
    wanted = chosen(form)
    if wanted and policy.may_silence(actor, item.project_id, False):
        actions.let_stand(actor, g.project, item, wanted)


@area.act("/text/silences", "project.read")
def silence(project: str) -> Response:
    form = request.form
    key = form.get("item", "")
    item = item_for(g.actor, g.project_id, key, "requirement") if key else None
    try:
        actions.silence(g.actor, g.project, form.get("rule", ""), form.get("reason", ""), item, form.get("words", ""))
    except (Invalid, Refused) as problem:
        if problem.status == 403:
            raise
        shown = text_pages.silence_form(form, _back(project), problem.reasons)
        return page("requirements/silence.html", problem.status, **shown)
    flash(_("It stands now, with your reason"))
    return answer(_back(project))


@area.act("/text/silences/<int:number>/ending", "project.read")
def end_silence(project: str, number: int) -> Response:
    actions.end_silence(g.actor, g.project, queries.silence_for(g.actor, g.project_id, number))
    flash(_("It is pointed out again"))
    return answer(_back(project))


def _back(project: str) -> str:
    """To the item, or the page of the report, that the form was on."""
    back = request.form.get("back", "")
    if back:
        return url_for("items.show", project=project, key=item_for(g.actor, g.project_id, back).key) + "#text"
    kept = {name: request.form[f"at_{name}"] for name in (*queries.FILTERS, "show") if request.form.get(f"at_{name}")}
    return url_for("requirements.text", project=project, **kept)  # type: ignore[arg-type]
