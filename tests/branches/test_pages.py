"""The pages of branches, and the same over REST."""

from __future__ import annotations

import pytest

from reqtrack.items import store
from reqtrack.items.queries import item_for
from tests.support.caller import Caller
from tests.support.world import World

BODY = {"name": "East first", "purpose": "pilot", "pilot": "The east", "owner": "business_owner", "reason": "Sooner."}


@pytest.fixture
def scope(world: World) -> World:
    world.cast()
    world.requirement("analyst", title="Phones", statement="Eleven digits.", tier="must")
    world.requirement("analyst", title="Offline", statement="Drafts are kept.")
    world.client("analyst").send("/p/CRM/baselines", {"name": "Scope 1"})
    return world


def edit(world: World, key: str, statement: str) -> None:
    with world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {"statement": statement})


def test_a_branch_is_opened_decided_on_and_closed_from_its_pages(scope: World) -> None:
    manager, owner = scope.client("project_manager"), scope.client("business_owner")
    assert "No branch yet" in manager.get("/p/CRM/branches").text
    assert "/p/CRM/branches/new?from=BL-1" in manager.get("/p/CRM/baselines/1").text
    assert '<option value="BL-1" selected>' in manager.get("/p/CRM/branches/new?from=bl-1").text
    refused = manager.send("/p/CRM/branches", {**BODY, "from": "BL-7", "reason": "kept"})
    assert refused.status_code == 422 and "There is no baseline BL-7" in refused.text and "kept" in refused.text
    opened = manager.send("/p/CRM/branches", {**BODY, "from": "BL-1"})
    assert (opened.status_code, opened.location) == (303, "/p/CRM/branches/1")
    edit(scope, "REQ-1", "Any number.")
    scope.requirement("analyst", title="Badges")
    page = owner.get("/p/CRM/branches/1").text
    assert "1 added, 1 changed" in page and "<del>" in page and 'value="REQ-1:2"' in page
    assert "version 1 here, 2 on the main line" in page and "may not see" not in page
    compared = owner.get("/p/CRM/baselines/compare?from=BR-1&to=now").text
    assert "From BR-1 to now" in compared and "1 added, 1 changed" in compared
    assert owner.get("/p/CRM/baselines/compare?from=BR-7&to=now").status_code == 404
    at = "/p/CRM/branches/1/decisions"
    # What was typed is kept, where it does not fit; what was seen is what is taken.
    ticked = {"part": "changed", "items": "REQ-1:2", "decision": "taken", "seen": "1"}
    again = owner.send(at, {**ticked, "reason": ""})
    assert again.status_code == 422 and "Say why" in again.text and 'value="REQ-1:2" checked' in again.text
    edit(scope, "REQ-1", "Any number at all.")
    assert owner.send(at, {**ticked, "reason": "They like it."}).status_code == 303
    assert owner.send(at, {**ticked, "reason": "They like it."}).status_code == 409
    named = {"part": "named", "named": "offline", "decision": "left_out", "reason": "Not on site.", "seen": "2"}
    assert "is not the number of a version" in owner.send(at, {**named, "item_version": "x"}).text
    assert owner.send(at, {**named, "named": "nothing such"}).status_code == 422
    assert owner.send(at, {**named, "decision": ""}).status_code == 422
    assert owner.send(at, named).status_code == 303
    page = owner.get("/p/CRM/branches/1").text
    assert "taken at version 2" in page and "Not on site." in page and "version 2 here, 3 on the main line" in page
    brought = scope.client("analyst").send(
        "/p/CRM/branches/1/takeovers", {"items": "REQ-1:3", "reason": "As the pilot has it.", "seen": "3"}
    )
    assert brought.status_code == 303
    closing = {"part": "closing", "reason": "The pilot is over.", "seen": "3"}
    assert owner.send("/p/CRM/branches/1/closing", {**closing, "outcome": ""}).status_code == 422
    assert owner.send("/p/CRM/branches/1/closing", {**closing, "outcome": "merged"}).status_code == 303
    page = owner.get("/p/CRM/branches/1").text
    assert "The pilot is over." in page and "Only on the main line" in page and 'name="reason"' not in page
    assert "East first" in manager.get("/p/CRM/baselines/1").text
    assert "merged back" in manager.get("/p/CRM/branches").text


@pytest.mark.sqlite
def test_over_rest(scope: World) -> None:
    scope.move("REQ-1", "approved")
    call = Caller(scope, "project_manager")
    assert call("POST", "/branches", {**BODY, "owner": "auditor"}).status_code == 422
    made = call("POST", "/branches", {**BODY, "baseline": "BL-1"})
    assert made.status_code == 201 and made.headers["Location"].endswith("/branches/BR-1")
    assert made.json["items"] == [{"key": "REQ-1", "version": 1}, {"key": "REQ-2", "version": 1}]
    out = {"items": ["REQ-2"], "decision": "left_out", "reason": "Not on site."}
    assert call("POST", "/branches/1/decisions", {**out, "seen": 7}).status_code == 409
    assert call("POST", "/branches/1/decisions", out).json["left_out"] == ["REQ-2"]
    with scope.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "REQ-1")
        store.edit(scene.actor, item, {"statement": "Any."}, change="CR-9")
    told = call("GET", "/branches/BR-1/drift").json
    assert told["changed"] == [
        {"key": "REQ-1", "title": "Phones", "branch_version": 1, "main_version": 2,
         "fields": [{"field": "statement", "branch": "Eleven digits.", "main": "Any."}]}
    ]  # fmt: skip
    assert told["left_out"] == [
        {"key": "REQ-2", "title": "Offline", "branch_version": None, "main_version": 1, "reason": "Not on site."}
    ]
    brought = call("POST", "/branches/1/takeovers", {"items": ["REQ-1"], "reason": "The pilot liked it."})
    assert (brought.json["saved"], brought.json["change"]) == ([], "CR-1")
    body = {"items": ["REQ-1"], "decision": "taken", "item_version": 2, "reason": "After all."}
    assert call("POST", "/branches/1/decisions", body).json["version"] == 3
    assert call("POST", "/branches/1/closing", {"outcome": "merged", "reason": "Over."}).json["state"] == "merged"
    assert [one["state"] for one in call("GET", "/branches").json["items"]] == ["merged"]
    actions = [one["action"] for one in call("GET", "/branches/1/history").json["items"]]
    assert actions == ["branch.closed", "branch.decided", "branch.brought", "branch.decided", "branch.opened"]
