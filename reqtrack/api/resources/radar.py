"""What to keep an eye on in a project."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify

from reqtrack.api.area import PROJECT, area
from reqtrack.radar.queries import overview


def _finding(severity: str, check: str, facts: Any) -> dict[str, Any]:
    keys = overview.concerned(g.actor, g.project_id, check, facts)
    where = {"phase": facts["name"]} if "phase" in facts else {}
    return {"check": check, "severity": severity, "count": len(keys), "items": keys, **where}


@area.facts(f"{PROJECT}/radar", "project.read")
@area.doc(summary="What to keep an eye on, with the items concerned", tags=["radar"])
def read_radar(project: str) -> Response:
    found = overview.standing(g.actor, g.project).findings
    return jsonify(findings=[_finding(*one) for one in found])
