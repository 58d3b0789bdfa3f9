"""Reviews over REST: the same actions with the same verdicts."""

from __future__ import annotations

from typing import Any

from icalendar import Calendar

from reqtrack.documents.contexts.common import Reader
from reqtrack.documents.contexts.minutes import build
from reqtrack.reviews import actions, queries
from tests.reviews.conftest import Table
from tests.support.caller import Caller
from tests.support.world import PASSWORD


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def test_a_review_goes_its_way_over_rest(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req), likely=5)
    manager, owner = Caller(table.world, "project_manager"), Caller(table.world, "business_owner")
    body = {"name": "Weekly", "planned_on": "2026-12-01", "begins": "10:00", "minutes": 60, "weeks": 2}
    assert owner("POST", "/reviews", body).status_code == 403
    made = manager("POST", "/reviews", body)
    assert made.status_code == 201 and made.json["key"] == "REV-1" and made.json["agenda"][0]["subject"] == one
    assert made.headers["Location"].endswith("/reviews/REV-1")
    assert [found["key"] for found in owner("GET", "/reviews").json["items"]] == ["REV-1"]
    assert manager("PATCH", "/reviews/REV-1", {"place": "Room 2"}).status_code == 428
    changed = manager("PATCH", "/reviews/REV-1", {"place": "Room 2"}, **{"If-Match": f'"{made.json["version"]}"'})
    assert changed.status_code == 200 and changed.json["place"] == "Room 2"
    line = made.json["agenda"][0]
    at = f"/reviews/1/lines/{line['id']}"
    wrong = manager("PATCH", at, {"outcome": "rejected"}, **{"If-Match": f'"{line["version"]}"'})
    assert wrong.status_code == 422 and wrong.json["reasons"][0]["code"] == "required"
    said = manager("PATCH", at, {"outcome": "approved", "note": "It pays."}, **{"If-Match": f'"{line["version"]}"'})
    assert said.json["outcome"] == "approved"
    put = manager("POST", "/reviews/REV-1/lines", {"item": req})
    assert put.status_code == 201 and put.json["why"] == "hand"
    assert manager("DELETE", f"/reviews/REV-1/lines/{put.json['id']}").status_code == 204
    assert manager("POST", "/reviews/REV-1/agenda", {}).status_code == 201
    assert owner("POST", "/reviews/REV-1/confirmation", {}).status_code == 409
    held = manager("POST", "/reviews/REV-1/holding", {"people": ["analyst"], "note": "Short."})
    assert held.status_code == 201 and held.json["next"] == "REV-2" and held.json["people"] == ["analyst"]
    told = owner("GET", "/reviews/REV-1").json["agenda"][0]
    assert (told["standing"], told["yours"], told["waits_for"]) == ("waits", True, ["陈立群"])
    assert owner("POST", "/reviews/REV-1/confirmation", {}).status_code == 403
    done = owner("POST", "/reviews/REV-1/confirmation", {"password": PASSWORD})
    assert done.status_code == 201 and done.json["confirmed"] == [{"subject": one, "stage": "applied"}]
    assert table.desk.stage(one) == "applied"
    found = Calendar.from_ical(owner("GET", "/reviews/REV-2/calendar").json["calendar"])
    assert str(found.walk("VEVENT")[0]["summary"]) == "REV-2 Weekly"
    series = owner("GET", "/review-series").json["items"][0]
    assert Calendar.from_ical(owner("GET", f"/review-series/{series['id']}/calendar").json["calendar"])
    assert manager("POST", f"/review-series/{series['id']}/ending", {}).status_code == 201
    assert manager("POST", "/reviews/REV-2/cancelling", {}).json["state"] == "cancelled"


def test_what_a_reader_may_not_see_has_no_title(table: Table, req: str) -> None:
    table.desk.deciding(edits=edits(req))
    key = table.plan()
    told = Caller(table.world, "implementer")("GET", f"/reviews/{key}").json["agenda"][0]
    assert told["title"] is None and "Two levels of approval" not in str(told)


def test_what_was_said_of_a_hidden_change_is_not_told(table: Table, req: str) -> None:
    change = table.desk.deciding(edits=edits(req))
    key = table.plan()
    table.say(key, change, "rejected", "It costs 90000, says Wang")
    table.do(key, actions.hold)
    caller = Caller(table.world, "implementer")
    for told in (
        caller("GET", f"/reviews/{key}").json["agenda"][0],
        caller("GET", f"/reviews/{key}/lines").json["items"][0],
    ):
        named = ("subject", "title", "outcome", "note", "standing")
        assert [told[name] for name in named] == [None] * len(named)
        assert not told["waits_for"] and not told["reasons"]
    page = table.world.client("implementer").get(f"/p/CRM/reviews/{key}").text
    assert "something that you may not see" in page
    with table.world.app.test_request_context(), table.world.read("implementer") as scene:
        reader = Reader(scene.actor, scene.project, "en")
        minutes = str(build(reader, queries.review_for(scene.actor, scene.project.id, key)))
    for text in (page, minutes):
        assert change not in text and "90000" not in text and "Rejected" not in text
    assert table.world.client("auditor").get(f"/p/CRM/reviews/{key}").text.count("90000") == 1
