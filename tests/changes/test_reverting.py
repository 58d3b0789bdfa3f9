"""Undoing a change that is in effect: another change, under the same rules, that restores the content exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.changes import actions
from reqtrack.changes.queries import undoing
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store
from reqtrack.items.models import Item, Link, Version
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk

SCOPE = ("process", "scenario", "requirement", "acceptance")


def content(desk: Desk) -> dict[str, Any]:
    """The content of everything in force, and the live links among it."""
    with desk.world.read("auditor") as scene:
        rows = db.session.execute(
            select(Item.key, Version.content)
            .join(Version, (Version.item_id == Item.id) & (Version.number == Item.version))
            .where(Item.project_id == scene.project.id, Item.kind.in_(SCOPE), Item.retired.is_(False))
        ).all()
        items = {row.key: json.loads(row.content) for row in rows}
        keys = {row.id: row.key for row in db.session.execute(select(Item.id, Item.key))}
        links = db.session.execute(select(Link.kind, Link.source_id, Link.target_id).where(Link.until.is_(None)))
        joined = sorted((kind, keys[a], keys[b]) for kind, a, b in links)
    return {"items": items, "links": [one for one in joined if one[1] in items and one[2] in items]}


def apply(desk: Desk, edits: list[dict[str, Any]], **more: Any) -> str:
    """Bring edits into effect; the change's key."""
    key = desk.deciding(edits=edits, **more)
    desk.decide(key, by="business_owner" if desk.page(key).rule.proof else "project_manager")
    assert desk.stage(key) == "applied"
    return key


def undo(desk: Desk, key: str) -> str:
    """Draft what undoes a change and bring it into effect; its key."""
    made = str(desk.do(key, actions.revert, by="contributor").key)
    desk.submit(made)
    desk.assess(made)
    desk.decide(made, by="business_owner" if desk.page(made).rule.proof else "project_manager")
    return made


@pytest.fixture
def two(desk: Desk, req: str) -> tuple[str, str]:
    other = desk.world.requirement(title="Quotes are printed", tier="later", tags=["paper"])
    with desk.world.write("analyst") as scene:
        store.link(scene.actor, "depends_on", desk.item(scene, other), desk.item(scene, req))
    return req, other


def test_it_restores_the_content_exactly(desk: Desk, two: tuple[str, str]) -> None:
    req, other = two
    accepting = desk.world.acceptance(title="Approve", then=["x"], accepts=[req])
    old = desk.world.acceptance(title="Old way", then=["y"], accepts=[req])
    before = content(desk)
    key = apply(
        desk,
        [
            {"item": req, "field": "statement", "new": "Two levels approve."},
            {"item": req, "field": "effort_days", "new": 2},
            {"item": other, "field": "tags", "new": ["paper", "pdf"]},
            {"item": other, "link": "depends_on", "add": [], "remove": [req]},
            {"item": other, "link": "refines", "add": [req], "remove": []},
            {"item": accepting, "field": "accepts", "new": [req, other]},
            {"new_item": {"kind": "requirement", "fields": {"title": "Sent by mail"}}},
            {"retire": old},
        ],
    )  # fmt: skip
    assert content(desk) != before
    made = undo(desk, key)
    assert desk.stage(made) == "applied" and content(desk) == before
    assert desk.read("REQ-3").retired and not desk.read(old).retired
    # What was undone stays in the history, and says so.
    assert desk.stage(key) == "applied"
    with desk.world.read("auditor") as scene:
        assert undoing.undoing(desk.item(scene, key)) == [(made, "applied")]
        assert undoing.undone_by(desk.item(scene, made)) == key


def test_what_undoes_it_can_be_undone(desk: Desk, req: str) -> None:
    key = apply(desk, [{"item": req, "field": "statement", "new": "Two levels approve."}, {"retire": req}])
    after = content(desk)
    made = undo(desk, key)
    assert req in content(desk)["items"]
    undo(desk, made)
    assert content(desk) == after


def test_it_is_a_draft_under_the_same_rules(desk: Desk, req: str) -> None:
    key = apply(desk, [{"item": req, "field": "statement", "new": "Two levels approve."}])
    made = desk.do(key, actions.revert, by="project_manager")
    assert desk.stage(made.key) == "draft" and made.title == f"Undo {key}: Two levels of approval"
    (edit,) = desk.dossier(made.key).edits
    assert (edit.item, edit.field, edit.old, edit.new) == (
        req,
        "statement",
        "Two levels approve.",
        "Three levels approve.",
    )
    desk.submit(made.key, by="project_manager")
    desk.assess(made.key)
    with pytest.raises(Refused) as refused:
        desk.decide(made.key, by="project_manager")
    assert [one.code for one in refused.value.reasons] == ["own_request"]


def test_what_moved_since_is_in_conflict(desk: Desk, req: str) -> None:
    key = apply(
        desk, [{"item": req, "field": "statement", "new": "Two."}, {"item": req, "field": "tier", "new": "later"}]
    )
    apply(desk, [{"item": req, "field": "statement", "new": "One."}])
    made = desk.do(key, actions.revert, by="contributor").key
    assert desk.dossier(made).conflicts == [(req, "statement")]
    desk.submit(made)
    desk.assess(made)
    with pytest.raises(Refused) as refused:
        desk.decide(made)
    assert [one.code for one in refused.value.reasons] == ["in_conflict"]


def test_it_is_refused_with_every_reason(desk: Desk, req: str) -> None:
    key = desk.log(edits=[{"item": req, "field": "statement", "new": "Two."}])
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.revert, by="auditor")
    assert [one.code for one in refused.value.reasons] == ["wrong_stage", "no_permission"]
    key = apply(desk, [{"item": req, "field": "statement", "new": "Two."}])
    made = desk.do(key, actions.revert, by="contributor").key
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.revert, by="contributor")
    assert refused.value.status == 409 and refused.value.reasons[0].params["keys"] == (made,)
    desk.do(made, actions.withdraw, by="contributor")
    assert desk.do(key, actions.revert, by="contributor").key != made


def test_what_was_merged_comes_back_by_no_button(desk: Desk, two: tuple[str, str]) -> None:
    req, other = two
    key = apply(desk, [{"retire": other, "merged_into": req}])
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.revert, by="contributor")
    assert [one.code for one in refused.value.reasons] == ["merged"]


def test_a_change_that_did_nothing_has_nothing_to_undo(desk: Desk, req: str) -> None:
    key = apply(desk, [], affected=[req])
    with pytest.raises(Invalid):
        desk.do(key, actions.revert, by="contributor")


def test_an_edit_may_bring_an_item_back(desk: Desk, req: str) -> None:
    client = Caller(desk.world, "contributor")
    body = {"title": "T", "reason": "R", "edits": [{"restore": req}]}
    refused = client("POST", "/changes", body)
    assert refused.status_code == 422 and refused.json["reasons"][0]["field"] == "edits.0.restore"
    apply(desk, [{"retire": req}])
    made = client("POST", "/changes", body).json
    assert made["edits"][0]["restore"] == req
    desk.submit(made["key"])
    desk.assess(made["key"])
    desk.decide(made["key"])
    item = desk.read(req)
    assert not item.retired and item.stage == "approved"


def test_over_the_api_and_on_the_page(desk: Desk, req: str) -> None:
    key = apply(desk, [{"item": req, "field": "statement", "new": "Two levels approve."}])
    page = desk.world.client("contributor").get(f"/p/CRM/changes/{key}")
    assert "Undo this change" in page.text
    answer = Caller(desk.world, "contributor")("POST", f"/changes/{key}/reversal", {})
    assert answer.status_code == 201 and answer.json["reverts"] == key and answer.json["stage"] == "draft"
    made = answer.json["key"]
    client = desk.world.client("contributor")
    assert f"Undoes {key}" in client.get(f"/p/CRM/changes/{made}").text
    page = client.get(f"/p/CRM/changes/{key}").text
    assert "Undone by:" in page and "Undo this change" not in page
    desk.do(made, actions.withdraw, by="contributor")
    sent = client.send(f"/p/CRM/changes/{key}/reversal", {})
    assert sent.status_code == 303 and "/changes/CR-" in sent.headers["Location"]
