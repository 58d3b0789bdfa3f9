"""Feedback beyond what all items have: its links, what becomes of it, what says the same.

Sending by a link is a page for people, and no resource: it has no account, and so no token.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for

from reqtrack import clock
from reqtrack.accounts.links import absolute
from reqtrack.api.area import PROJECT, answered, area, created, short
from reqtrack.api.resources.items import show
from reqtrack.api.schemas import FeedbackLinkBody, GroupBody, OutcomeBody, ReplyBody
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.feedback import actions, queries
from reqtrack.items.queries import item_for


def _link(one: queries.Shown) -> dict[str, Any]:
    instants = {
        "made_at": one.made_at,
        "expires_at": one.expires_at,
        "revoked_at": one.revoked_at,
        "last_at": one.last_at,
    }
    return {
        "id": one.id, "version": 1, "name": one.name, "state": one.state, "number": one.number, "made_by": one.made_by,
        **{name: clock.iso(value) if value is not None else None for name, value in instants.items()},
    }  # fmt: skip


def _link_at(number: int) -> dict[str, Any]:
    found = next((one for one in queries.links_of(g.project_id) if one.id == number), None)
    if found is None:
        raise NotFound(f"link {number}")
    return _link(found)


@area.listing(f"{PROJECT}/feedback-links", "feedback.triage", shape="Thing")
@area.doc(summary="List links for feedback, with how much each brought", tags=["feedback"])
def list_feedback_links(project: str) -> Response:
    return short([_link(one) for one in queries.links_of(g.project_id)], "id")


@area.page(f"{PROJECT}/feedback-links/<int:number>", "feedback.triage")
@area.doc(summary="Read a link for feedback", tags=["feedback"])
def read_feedback_link(project: str, number: int) -> Response:
    return answered(_link_at(number))


@area.act(f"{PROJECT}/feedback-links", "feedback.triage", makes="read_feedback_link")
@area.input(FeedbackLinkBody, location="json", arg_name="body")
@area.doc(summary="Make a link for feedback; it is shown this once", tags=["feedback"])
def create_feedback_link(project: str, body: FeedbackLinkBody) -> Response:
    row, secret = actions.make_link(g.actor, g.project, body.name, body.until)
    return created({**_link_at(row.id), "link": absolute(url_for("feedback.write", secret=secret))}, once="link")


@area.act(f"{PROJECT}/feedback-links/<int:number>/revocation", "feedback.triage")
@area.doc(summary="End a link for feedback; what it brought stays", tags=["feedback"])
def revoke_feedback_link(project: str, number: int) -> Response:
    actions.end_link(g.actor, queries.link_for(g.project_id, number))
    return created(_link_at(number))


def _one(key: str) -> Any:
    return item_for(g.actor, g.project_id, key, "feedback")


def _told(item: Any) -> Response:
    db.session.flush()
    return created(show(item))


@area.act(f"{PROJECT}/feedback/<key>/outcomes", "feedback.triage", shape="Feedback")
@area.input(OutcomeBody, location="json", arg_name="body")
@area.doc(summary="Answer it, take it up as a defect, a change or a requirement, or not", tags=["feedback"])
def settle_feedback(project: str, key: str, body: OutcomeBody) -> Response:
    item = _one(key)
    actions.settle(g.actor, g.project, item, **body.model_dump())
    return _told(item)


@area.act(f"{PROJECT}/feedback/<key>/replies", "feedback.triage", shape="Feedback")
@area.input(ReplyBody, location="json", arg_name="body")
@area.doc(summary="Write to its sender, whatever became of it", tags=["feedback"])
def reply_to_feedback(project: str, key: str, body: ReplyBody) -> Response:
    item = _one(key)
    actions.reply(g.actor, item, body.reply, seen=body.seen)
    return _told(item)


@area.act(f"{PROJECT}/feedback/<key>/group", "feedback.triage", shape="Feedback")
@area.input(GroupBody, location="json", arg_name="body")
@area.doc(summary="Say that it says the same as another, or take it out of its group", tags=["feedback"])
def group_feedback(project: str, key: str, body: GroupBody) -> Response:
    item = _one(key)
    if body.group is None:
        actions.ungroup(g.actor, item)
    else:
        actions.group(g.actor, item, body.group)
    return _told(item)
