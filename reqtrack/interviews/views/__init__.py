"""Discover: interviews with what was made of them, stakeholders."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for

from reqtrack.errors import Invalid, Refused
from reqtrack.interviews import actions, queries
from reqtrack.interviews.models import LEVELS
from reqtrack.interviews.queries.plan import voices_of
from reqtrack.interviews.views import confirming, documents, excerpts, guide, plan, room
from reqtrack.interviews.views.area import area
from reqtrack.interviews.views.room import refused
from reqtrack.items import lists, pages
from reqtrack.items.kinds import KINDS
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence

__all__ = ["area", "confirming", "documents", "excerpts", "guide", "plan", "refused", "room"]


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
        voices=voices_of(g.project_id),
        levels=LEVELS,
        may_write=g.actor.may("interview.write", g.project_id),
    )


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
    except (Invalid, Refused) as error:
        if error.status == 403:
            raise
        return _stakeholder(
            number, error.status, given=given, errors={one.field: sentence(one) for one in error.reasons}
        )
    return answer(url_for("interviews.stakeholders", project=project))
