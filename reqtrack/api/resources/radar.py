"""What to keep an eye on in a project, and what of that somebody lets stand."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify

from reqtrack import clock
from reqtrack.api.area import PROJECT, area, created, short
from reqtrack.api.schemas import FindingAcceptanceBody
from reqtrack.db import db
from reqtrack.items.present import mask
from reqtrack.radar import actions
from reqtrack.radar.lines import as_facts
from reqtrack.radar.models import Acceptance
from reqtrack.radar.queries import findings as queries

_ACCEPTANCES = f"{PROJECT}/radar/acceptances"


@area.facts(f"{PROJECT}/radar", "project.read")
@area.doc(summary="What to keep an eye on, with the items concerned", tags=["radar"])
def read_radar(project: str) -> Response:
    return jsonify(findings=[as_facts(one) for one in queries.radar(g.actor, g.project).open])


def _accepted(one: queries.Accepted, subject: str | None) -> dict[str, Any]:
    return {
        "id": one.id, "version": 1, "check": one.check, "subject": subject, "reason": mask(g.actor, g.project_id, one.reason),
        "expires_on": one.expires_on.isoformat(), "author": one.author, "at": clock.iso(one.at),
    }  # fmt: skip


def _row(row: Acceptance) -> dict[str, Any]:
    told = queries.Accepted(row.id, row.name, row.subject, row.reason, row.expires_on, row.author, row.at)
    return _accepted(told, row.subject or None)


@area.listing(_ACCEPTANCES, "project.read")
@area.doc(summary="What is found and let stand, by whom, why and until when", tags=["radar"])
def list_finding_acceptances(project: str) -> Response:
    let = queries.radar(g.actor, g.project).accepted
    shown = {told.id: _accepted(told, subject.name if told.subject else None) for _check, subject, told in let}
    return short([shown[number] for number in sorted(shown)], "id")


@area.act(_ACCEPTANCES, "radar.accept")
@area.input(FindingAcceptanceBody, location="json", arg_name="body")
@area.doc(summary="Let a finding stand until a day: all of a check, or one of its subjects", tags=["radar"])
def accept_finding(project: str, body: FindingAcceptanceBody) -> Response:
    row = actions.accept(g.actor, g.project, body.check, body.subject or "", body.reason, body.expires_on)
    db.session.flush()
    return created(_row(row))


@area.act(f"{_ACCEPTANCES}/<int:number>", "radar.accept", methods=("DELETE",))
@area.doc(summary="Take back that a finding may stand", tags=["radar"])
def end_finding_acceptance(project: str, number: int) -> Response:
    actions.end_acceptance(g.actor, g.project, queries.acceptance_for(g.actor, g.project_id, number))
    return Response(status=204)
