"""By which stages a project's changes go."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from reqtrack.api.area import PROJECT, answered, area, check_version
from reqtrack.api.schemas import WorkflowsBody, WorkflowsPatch
from reqtrack.changes import actions
from reqtrack.changes.queries import flows as queries
from reqtrack.workflow.presets import PRESETS, flows_of


def _workflows() -> dict[str, Any]:
    flows = flows_of(g.project.preset, queries.own_of(g.project_id))
    preset = PRESETS[flows.preset]
    return {
        "key": queries.SUBJECT,
        "version": queries.version_of(g.project_id),
        **actions.told_flows(flows),
        "shown": [code for code, _folded in preset.shown],
        "password_each": preset.proof,
        "two_people": preset.two,
    }


def _kinds(body: WorkflowsBody) -> dict[str, Any]:
    return {kind: None if flow is None else flow.model_dump(exclude_none=True) for kind, flow in body.kinds.items()}


@area.page(f"{PROJECT}/workflows", "project.read")
@area.doc(summary="The stages of changes by kind, and the preset", tags=["changes"])
def read_workflows(project: str) -> Response:
    return answered(_workflows())


@area.act(f"{PROJECT}/workflows", "project.manage", methods=("PATCH",), proof=True)
@area.input(WorkflowsPatch, location="json", arg_name="body")
@area.doc(summary="Let changes go by other stages; what stands in one that goes away goes on", tags=["changes"])
def update_workflows(project: str, body: WorkflowsPatch) -> Response:
    check_version(queries.SUBJECT, queries.version_of(g.project_id))
    actions.set_flows(g.actor, g.project, _kinds(body), preset=body.preset)
    return answered(_workflows())


@area.ask(f"{PROJECT}/workflows/preview", "project.manage", answers="facts", shape="Part")
@area.input(WorkflowsBody, location="json", arg_name="body")
@area.doc(summary="What other stages would bring: to open changes, to moves, to people", tags=["changes"])
def preview_workflows(project: str, body: WorkflowsBody) -> Response:
    then = actions.wanted_flows(g.project, _kinds(body), body.preset)
    told = queries.preview(g.actor, g.project, then)
    return answered(
        {
            "key": queries.SUBJECT,
            "open": told.open,
            "changes": [
                {"key": one.key, "title": one.title, "stage": one.stage, "now": str(one.now), "then": str(one.then),
                 "goes_on": one.moves}
                for one in told.changes
            ],
            "asked": [
                {"kind": one.kind, "move": one.move, "stage": one.step.code if one.step else None, "more": list(one.more),
                 "less": list(one.less), "open": one.open}
                for one in told.asked
            ],
            "people": [
                {"name": one.name, "kind": one.kind, "move": one.move, "stage": one.step.code if one.step else None,
                 "gains": one.gains}
                for one in told.people
            ],
        }
    )  # fmt: skip
