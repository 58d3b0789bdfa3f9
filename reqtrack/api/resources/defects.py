"""Defects beyond what all items have: raised of a failed result, added to, a round for what is mended, how long it takes."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from reqtrack.acceptance import actions, offers, queries
from reqtrack.acceptance.actions import defects
from reqtrack.acceptance.queries import defect_lists
from reqtrack.api.area import PROJECT, answered, area, created
from reqtrack.api.resources.items import show
from reqtrack.api.resources.rounds import shown_round
from reqtrack.api.schemas import DefectOfBody
from reqtrack.db import db
from reqtrack.errors import invalid
from reqtrack.items.queries import item_for


@area.act(f"{PROJECT}/results/<int:number>/defect", "defect.raise", shape="Defect")
@area.input(DefectOfBody, location="json", arg_name="body")
@area.doc(summary="Raise a defect of a failed result, or add the result to one", tags=["defects"])
def create_result_defect(project: str, number: int, body: DefectOfBody) -> Response:
    found = queries.result_for(g.actor, g.project_id, number)
    if body.existing:
        made = defects.add_to(g.actor, item_for(g.actor, g.project_id, body.existing, "defect"), found)
    else:
        draft: dict[str, Any] = offers.draft_of(g.actor, g.project, found)
        draft.pop("assignee_name")
        given = body.model_dump(exclude_unset=True, exclude={"existing"}, mode="json")
        made = defects.raise_of(g.actor, g.project, found, {**draft, **given})
    db.session.flush()
    return created(show(made))


@area.act(f"{PROJECT}/defects/round", "round.manage", makes="read_round")
@area.doc(summary="Plan a round with the scenarios whose mended defects no open round tests again", tags=["defects"])
def create_defect_round(project: str) -> Response:
    keys = defect_lists.scenarios_to_place(g.project_id)
    if not keys:
        raise invalid("acceptance", "Nothing that is mended waits for a round.")
    made = actions.create_round(g.actor, g.project, acceptance=keys)
    db.session.flush()
    return created(shown_round(made))


@area.page(f"{PROJECT}/defect-figures", "project.read")
@area.doc(summary="How long mending and testing again take, in working days", tags=["defects"])
def read_defect_figures(project: str) -> Response:
    times = defect_lists.times(g.actor, g.project)
    shown = {
        name: {"number": one.number, "median": one.median, "longest": one.longest, "key": one.key or None}
        for name, one in times.items()
    }
    return answered({"version": 1, **shown})
