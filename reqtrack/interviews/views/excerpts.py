"""One excerpt with what it backs, what it tells and what it raises; and asking a question at any item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.errors import Invalid, NotFound, Reason
from reqtrack.interviews import actions, forms, policy, queries
from reqtrack.interviews.views.area import area
from reqtrack.items import actions as talk
from reqtrack.items import kinds
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence


@area.page("/excerpts/<int:number>", "interview.read")
def excerpt(project: str, number: int) -> Response:
    return _excerpt(number)


def _excerpt(
    number: int, status: int = 200, refused: str = "", reasons: Sequence[Reason] = (), found: Sequence[Any] = ()
) -> Response:
    g.place = "discover"
    row = queries.excerpt_for(g.actor, g.project_id, number)
    (quote,) = queries.quotes_by_id(g.actor, g.project_id, [number])
    return page(
        "interviews/excerpt.html",
        status,
        quote=quote,
        figures=queries.figures_of(g.actor, g.project_id, [row.id]),
        given=request.form if refused else {},
        refused=refused,
        errors={one.field: sentence(one) for one in reasons},
        found=found,
        may_back=policy.may_back(g.actor, g.project_id) and quote.shown_as != "hidden",
        may_write=g.actor.may("interview.write", g.project_id),
        may_requirement=g.actor.may("requirement.write", g.project_id),
        may_scenario=g.actor.may("scenario.write", g.project_id),
    )


def _url(number: int) -> str:
    return url_for("interviews.excerpt", project=g.project.key, number=number)


@area.act("/excerpts/<int:number>/items", "interview.read")
def back_item(project: str, number: int) -> Response:
    row = queries.excerpt_for(g.actor, g.project_id, number)
    given = request.form.get("item", "")
    hits = queries.backable(g.actor, g.project_id, given)
    if len(hits) != 1:
        return _excerpt(number, 422, "item", forms.which_item(given, hits).reasons, hits)
    actions.back(g.actor, item_for(g.actor, g.project_id, hits[0].key), [row])
    flash(_("The quote backs %(key)s, too", key=hits[0].key))
    return answer(_url(number))


@area.act("/excerpts/<int:number>/figures", "interview.write")
def add_figure(project: str, number: int) -> Response:
    row = queries.excerpt_for(g.actor, g.project_id, number)
    try:
        actions.add_figure(g.actor, row, {name: request.form.get(name, "") for name in ("name", "value", "unit")})
    except Invalid as error:
        return _excerpt(number, 422, "figure", error.reasons)
    return answer(_url(number))


@area.act("/excerpts/<int:number>/figures/<int:figure>/removal", "interview.write")
def remove_figure(project: str, number: int, figure: int) -> Response:
    row = queries.figure_for(g.actor, g.project_id, figure)
    if row.excerpt_id != number:
        raise NotFound(f"figure {figure}")
    actions.remove_figure(g.actor, row)
    return answer(_url(number))


# -- questions at any item ---------------------------------------------------------------------------------------------


@area.page("/i/<key>/ask", "comment.write")
def asking(project: str, key: str) -> Response:
    return _asking(item_for(g.actor, g.project_id, key))


def _asking(item: Any, status: int = 200, reasons: Sequence[Reason] = ()) -> Response:
    g.place = kinds.KINDS[item.kind].place
    return page(
        "interviews/ask.html",
        status,
        item=item,
        askable=forms.askable(g.actor, g.project_id),
        given=request.form if reasons else request.args,
        errors={one.field: sentence(one) for one in reasons},
    )


@area.act("/i/<key>/ask", "comment.write")
def put_question(project: str, key: str) -> Response:
    item = item_for(g.actor, g.project_id, key)
    try:
        asked, person = forms.whom(g.actor, g.project_id, request.form.get("asked", ""))
        talk.ask(g.actor, item, request.form.get("body", ""), asked, stakeholder_id=person)
    except Invalid as error:
        return _asking(item, 422, error.reasons)
    return answer(url_for("items.show", project=project, key=key) + "#timeline")


@area.act("/i/<key>/evidence/<int:excerpt>/end", "interview.read")
def end_evidence(project: str, key: str, excerpt: int) -> Response:
    actions.unback(g.actor, item_for(g.actor, g.project_id, key), excerpt)
    return answer(url_for("items.show", project=project, key=key))
