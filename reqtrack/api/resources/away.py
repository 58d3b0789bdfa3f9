"""Who is away, and who acts for them."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import user_by_login
from reqtrack.api.area import PROJECT, answered, area, created, short
from reqtrack.api.schemas import AwayBody, DelegateBody
from reqtrack.db import db, plain_decimal
from reqtrack.errors import NotFound, invalid
from reqtrack.signoff import actions, queries

GIVEN = {"delegate", "absent", "project", "password", "most_days"}


def _shown(one: queries.Away) -> dict[str, Any]:
    return {
        "id": one.id, "version": 1 if one.revoked_at is None else 2, "absent": one.absent, "delegate": one.delegate,
        "starts_on": one.starts_on.isoformat(), "ends_on": one.ends_on.isoformat(), "scope": one.scope,
        "most_days": None if one.most_days is None else float(plain_decimal(one.most_days)),
        "project": one.project_key or None, "reason": one.reason or None, "state": one.state, "set_by": one.set_by,
        "set_at": clock.iso(one.set_at), "ended_at": clock.iso(one.revoked_at) if one.revoked_at else None,
    }  # fmt: skip


def _one(number: int, project_id: int | None = None) -> dict[str, Any]:
    db.session.flush()
    found = next((one for one in queries.absences(g.actor, project_id) if one.id == number), None)
    if found is None:
        raise NotFound(str(number))
    return _shown(found)


def _set(body: AwayBody | DelegateBody, absent: str, project: Project | None) -> int:
    places = [project.id] if project else g.actor.roles
    own = absent == g.actor.login
    who = user_by_login(absent) if own else actions.person_named(g.actor, "absent", absent, places)
    stand_in = actions.person_named(g.actor, "delegate", body.delegate, places)
    row = actions.set_away(
        g.actor, who, stand_in, project=project, most_days=body.most_days, **body.model_dump(exclude=GIVEN)
    )
    return row.id


# -- one's own ---------------------------------------------------------------------------------------------------------


@area.listing("/delegates", "self")
@area.doc(summary="Who acts for me, and for whom I act", tags=["delegates"])
def list_absences() -> Response:
    return short([_shown(one) for one in queries.absences(g.actor)], "id")


@area.page("/delegates/<int:number>", "self")
@area.doc(summary="One absence of mine, or in which I act", tags=["delegates"])
def read_absence(number: int) -> Response:
    return answered(_one(number))


@area.act("/delegates", "self", proof=True, makes="read_absence")
@area.input(AwayBody, location="json", arg_name="body")
@area.doc(summary="Say who acts for me while I am away", tags=["delegates"])
def create_absence(body: AwayBody) -> Response:
    project = g.projects.get((body.project or "").upper())
    if body.project and project is None:
        raise invalid("project", "There is no %(what)s here, or you may not see it.", what=body.project[:40])
    return created(_one(_set(body, g.actor.login, project)))


@area.act("/delegates/<int:number>/ending", "self")
@area.doc(summary="End it: from the next request on they act no more", tags=["delegates"])
def end_absence(number: int) -> Response:
    actions.end_away(g.actor, queries.absence_for(g.actor, number))
    return created(_one(number))


@area.facts("/delegates/given", "self")
@area.doc(summary="What was decided and signed for me while I was away", tags=["delegates"])
def read_given() -> Response:
    rows = [
        {"project": one.project_key, "key": one.key, "kind": one.kind, "outcome": one.outcome, "by": one.by,
         "at": clock.iso(one.at)}
        for one in queries.given_for(g.actor)
        if not one.standing
    ]  # fmt: skip
    return answered({"given": rows})


@area.act("/delegates/given/seen", "self", answers="facts", shape="Part")
@area.doc(summary="Say that I have seen what was given for me", tags=["delegates"])
def see_given() -> Response:
    actions.see_given(g.actor)
    return created({"given": []})


# -- in a project ------------------------------------------------------------------------------------------------------


@area.listing(f"{PROJECT}/delegates", "project.read")
@area.doc(summary="Who is away in a project, and who acts for them", tags=["delegates"])
def list_delegates(project: str) -> Response:
    return short([_shown(one) for one in queries.absences(g.actor, g.project_id)], "id")


@area.page(f"{PROJECT}/delegates/<int:number>", "project.read")
@area.doc(summary="One absence in a project", tags=["delegates"])
def read_delegate(project: str, number: int) -> Response:
    return answered(_one(number, g.project_id))


@area.act(f"{PROJECT}/delegates", "project.read", proof=True, makes="read_delegate")
@area.input(DelegateBody, location="json", arg_name="body")
@area.doc(summary="Say who acts for somebody who cannot say it (a sponsor, with a reason)", tags=["delegates"])
def create_delegate(project: str, body: DelegateBody) -> Response:
    return created(_one(_set(body, body.absent or g.actor.login, g.project), g.project_id))


@area.act(f"{PROJECT}/delegates/<int:number>/ending", "project.read")
@area.doc(summary="End an absence of a project", tags=["delegates"])
def end_delegate(project: str, number: int) -> Response:
    actions.end_away(g.actor, queries.absence_for(g.actor, number, g.project_id))
    return created(_one(number, g.project_id))
