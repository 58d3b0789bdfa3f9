"""What is there twice; merging, splitting; looking at what came by import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, jsonify

from reqtrack.accounts.queries import user_by_login
from reqtrack.api.area import PROJECT, area, created, short
from reqtrack.api.resources.items import kind_permission, show
from reqtrack.api.schemas import ApartBody, MergeBody, ReviewBody, SplitBody, WrittenBody
from reqtrack.db import db, whole_number
from reqtrack.errors import invalid
from reqtrack.items.present import mask
from reqtrack.items.queries import item_for
from reqtrack.requirements import actions, queries
from reqtrack.requirements.queries.compared import MOST, whole_of
from reqtrack.requirements.queries.duplicates import answered
from reqtrack.requirements.queries.joining import partner


def _shown(one: queries.Twin, told: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    why = told.get(one.subject)
    return {
        "subject": one.subject, "kind": one.kind, "items": [one.first, one.second], "likeness": one.degree,
        "reason": one.word, "apart": mask(g.actor, g.project_id, why[0]) if why else None,
    }  # fmt: skip


@area.listing(f"{PROJECT}/duplicates", "project.read", shape="Part")
@area.doc(
    summary="Pairs that say nearly the same; of a very large project, how many are compared",
    tags=["duplicates"],
)
def list_duplicates(project: str) -> Response:
    told = answered(g.project)
    found = short([_shown(one, told) for one in queries.duplicates_for(g.actor, g.project_id)], "subject")
    there = whole_of(g.project_id)
    return found if there <= MOST else jsonify({**found.get_json(), "compared": MOST, "there": there})


@area.act(f"{PROJECT}/duplicates", "radar.accept")
@area.input(ApartBody, location="json", arg_name="body")
@area.doc(summary="Say that two of a pair are two, and why", tags=["duplicates"])
def keep_apart(project: str, body: ApartBody) -> Response:
    actions.keep_apart(g.actor, g.project, body.subject, body.reason)
    return created({"key": body.subject, "version": 1, "subject": body.subject, "apart": body.reason})


@area.ask(f"{PROJECT}/duplicates/like", "project.read", answers="facts", shape="Part")
@area.input(WrittenBody, location="json", arg_name="body")
@area.doc(summary="What is there already and reads like what is being written", tags=["duplicates"])
def list_like(project: str, body: WrittenBody) -> Response:
    found = queries.like_text(
        g.actor, g.project_id, body.kind, body.title[:400], body.statement[:4_000], body.but.upper(), most=10
    )
    shown = [
        {"key": one.key, "title": one.title, "stage": one.stage, "likeness": one.degree, "reason": one.word}
        for one in found
    ]
    return jsonify(items=shown)


@area.act(f"{PROJECT}/items/<key>/merge", kind_permission)
@area.input(MergeBody, location="json", arg_name="body")
@area.doc(summary="Merge an item into another, at once or as the draft of a change request", tags=["items"])
def merge_item(project: str, key: str, body: MergeBody) -> Response:
    gone = item_for(g.actor, g.project_id, key)
    kept = partner(g.actor, g.project_id, gone.key, body.into)
    told: dict[str, Any] = {"seen": body.versions, "reason": body.reason}
    if body.as_change:
        return _change(actions.propose_merge(g.actor, g.project, gone, kept, body.fields, **told))
    actions.merge(g.actor, g.project, gone, kept, body.fields, **told)
    db.session.flush()
    return created(show(gone))


@area.act(f"{PROJECT}/items/<key>/split", kind_permission)
@area.input(SplitBody, location="json", arg_name="body")
@area.doc(summary="Split an item in two new ones, at once or as the draft of a change request", tags=["items"])
def split_item(project: str, key: str, body: SplitBody) -> Response:
    old = item_for(g.actor, g.project_id, key)
    places = {"links": _numbered("links", body.links), "evidence": _numbered("evidence", body.evidence)}
    told: dict[str, Any] = {"seen": body.versions, "reason": body.reason}
    if body.as_change:
        return _change(actions.propose_split(g.actor, g.project, old, body.parts, places, **told))
    actions.split(g.actor, g.project, old, body.parts, places, **told)
    db.session.flush()
    return created(show(old))


def _numbered(name: str, given: Mapping[str, str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for key, place in given.items():
        number = whole_number(key)
        if number is None:
            raise invalid(name, "%(given)s is no number.", given=key[:40])
        found[number] = place
    return found


def _change(key: str) -> Response:
    return created(show(item_for(g.actor, g.project_id, key)))


@area.act(f"{PROJECT}/items/<key>/restoration", kind_permission)
@area.doc(summary="Take back that an item was merged or split", tags=["items"])
def restore_item(project: str, key: str) -> Response:
    item = item_for(g.actor, g.project_id, key)
    actions.undo(g.actor, g.project, item)
    db.session.flush()
    return created(show(item))


@area.act(f"{PROJECT}/items/<key>/review", kind_permission)
@area.input(ReviewBody, location="json", arg_name="body")
@area.doc(summary="Say of an imported item that it stays, ask somebody about it, or drop it", tags=["items"])
def review_item(project: str, key: str, body: ReviewBody) -> Response:
    item = item_for(g.actor, g.project_id, key)
    asked = user_by_login(body.asked) if body.asked else None
    actions.review(g.actor, [item], body.outcome, reason=body.reason, asked=asked)
    db.session.flush()
    return created(show(item))
