"""Discover: interviews with what was made of them, stakeholders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.errors import Invalid, Reason
from reqtrack.interviews import actions, guide_page, panels, queries
from reqtrack.interviews.models import LEVELS
from reqtrack.interviews.queries.quotations import quotations
from reqtrack.interviews.views import confirming, guide, plan
from reqtrack.interviews.views.area import area
from reqtrack.items import forms, lists, pages, store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence

__all__ = ["area", "confirming", "guide", "plan"]


@area.page("/discover", "interview.read")
def discover(project: str) -> Response:
    g.place = "discover"
    found = lists.page(g.actor, g.project_id, KINDS["interview"], lists.wanted(sort="-number"))
    scenarios = lists.page(g.actor, g.project_id, KINDS["scenario"], lists.wanted(sort="-number", limit=10))
    return page(
        "interviews/discover.html",
        interviews=found.rows,
        scenarios=scenarios.rows,
        people={one.id: one for one in queries.people(g.actor, g.project_id)},
        voices=queries.voices(g.actor, g.project_id),
        levels=LEVELS,
        may_write=g.actor.may("interview.write", g.project_id),
    )


@area.page("/interview/<key>", "interview.read")
def show(project: str, key: str) -> Response:
    g.place = "discover"
    return page("interviews/show.html", **_room(item_for(g.actor, g.project_id, key, "interview")))


def _room(interview: Any, refused: str = "", reasons: Sequence[Reason] = ()) -> dict[str, Any]:
    """What the page shows; ``refused``: the form (excerpt, scenario, requirement) that did not fit, and why."""
    known = {one.id: one for one in queries.people(g.actor, g.project_id)}
    shown = pages.show(g.actor, g.project, interview)
    notes = next((part["value"] for part in shown["main"] if part["field"].name == "notes"), None)
    may_requirement = g.actor.may("requirement.write", g.project_id)
    quotes = queries.quotes_of_interview(g.actor, interview)
    return {
        **shown,
        "notes": notes,
        "has_notes": notes is not None,
        "masks": json.dumps(queries.for_others(g.actor, g.project_id, notes or ""), ensure_ascii=False),
        "names_replaced": panels.NAMES_REPLACED,
        "quotes": quotes,
        "heard": [known[one] for one in interview.stakeholders or [] if one in known],
        "who_does_it": queries.who_does_it(g.project_id, interview.stakeholders[0])
        if len(interview.stakeholders or []) == 1
        else "",
        "given": {refused: request.form.to_dict()} if refused else {},
        "errors": {refused: {one.field: sentence(one) for one in reasons}},
        "summary": [{"field": "", "sentence": sentence(one)} for one in reasons],
        "guide": guide_page.guide(g.actor, interview, _covered(shown)),
        "offered": quotations(g.actor, interview, [one.start for one in quotes]),
        "may_mark": g.actor.may("interview.write", g.project_id),
        "may_scenario": g.actor.may("scenario.write", g.project_id),
        "may_requirement": may_requirement,
        "options": _options() if may_requirement else {},
        "confirming": panels.confirming(g.actor, interview),
    }


def _covered(shown: dict[str, Any]) -> list[str]:
    """The processes that an interview is about."""
    return [one.key for group in shown["links"] if group["link"] == "covers" for one in group["items"]]


def _options() -> dict[str, list[tuple[str, str]]]:
    """What the fields of a requirement are chosen from, by field."""
    offered = forms.choices(g.actor, g.project_id, KINDS["requirement"])
    return {name: [(one["value"], one["label"]) for one in options] for name, options in offered.items()}


@area.act("/interview/<key>/excerpts", "interview.write")
def mark(project: str, key: str) -> Response:
    interview = item_for(g.actor, g.project_id, key, "interview")
    confirmed = interview.stage == "confirmed"
    try:
        actions.mark(g.actor, interview, request.form.get("quote", ""))
    except Invalid as error:
        return refused(interview, error, "excerpt")
    flash(_("Marked"))
    _say_reopened(interview, confirmed)
    return answer(url_for("interviews.show", project=project, key=key) + "#made")


@area.act("/interview/<key>/scenarios", "scenario.write")
def make_scenario(project: str, key: str) -> Response:
    return _make(project, key, "scenario")


@area.act("/interview/<key>/requirements", "requirement.write")
def make_requirement(project: str, key: str) -> Response:
    return _make(project, key, "requirement")


def _make(project: str, key: str, kind: str) -> Response:
    interview = item_for(g.actor, g.project_id, key, "interview")
    confirmed = interview.stage == "confirmed"
    given = forms.raw(KINDS[kind], request.form)
    try:
        parsed = values.parse(KINDS[kind], g.project, {name: value for name, value in given.items() if value})
        made = actions.make_from(g.actor, g.project, interview, kind, request.form.get("quote", ""), parsed)
    except Invalid as error:
        return refused(interview, error, kind)
    flash(_("%(key)s is written, the quote backs it", key=made.key))
    _say_reopened(interview, confirmed)
    if queries.tells_names(g.project_id, store.content_of(made).values()):
        message = _(
            "%(key)s names somebody who was heard, and everybody reads it. Write what they do instead.", key=made.key
        )
        flash(message, "danger")
    return answer(url_for("interviews.show", project=project, key=key) + "#made")


def _say_reopened(interview: Any, confirmed: bool) -> None:
    if confirmed and interview.stage != "confirmed":
        flash(_("%(key)s waits to be confirmed again: it was confirmed before this was marked.", key=interview.key))


def refused(interview: Any, error: Invalid, form: str) -> Response:
    """The page again: a form of it did not fit."""
    g.place = "discover"
    return page("interviews/show.html", 422, **_room(interview, form, error.reasons))


@area.page("/stakeholders", "interview.read")
def stakeholders(project: str) -> Response:
    g.place = "discover"
    return _stakeholders()


def _stakeholders(status: int = 200, **more: Any) -> Response:
    return page(
        "interviews/stakeholders.html",
        status,
        people=queries.people(g.actor, g.project_id),
        levels=LEVELS,
        may_write=g.actor.may("stakeholder.write", g.project_id),
        may_import=g.actor.may("import.run", g.project_id),
        accounts=queries.accounts_for(g.project_id) if g.actor.may("stakeholder.write", g.project_id) else (),
        **more,
    )


@area.act("/stakeholders", "stakeholder.write")
def add_stakeholder(project: str) -> Response:
    given = {name: request.form.get(name, "") for name in actions.FIELDS}
    try:
        actions.add_stakeholder(g.actor, g.project, {**given, "level": given["level"] or "frontline"})
    except Invalid as error:
        g.place = "discover"
        return _stakeholders(422, given=given, errors={one.field: sentence(one) for one in error.reasons})
    return answer(url_for("interviews.stakeholders", project=project))


@area.page("/stakeholders/<int:number>", "stakeholder.write")
def stakeholder(project: str, number: int) -> Response:
    return _stakeholder(number)


def _stakeholder(number: int, status: int = 200, **more: Any) -> Response:
    g.place = "discover"
    person = queries.person_for(g.actor, queries.stakeholder_for(g.actor, g.project_id, number))
    accounts = queries.accounts_for(g.project_id, person) if person.known else ()
    return page("interviews/stakeholder.html", status, person=person, levels=LEVELS, accounts=accounts, **more)


@area.act("/stakeholders/<int:number>", "stakeholder.write")
def change_stakeholder(project: str, number: int) -> Response:
    row = queries.stakeholder_for(g.actor, g.project_id, number)
    given = {name: request.form[name] for name in actions.FIELDS if name in request.form}
    try:
        actions.change_stakeholder(g.actor, row, given, pages.seen_version(request.form))
    except Invalid as error:
        return _stakeholder(number, 422, given=given, errors={one.field: sentence(one) for one in error.reasons})
    return answer(url_for("interviews.stakeholders", project=project))


@area.act("/i/<key>/evidence/<int:excerpt>/end", "interview.read")
def end_evidence(project: str, key: str, excerpt: int) -> Response:
    actions.unback(g.actor, item_for(g.actor, g.project_id, key), excerpt)
    return answer(url_for("items.show", project=project, key=key))
