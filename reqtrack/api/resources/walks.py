"""Walks: business processes that one record came through from end to end, and the rounds that are to take it there."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from reqtrack.acceptance import actions, queries
from reqtrack.acceptance.queries import walks
from reqtrack.api.area import PROJECT, after_number, answered, area, created, limit, listed, short
from reqtrack.api.schemas import WalkBody
from reqtrack.db import db

# So many records of a process are told, those that most steps carry.
MOST_RECORDS = 200


def _told(walk: walks.Walk) -> dict[str, Any]:
    return {
        "process": walk.process, "kind": walk.kind, "done": walk.done,
        "round": None if walk.round is None else f"RND-{walk.round}", "record": walk.record.name,
        "record_label": walk.record.label, "broken_at": walk.broken_at, "why": walk.why or None,
        "steps": [
            {
                "number": stop.step.number, "name": stop.step.name, "state": stop.state,
                "results": [
                    {"acceptance": one.key, "row": one.row, "status": one.status, "result": one.number or None}
                    for one in stop.seen
                ],
            }
            for stop in walk.stops
        ],
    }  # fmt: skip


def _of_process(one: walks.Along) -> dict[str, Any]:
    records = [
        {"record": record.name, "label": record.label, "steps": steps} for record, steps in one.records[:MOST_RECORDS]
    ]
    return {**_told(one.best), "records": records}


def _planned(one: walks.Planned) -> dict[str, Any]:
    return {"id": one.id, "version": 1, **_told(one.walk), "round": one.round}


@area.listing(f"{PROJECT}/walked", "project.read", shape="Part")
@area.doc(
    summary="For each process the walk that came furthest: whether it is done, else where it broke and why",
    tags=["walks"],
)
def list_walked(project: str) -> Response:
    return short([_of_process(one) for one in walks.along(g.actor, g.project_id)], "process")


@area.listing(f"{PROJECT}/walks", "project.read")
@area.doc(summary="List the walks that are planned, and how far each is", tags=["walks"])
def list_walks(project: str) -> Response:
    size = limit()
    rows, following = walks.planned_in(g.actor, g.project_id, after_number(), size)
    return listed([_planned(one) for one in rows], following)


@area.page(f"{PROJECT}/walks/<int:number>", "project.read")
@area.doc(summary="Read a walk that is planned", tags=["walks"])
def read_walk(project: str, number: int) -> Response:
    return answered(_planned(walks.planned_for(g.actor, g.project_id, number)))


@area.act(f"{PROJECT}/walks", "round.manage", makes="read_walk")
@area.input(WalkBody, location="json", arg_name="body")
@area.doc(summary="Plan that a round walks a process with one business record", tags=["walks"])
def create_walk(project: str, body: WalkBody) -> Response:
    found = queries.round_for(g.actor, g.project_id, body.round) if body.round is not None else None
    made = actions.plan_walk(g.actor, g.project, body.process, body.record, found, body.testers)
    db.session.flush()
    return created(_planned(walks.planned_for(g.actor, g.project_id, made.id)))
