"""What a change touches by hand, and what follows when it is in effect: its verification, what undoes it, who has seen it."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from sqlalchemy import select

from reqtrack import clock
from reqtrack.api.area import PROJECT, after_number, area, created, limit, paged, short
from reqtrack.api.resources.changes import change
from reqtrack.api.resources.rounds import shown_round
from reqtrack.api.schemas import TouchBody, VerifyBody
from reqtrack.changes import actions, queries
from reqtrack.changes.models import Touch
from reqtrack.db import db
from reqtrack.items import present
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.queries import visible


def _change(key: str) -> Any:
    return queries.change_for(g.actor, g.project_id, key)


def _shown(item: Any) -> dict[str, Any]:
    db.session.flush()
    return change(g.actor, KINDS["change"], item)


@area.act(f"{PROJECT}/changes/<key>/touches", "project.read", shape="Change")
@area.input(TouchBody, location="json", arg_name="body")
@area.doc(summary="Put an item into what a change touches, or take one out with a reason", tags=["changes"])
def create_touch(project: str, key: str, body: TouchBody) -> Response:
    item = _change(key)
    if body.added:
        actions.touch(g.actor, item, body.item, body.reason)
    else:
        actions.leave_out(g.actor, item, body.item, body.reason)
    return created(_shown(item))


@area.listing(f"{PROJECT}/changes/<key>/touches", "project.read", shape="Part")
@area.doc(summary="What was put in or taken out by hand, oldest first", tags=["changes"])
def list_touches(project: str, key: str) -> Response:
    found = (
        select(Touch, Item.key)
        .join(Item, Item.id == Touch.item_id)
        .where(Touch.change_id == _change(key).id, Touch.until.is_(None), visible(g.actor, g.project_id))
        .where(Touch.id > after_number())
        .order_by(Touch.id)
        .limit(limit() + 1)
    )
    return paged(db.session.execute(found).all(), _touch, lambda row: row[0].id)


def _touch(row: Any) -> dict[str, Any]:
    found: Touch = row[0]
    reason = present.mask(g.actor, g.project_id, found.reason)
    return {
        "id": found.id, "item": row[1], "added": found.added, "reason": reason or None, "author": found.author,
        "at": clock.iso(found.at),
    }  # fmt: skip


@area.act(f"{PROJECT}/changes/<key>/verification", "round.manage", makes="read_round")
@area.input(VerifyBody, location="json", arg_name="body")
@area.doc(
    summary="Plan the round that verifies a change in effect, or add to one what no round tests yet", tags=["changes"]
)
def verify_change(project: str, key: str, body: VerifyBody) -> Response:
    made = actions.plan_verification(g.actor, _change(key), body.into or "")
    db.session.flush()
    return created(shown_round(made))


@area.act(f"{PROJECT}/changes/<key>/reversal", "change.create", makes="read_changes", shape="Change")
@area.doc(summary="Draft the change that undoes one in effect", tags=["changes"])
def revert_change(project: str, key: str) -> Response:
    return created(_shown(actions.revert(g.actor, _change(key))))


@area.act(f"{PROJECT}/changes/<key>/seen", "project.read", shape="Change")
@area.doc(summary="Say that you have seen what a change meant for you", tags=["changes"])
def see_change(project: str, key: str) -> Response:
    item = _change(key)
    actions.see(g.actor, item)
    return created(_shown(item))


@area.listing(f"{PROJECT}/news", "project.read", shape="Part")
@area.doc(summary="What changed for you lately and you have not said to have seen", tags=["changes"])
def read_news(project: str) -> Response:
    found = [one for one in queries.news_for(g.actor) if one.project_key == g.project.key]
    told = [
        {"change": one.key, "title": one.title, "applied_at": clock.iso(one.at), "owned": list(one.owned),
         "tested": list(one.tested), "heard": one.heard}
        for one in found
    ]  # fmt: skip
    return short(told, "change")
