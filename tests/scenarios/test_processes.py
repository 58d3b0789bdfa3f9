"""A process's page: what each step hangs on, gaps, friction against the budget; and the steps that scenarios name."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.accounts.actions import change_project
from reqtrack.errors import Invalid
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.scenarios import queries
from reqtrack.scenarios.friction import Budget, moved, of_process, of_step
from tests.support.caller import Caller, P
from tests.support.world import World

STEPS: list[dict[str, Any]] = [
    {
        "name": "Enter",
        "actor": "Rep",
        "pages": 8,
        "pages_planned": 1,
        "required_fields": 23,
        "required_fields_planned": 3,
    },
    {"name": "Approve", "actor": "Director", "by": "hand", "approvals": 3, "pages": 1},
    {"name": "Send", "actor": "Rep", "pages": 1},
    {"name": "File", "actor": "Clerk"},
]


@pytest.fixture
def order(world: World) -> World:
    """PRC-1 with four steps, of which SCN-1 tells two; what arises from it, and what accepts that."""
    world.cast()
    world.item("process", title="Order", steps=STEPS)
    world.scenario("analyst", title="At the counter", kind="main", process=["PRC-1"], process_steps=[1, 2])
    world.requirement("analyst", title="One page", scenarios=["SCN-1"])
    world.acceptance("analyst", title="One page it is", accepts=["REQ-1"])
    return world


def page_of(world: World, login: str = "analyst") -> queries.Page:
    with world.read(login) as scene:
        item = item_for(scene.actor, scene.project.id, "PRC-1", "process")
        return queries.page_of(scene.actor, scene.project, item)


def test_each_step_shows_what_tells_it(order: World) -> None:
    order.scenario("analyst", title="Of no step", process=["PRC-1"])
    page = page_of(order)
    assert [([one.key for one in row.scenarios], row.gap) for row in page.rows] == [
        (["SCN-1"], False), (["SCN-1"], False), ([], True), ([], True),
    ]  # fmt: skip
    assert [one.key for one in page.rows[0].requirements] == ["REQ-1"]
    assert [(one.key, one.status) for one in page.rows[0].acceptance] == [("ACC-1", "untested")]
    assert (page.gaps, [one.key for one in page.loose]) == (2, ["SCN-2"])
    assert [(name, sorted(at)) for name, at in page.lanes] == [("Rep", [0, 2]), ("Director", [1]), ("Clerk", [3])]


def test_a_retired_scenario_tells_nothing(order: World) -> None:
    with order.write() as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, "SCN-1"), {}, retired=True)
    assert page_of(order).gaps == 4


def test_friction_is_counted_for_the_job(order: World) -> None:
    """Pages and approvals over the whole process, required fields in one step; without a plan a step stays as it is."""
    pages, required, approvals = page_of(order).figures
    assert (pages.now, pages.planned, pages.over_now, pages.over) == (10, 3, True, False)
    assert (required.now, required.planned, required.over_now, required.over) == (23, 3, True, False)
    assert (approvals.now, approvals.planned, approvals.over_now, approvals.over) == (3, 3, True, True)
    with order.write("project_manager") as scene:
        change_project(scene.actor, scene.project, {"most_approvals": 3, "most_pages": 2})
    pages, _required, approvals = page_of(order).figures
    assert (pages.over, approvals.over_now) == (True, False)


def test_what_is_not_known_is_over_nothing() -> None:
    budget = Budget(3, 8, 2)
    assert [(one.known, one.over, one.over_now) for one in of_process([{"id": 1}], budget)] == [(False,) * 3] * 3
    assert not any(one.over for one in of_step({"id": 1, "pages": 3}, budget))
    assert [one.planned for one in of_process([{"pages_planned": 4}], budget)][:1] == [4]
    pairs = moved([{"pages": 8}], [{"pages": 8, "pages_planned": 3}], budget)
    assert [(was.planned, would.planned) for was, would in pairs] == [(8, 3)]


def test_the_page_offers_a_scenario_for_a_gap(order: World) -> None:
    page = order.client("analyst").get("/p/CRM/i/PRC-1").get_data(as_text=True)
    assert page.count("No scenario tells this step.") == 2
    href = "/p/CRM/scenarios/new?kind=main&amp;process=PRC-1&amp;process_steps=3&amp;actor=Rep"
    assert href in page
    form = order.client("analyst").get(href.replace("&amp;", "&")).get_data(as_text=True)
    assert 'value="3" checked' in form and "3. Send" in form and 'value="Rep"' in form
    assert "over the budget" in page
    # Who may not write sees the gap, and no button.
    read = order.client("auditor").get("/p/CRM/i/PRC-1").get_data(as_text=True)
    assert "No scenario tells this step." in read and "Write a scenario for this step" not in read


def test_the_list_tells_steps_gaps_and_friction(order: World) -> None:
    page = order.client("analyst").get("/p/CRM/processes").get_data(as_text=True)
    assert "4 steps" in page and "2 steps without scenario" in page
    assert "Over the budget" in page and "Pages 10 → 3 / 3" in page.replace("\N{NO-BREAK SPACE}", " ")
    shown = Caller(order, "analyst")("GET", "/processes").json["items"][0]
    assert (shown["gaps"], shown["main_flow_only"]) == (2, True)
    assert shown["friction"][0] == {
        "name": "pages", "now": 10, "planned": 3, "most": 3, "over_now": True, "over_planned": False,
    }  # fmt: skip


def test_implementers_see_no_process(order: World) -> None:
    with order.write() as scene:
        store.move(scene.actor, item_for(scene.actor, scene.project.id, "REQ-1"), "approved")
    client = order.client("implementer")
    assert client.get("/p/CRM/i/PRC-1").status_code == 404
    assert "PRC-1" not in client.get("/p/CRM/processes").get_data(as_text=True)
    scenario = client.get("/p/CRM/i/SCN-1").get_data(as_text=True)
    assert "At the counter" in scenario and "Approve" not in scenario and "PRC-1" not in scenario
    program = Caller(order, "implementer")
    assert program("GET", "/processes").json["items"] == []
    told = program("GET", "/scenarios/SCN-1").json
    assert (told["process"], told["process_steps"]) == ([], [])


# -- the steps that a scenario names -----------------------------------------------------------------------------------


def edit(world: World, **fields: Any) -> None:
    with world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "SCN-1")
        store.edit(scene.actor, item, values.parse(KINDS["scenario"], scene.project, fields))


def steps_named(world: World) -> list[int]:
    with world.read() as scene:
        return list(item_for(scene.actor, scene.project.id, "SCN-1").process_steps or ())


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"process_steps": [1, 9]}, "PRC-1 has no step 9"),
        ({"process": []}, "Name one process"),
        ({"process": ["PRC-1", "PRC-2"], "process_steps": [1]}, "Name one process"),
        ({"process": ["PRC-2"], "process_steps": [2]}, "PRC-2 has no step 2"),
    ],
)
def test_steps_are_those_of_one_process(order: World, fields: dict[str, Any], why: str) -> None:
    order.item("process", title="Return", steps=[{"name": "Take back"}])
    given = {"process_steps": [1, 2], **fields}
    with pytest.raises(Invalid) as caught:
        edit(order, **given)
    assert why in str(caught.value) and caught.value.reasons[0].field == "process_steps"
    assert steps_named(order) == [1, 2]


def test_another_process_has_other_steps(order: World) -> None:
    order.item("process", title="Return", steps=[{"name": "Take back"}])
    edit(order, process=["PRC-2"])
    assert steps_named(order) == [], "the numbers were those of the first"
    edit(order, process_steps=[1])
    assert steps_named(order) == [1]


def test_a_step_that_went_is_told_and_stands_in_nobodys_way(order: World) -> None:
    with order.write() as scene:
        item = item_for(scene.actor, scene.project.id, "PRC-1")
        store.edit(scene.actor, item, {"steps": item.steps[1:]})
    page = order.client("analyst").get("/p/CRM/i/SCN-1").get_data(as_text=True)
    assert "Not a step of it any more" in page and "Approve" in page
    edit(order, process=["PRC-1"], process_steps=[1, 2, 3])
    assert steps_named(order) == [1, 2, 3]
    form = order.client("analyst").get("/p/CRM/i/SCN-1/edit").get_data(as_text=True)
    assert "Step 1, which the process does not have" in form


def test_steps_are_ticked_by_name(order: World) -> None:
    client, within = order.client("analyst"), {"HX-Request": "true"}
    boxes = client.get("/p/CRM/processes/steps?process=PRC-1&process_steps=2", headers=within).get_data(as_text=True)
    assert boxes.count('type="checkbox"') == 4 and 'value="2" checked' in boxes
    assert 'type="checkbox"' not in client.get("/p/CRM/processes/steps?process=PRC-9", headers=within).get_data(
        as_text=True
    )
    sent = {"_fields": "process process_steps", "process": "PRC-1", "process_steps": ["2", "3"], "seen": "1"}
    assert client.send("/p/CRM/i/SCN-1/edit", sent).status_code == 303
    assert steps_named(order) == [2, 3]
    # Without scripts: plain numbers.
    plain = {"_fields": "title process process_steps", "title": "More", "process": "PRC-1", "process_steps": "4, 1"}
    assert client.send("/p/CRM/scenarios/new", plain).status_code == 303
    assert client.get("/p/CRM/processes/steps", headers=within).status_code == 200
    # By itself: a new scenario of that process.
    alone = client.get("/p/CRM/processes/steps?process=PRC-1")
    assert (alone.status_code, alone.location) == (303, "/p/CRM/scenarios/new?process=PRC-1")
    hidden = order.client("implementer").get("/p/CRM/processes/steps?process=PRC-1", headers=within)
    assert "Enter" not in hidden.get_data(as_text=True)


# -- over REST ---------------------------------------------------------------------------------------------------------


def test_a_process_goes_round_over_rest(order: World) -> None:
    analyst = Caller(order, "analyst")
    read = analyst("GET", "/processes/PRC-1").json
    assert read["steps"][0] == {"id": 1, **STEPS[0]}
    made = analyst("POST", "/processes", {"title": "Copy", "kind": "side", "steps": read["steps"]})
    assert (made.status_code, made.json["steps"]) == (201, read["steps"])
    key = made.json["key"]
    steps = [*read["steps"][1:], {"name": "Ship", "pages_planned": 0}]
    told = analyst("PATCH", f"/processes/{key}", {"steps": steps}, If_Match='"1"')
    assert [step["id"] for step in told.json["steps"]] == [2, 3, 4, 5]
    wrong = analyst("PATCH", f"/processes/{key}", {"steps": [{"id": 1, "name": "x", "colour": "red"}]}, If_Match='"2"')
    assert wrong.status_code == 422
    history = analyst("GET", f"/processes/{key}/history").json["items"]
    assert history[-1]["content"]["steps"] == read["steps"]
    assert P  # the project's base address


def test_the_budget_is_a_setting_of_the_project(order: World) -> None:
    client = order.client("project_manager")
    page = client.get("/p/CRM/settings").get_data(as_text=True)
    assert 'name="most_pages"' in page and 'value="3"' in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    wrong = client.send("/p/CRM/settings", {"seen": seen, "most_pages": "lots", "most_approvals": "1"})
    assert wrong.status_code == 422 and "whole number up to 999" in wrong.get_data(as_text=True)
    assert client.send("/p/CRM/settings", {"seen": seen, "most_pages": "5", "most_approvals": "1"}).status_code == 303
    manager = Caller(order, "project_manager", "admin")
    told = manager("GET", "/api/v1/projects/CRM").json
    assert (told["most_pages"], told["most_required_fields"], told["most_approvals"]) == (5, 8, 1)
    patched = manager("PATCH", "/api/v1/projects/CRM", {"most_pages": 4}, If_Match=f'"{told["version"]}"')
    assert patched.json["most_pages"] == 4
    again = f'"{patched.json["version"]}"'
    assert manager("PATCH", "/api/v1/projects/CRM", {"most_pages": None}, If_Match=again).status_code == 422
