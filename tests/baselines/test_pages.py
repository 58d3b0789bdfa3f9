"""The pages of baselines."""

from __future__ import annotations

import pytest

from reqtrack.items import store
from reqtrack.items.queries import item_for
from tests.support.caller import Caller
from tests.support.meter import Queries
from tests.support.world import World


@pytest.fixture
def scope(world: World) -> World:
    world.cast()
    world.requirement("analyst", title="新建客户只要三项", statement="只要求八项。", tier="must", phase="1")
    world.requirement("analyst", title="Phones", tier="later")
    return world


def test_a_baseline_is_taken_from_its_page(scope: World) -> None:
    analyst = scope.client("analyst")
    page = analyst.get("/p/CRM/baselines").get_data(as_text=True)
    assert 'value="Scope 1"' in page
    taken = analyst.send("/p/CRM/baselines", {"name": "一期范围"})
    assert (taken.status_code, taken.headers["Location"]) == (303, "/p/CRM/baselines/1#sign-off")
    shown = analyst.get("/p/CRM/baselines/1").get_data(as_text=True)
    assert "一期范围" in shown
    assert "新建客户只要三项" in shown
    assert "2 requirements" in shown


def test_who_may_not_take_one(scope: World) -> None:
    for login in ("tester", "business_owner", "auditor", "implementer", "contributor"):
        assert scope.client(login).send("/p/CRM/baselines", {"name": "x"}).status_code == 403
        assert 'name="name"' not in scope.client(login).get("/p/CRM/baselines").get_data(as_text=True)
    assert scope.client("outsider").get("/p/CRM/baselines").status_code == 404


def test_a_baseline_needs_a_name(scope: World) -> None:
    refused = scope.client("analyst").send("/p/CRM/baselines", {"name": "  "})
    assert refused.status_code == 422
    assert "A baseline needs a name." in refused.get_data(as_text=True)


def test_comparing_shows_what_was_struck_and_what_came(scope: World) -> None:
    analyst = scope.client("analyst")
    analyst.send("/p/CRM/baselines", {"name": "one"})
    with scope.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "REQ-1")
        store.edit(scene.actor, item, {"statement": "只要求三项。"})
    scope.requirement("analyst", title="Offline")
    page = analyst.get("/p/CRM/baselines/compare?from=BL-1&to=now").get_data(as_text=True)
    assert "<del>" in page and "<ins>" in page
    assert "Offline" in page
    assert "1 added, 1 changed" in page
    assert analyst.get("/p/CRM/baselines/compare?from=BL-7").status_code == 404
    assert analyst.get("/p/CRM/baselines/compare?from=yesterday").status_code == 422
    assert analyst.get("/p/CRM/baselines/compare?from_day=2020-01-01").status_code == 200
    assert analyst.get("/p/CRM/baselines/7").status_code == 404


def test_a_program_compares_as_the_page_does(scope: World) -> None:
    program = Caller(scope, "analyst")
    assert program("GET", "/comparison").status_code == 422, "there is no baseline yet"
    made = program("POST", "/baselines", {"name": "one"})
    assert program("GET", "/comparison?from=BL-1").json["same"]
    with scope.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "REQ-1")
        store.edit(scene.actor, item, {"statement": "只要求三项。"})
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "REQ-2"), {}, retired=True)
    scope.requirement("analyst", title="Offline", tier="should")
    found = program("GET", "/comparison?from=BL-1&to=now").json
    assert (found["from"], found["to"], found["same"], found["moved"]) == ("BL-1", "now", False, [])
    assert [(one["key"], one["title"], one["tier"]) for one in found["added"]] == [("REQ-3", "Offline", "should")]
    assert [(one["key"], one["kind"]) for one in found["removed"]] == [("REQ-2", "requirement")]
    ((changed,),) = [found["changed"]]
    assert changed["key"] == "REQ-1"
    assert changed["fields"] == [{"name": "statement", "old": "只要求八项。", "new": "只要求三项。"}]
    program("POST", "/baselines", {"name": "two"})
    assert program("GET", "/comparison?from=BL-2&to=BL-1").json["added"] == found["removed"]
    day = made.json["at"][:10] if "at" in made.json else "2020-01-01"
    assert program("GET", f"/comparison?from={day}").status_code == 200
    assert [program("GET", f"/comparison?{query}").status_code for query in ("", "from=BL-7", "from=x")] == [
        200,
        404,
        422,
    ]


def test_a_page_costs_the_same_whatever_the_size(scope: World, queries: Queries) -> None:
    analyst = scope.client("analyst")
    analyst.send("/p/CRM/baselines", {"name": "one"})
    counts = []
    for _round in range(2):
        for path in ("/p/CRM/baselines", "/p/CRM/baselines/1"):
            queries.clear()
            analyst.get(path)
            counts.append(len(queries))
        with scope.write("analyst") as scene:
            for number in range(30):
                store.create(
                    scene.actor,
                    scene.project,
                    store.KINDS["requirement"],
                    {"title": f"More {number}", "statement": "x"},
                )
    assert counts[:2] == counts[2:]
    # A dozen of them are the first answer of the gate after a write; the next reader is told from memory.
    assert max(counts) <= 25
