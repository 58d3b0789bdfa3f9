"""The same over REST: duplicates, merge, split, review; the old key tells what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for, neighbours
from tests.api.test_rest import Caller
from tests.requirements.test_joining import twins
from tests.support.world import World

__all__ = ["twins"]


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer.json["reasons"]]


def test_merge_and_back(twins: World) -> None:
    analyst = Caller(twins, "analyst")
    body = {"into": "REQ-1", "fields": {"title": "gone", "effort_days": "both"}, "versions": {"REQ-1": 1, "REQ-2": 1}}
    assert codes(analyst("POST", "/items/REQ-2/merge", {**body, "versions": {"REQ-2": 9}})) == ["stale"]
    assert analyst("POST", "/items/REQ-2/merge", {**body, "into": "REQ-77"}).status_code == 422
    assert codes(analyst("POST", "/items/REQ-2/merge", {**body, "into": "SCN-1"})) == ["other_kind"]
    assert Caller(twins, "tester")("POST", "/items/REQ-2/merge", body).status_code == 403
    done = analyst("POST", "/items/REQ-2/merge", body)
    assert done.status_code == 201 and done.json["merged_into"] == "REQ-1" and done.json["retired"]
    for path in ("/requirements/REQ-2", "/items/REQ-2"):
        assert analyst("GET", path).json["merged_into"] == "REQ-1"
    listed = analyst("GET", "/requirements?retired=all").json["items"]
    assert {one["key"]: one.get("merged_into") for one in listed}["REQ-2"] == "REQ-1"
    assert "REQ-2" not in [one["key"] for one in analyst("GET", "/requirements").json["items"]]
    assert "REQ-2" not in [one["key"] for one in analyst("GET", "/search?q=orders").json["items"]]
    assert analyst("GET", "/requirements/REQ-1").json["effort_days"] == 5
    back = analyst("POST", "/items/REQ-2/restoration")
    assert back.status_code == 201 and "merged_into" not in back.json and not back.json["retired"]
    assert codes(analyst("POST", "/items/REQ-2/restoration")) == ["not_joined"]


def test_who_names_a_merged_key_means_what_it_is_now(twins: World) -> None:
    """A merged key leads on where one links to it, too; and is changed no more."""
    analyst = Caller(twins, "analyst")
    for gone, kept in (("REQ-2", "REQ-3"), ("REQ-3", "REQ-1")):
        assert analyst("POST", f"/items/{gone}/merge", {"into": kept, "fields": {}, "versions": {}}).status_code == 201
    linked = analyst("POST", "/links", {"kind": "depends_on", "source": "REQ-4", "target": "REQ-2"})
    assert (linked.status_code, linked.json["target"]) == (201, "REQ-1")
    made = analyst("POST", "/acceptance", {"title": "At once", "accepts": ["REQ-2", "REQ-1", "REQ-4"]})
    assert (made.status_code, made.json["accepts"]) == (201, ["REQ-1", "REQ-4"])
    page = twins.client("analyst")
    assert page.send("/p/CRM/i/REQ-4/links", {"kind": "refines", "other": "req-2"}).status_code == 303
    with twins.read("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "REQ-4")
        ends = {(one.link, one.key) for one in neighbours(scene.actor, item)}
    assert {("refines", "REQ-1"), ("depends_on", "REQ-1")} <= ends
    change = {"title": "T", "reason": "R", "affected": ["REQ-3", "REQ-1"]}
    logged = analyst("POST", "/changes", change)
    assert logged.status_code == 201
    with twins.read("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, logged.json["key"])
        assert [one.key for one in neighbours(scene.actor, item)] == ["REQ-1"]
    edit = {"item": "REQ-2", "field": "title", "new": "Other"}
    refused = analyst("POST", "/changes", {**change, "affected": [], "edits": [edit]})
    assert refused.status_code == 422 and "REQ-2 was merged into REQ-1" in refused.text
    link = {"item": "REQ-4", "link": "depends_on", "add": [], "remove": ["REQ-1"]}
    more = {"item": "REQ-4", "link": "refines", "add": ["REQ-2"], "remove": []}
    added = analyst("POST", "/changes", {**change, "affected": [], "edits": [link, more]})
    assert added.status_code == 201 and "REQ-2" not in added.text
    said = analyst("POST", "/feedback", {"title": "T", "said": "S", "about": ["REQ-2"]})
    assert (said.status_code, said.json["about"]) == (201, ["REQ-1"])
    settled = analyst("POST", f"/feedback/{said.json['key']}/outcomes", {"outcome": "requirement", "existing": "REQ-2"})
    assert (settled.status_code, settled.json["made"]) == (201, "REQ-1")


def test_split(twins: World) -> None:
    analyst = Caller(twins, "analyst")
    body = {
        "parts": [{"title": "Type once", "effort_days": 2}, {"title": "Show it"}],
        "evidence": {"1": "first", "2": "second"},
    }
    assert analyst("POST", "/items/REQ-2/split", {**body, "links": {"x": "first"}}).status_code == 422
    assert analyst("POST", "/items/REQ-2/split", {**body, "parts": [{"title": "One"}]}).status_code == 422
    done = analyst("POST", "/items/REQ-2/split", body)
    assert (done.status_code, done.json["split_into"]) == (201, ["REQ-5", "REQ-6"])
    assert analyst("GET", "/requirements/REQ-5").json["evidence"] == [1]
    assert analyst("GET", "/requirements/REQ-6").json["effort_days"] == 3


@pytest.mark.parametrize("by", ["analyst", "contributor"])
def test_agreed_scope_is_proposed(twins: World, by: str) -> None:
    twins.move("REQ-2", "approved")
    caller = Caller(twins, by)
    refused = caller("POST", "/items/REQ-2/merge", {"into": "REQ-1"})
    assert refused.status_code == (409 if by == "analyst" else 403)
    assert caller("POST", "/items/REQ-2/merge", {"into": "REQ-1", "as_change": True}).status_code == 422
    made = caller("POST", "/items/REQ-2/merge", {"into": "REQ-1", "as_change": True, "reason": "They are one."})
    assert (made.status_code, made.json["key"]) == (201, "CR-1")
    assert {"retire": "REQ-2", "merged_into": "REQ-1"}.items() <= made.json["edits"][-1].items()
    body = {"parts": [{"title": "a"}, {"title": "b"}], "as_change": True, "reason": "Two things."}
    split = caller("POST", "/items/REQ-2/split", body)
    assert split.json["edits"][-1]["split_into"] == ["NEW-1", "NEW-2"]


def test_duplicates(world: World) -> None:
    world.cast()
    world.requirement(title="Orders are counted by day")
    world.requirement(title="The orders are counted by the day")
    analyst = Caller(world, "analyst")
    (pair,) = analyst("GET", "/duplicates").json["items"]
    assert pair == {
        "subject": "REQ-1 REQ-2", "kind": "requirement", "items": ["REQ-1", "REQ-2"], "likeness": 100, "reason": "same", "apart": None,
    }  # fmt: skip
    found = analyst("POST", "/duplicates/like", {"title": "orders counted by day", "but": "REQ-2"})
    assert (found.status_code, [one["key"] for one in found.json["items"]]) == (200, ["REQ-1"])
    assert "duplicate_items" in [one["check"] for one in analyst("GET", "/radar").json["findings"]]
    assert analyst("POST", "/duplicates", {"subject": "REQ-1 REQ-2", "reason": ""}).status_code == 422
    assert (
        analyst("POST", "/duplicates", {"subject": "REQ-1 REQ-2", "reason": "By day and by weekday."}).status_code
        == 201
    )
    assert analyst("GET", "/duplicates").json["items"][0]["apart"] == "By day and by weekday."
    # Nor does the radar count them any more.
    assert "duplicate_items" not in [one["check"] for one in analyst("GET", "/radar").json["findings"]]
    assert Caller(world, "implementer")("GET", "/duplicates").json["items"] == []


def test_review(world: World) -> None:
    world.cast()
    with world.write() as scene:
        for title in ("One", "Two"):
            store.create(scene.actor, scene.project, KINDS["requirement"], {"title": title}, imported=True)
    analyst = Caller(world, "analyst")
    assert analyst("POST", "/items/REQ-1/review", {"outcome": "drop"}).status_code == 422
    assert (
        analyst("POST", "/items/REQ-1/review", {"outcome": "ask", "reason": "Whose?", "asked": "tester"}).status_code
        == 201
    )
    assert len(analyst("GET", "/requirements?imported=yes").json["items"]) == 2
    assert analyst("POST", "/items/REQ-1/review", {"outcome": "keep"}).status_code == 201
    assert analyst("POST", "/items/REQ-2/review", {"outcome": "drop", "reason": "Old."}).json["retired"] is True
    assert analyst("GET", "/requirements?imported=yes").json["items"] == []
