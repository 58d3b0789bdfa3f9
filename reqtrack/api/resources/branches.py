"""Branches of scope: opened, decided in, compared with the main line, brought to it, closed."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from reqtrack.api.area import PROJECT, after_number, answered, area, created, limit, listed
from reqtrack.api.schemas import BranchBody, BranchClosingBody, BranchDecisionBody, BranchTakeoverBody
from reqtrack.baselines.compare import Changed
from reqtrack.baselines.content import ItemState
from reqtrack.baselines.pages import in_words
from reqtrack.branches import actions, forms, queries
from reqtrack.branches.content import NEWEST, OUT
from reqtrack.branches.drift import drift
from reqtrack.branches.queries import READ, Standing


def _found(key: str) -> Standing:
    return queries.branch_for(g.actor, g.project_id, key)


def _told(found: Standing) -> dict[str, Any]:
    return queries.as_dict(g.actor, found)


@area.listing(f"{PROJECT}/branches", READ)
@area.doc(summary="List the branches of the scope", tags=["branches"])
def list_branches(project: str) -> Response:
    size = limit()
    rows = queries.listing(g.project_id, after=after_number(), limit=size + 1)
    shown = [
        queries.short(row.ScopeBranch, row.outcome, 1 + row.choices + (1 if row.outcome else 0)) for row in rows[:size]
    ]
    return listed(shown, rows[size - 1].ScopeBranch.number if len(rows) > size else None)


@area.page(f"{PROJECT}/branches/<key>", READ)
@area.doc(summary="Read a branch: which version of which item it holds", tags=["branches"])
def read_branch(project: str, key: str) -> Response:
    return answered(_told(_found(key)))


@area.act(f"{PROJECT}/branches", "baseline.take", makes="read_branch")
@area.input(BranchBody, location="json", arg_name="body")
@area.doc(summary="Open a branch for a phase or a pilot group", tags=["branches"])
def create_branch(project: str, body: BranchBody) -> Response:
    given = body.model_dump(exclude={"phase", "baseline"})
    phase = forms.phase(g.project, body.phase)
    baseline = forms.baseline(g.actor, g.project, body.baseline)
    made = actions.open_branch(g.actor, g.project, **given, phase=phase, baseline=baseline)
    return created(_told(queries.standing(made)))


@area.facts(f"{PROJECT}/branches/<key>/drift", READ)
@area.doc(summary="How the main line differs from a branch now", tags=["branches"])
def read_drift(project: str, key: str) -> Response:
    told = drift(_found(key), g.actor)
    versions = told.versions

    def state(one: ItemState) -> dict[str, Any]:
        mine, theirs = versions[one.key]
        return {"key": one.key, "title": one.title, "branch_version": mine, "main_version": theirs}

    def change(one: Changed) -> dict[str, Any]:
        mine, theirs = versions[one.key]
        fields = [
            dict(zip(("field", "branch", "main"), (each.name, *in_words(each)), strict=True)) for each in one.fields
        ]
        return {"key": one.key, "title": one.title, "branch_version": mine, "main_version": theirs, "fields": fields}

    found = told.comparison
    return answered(
        {
            "added": [state(one) for one in found.added], "removed": [state(one) for one in found.removed],
            "changed": [change(one) for one in found.changed], "moved": [change(one) for one in found.moved],
            "left_out": [{**state(one.state), "reason": one.choice.reason} for one in told.left_out],
        }
    )  # fmt: skip


@area.act(f"{PROJECT}/branches/<key>/decisions", "comment.write", shape="Thing")
@area.input(BranchDecisionBody, location="json", arg_name="body")
@area.doc(summary="Leave items out of a branch, or take them at a version", tags=["branches"])
def decide_branch(project: str, key: str, body: BranchDecisionBody) -> Response:
    version = OUT if body.decision == "left_out" else NEWEST if body.item_version is None else body.item_version
    wanted = dict.fromkeys(body.items, version)
    return created(_told(actions.choose(g.actor, _found(key), wanted, body.reason, seen=body.seen)))


@area.act(f"{PROJECT}/branches/<key>/takeovers", "comment.write", shape="Thing")
@area.input(BranchTakeoverBody, location="json", arg_name="body")
@area.doc(
    summary="Let the main line say what a branch says: saved where that is free, else proposed as a change",
    tags=["branches"],
)
def bring_branch(project: str, key: str, body: BranchTakeoverBody) -> Response:
    found = _found(key)
    done = actions.bring(g.actor, g.project, found, body.items, body.reason, seen=body.seen)
    told = {"key": found.branch.key, "version": found.version}
    return created({**told, "saved": list(done.saved), "change": done.change or None})


@area.act(f"{PROJECT}/branches/<key>/closing", "comment.write", shape="Thing")
@area.input(BranchClosingBody, location="json", arg_name="body")
@area.doc(summary="Close a branch: merged back, or given up", tags=["branches"])
def close_branch(project: str, key: str, body: BranchClosingBody) -> Response:
    return created(_told(actions.close(g.actor, _found(key), body.outcome, body.reason, seen=body.seen)))
