"""What an edit of the package would make asked for again is said before anybody edits; and it is what then is so."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest

from reqtrack import clock, workdays
from reqtrack.changes import actions, queries
from reqtrack.changes.again import NOTHING, Again
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_stages import QUALITY, STEERING, pass_on, set_flows

BASE = "/p/CRM/changes"


@pytest.fixture
def acc(desk: Desk, req: str) -> str:
    return desk.world.acceptance(title="A", then=["x"], accepts=[req])


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def told(desk: Desk, key: str, by: str = "contributor") -> Again:
    """What the page of a change says, and what its forms say: the same."""
    with desk.world.read(by) as scene:
        change = queries.change_for(scene.actor, scene.project.id, key)
        page = queries.change_page(scene.actor, change)
        assert queries.again_of(scene.actor, page.dossier) == page.again
        return page.again


def line(desk: Desk, path: str, by: str = "contributor") -> str:
    """The line as a page shows it; "" where there is none."""
    answer = desk.world.client(by).get(f"{BASE}/{path}")
    assert answer.status_code == 200
    found = re.search(r'<p class="[^"]*rq-again">.*?</svg>(.*?)</p>', answer.text, re.S)
    return html.unescape(found[1]).strip() if found else ""


def test_what_an_edit_costs_is_said_where_one_edits(desk: Desk, req: str, acc: str) -> None:
    key = desk.deciding(edits=edits(req), likely=12)
    assert told(desk, key) == Again(assessments=1)
    desk.decide(key, by="business_owner", tier="should", phase="Phase 1")
    assert desk.stage(key) == "deciding" and told(desk, key) == Again(assessments=1, approvals=1)
    said = "With an edit here, 1 assessment and 1 approval would be asked for again."
    for path in (key, f"{key}/items/{req}", f"{key}/items/{acc}", f"{key}/new/requirement"):
        assert line(desk, path) == said, path
    assert line(desk, f"{key}/edit") == said.replace("an edit here", "another title or reason")
    assert line(desk, f"{key}/impact") == "With an item more or less, 1 assessment would be asked for again."
    api = Caller(desk.world, "contributor")
    costs = {"assessments": 1, "estimates": 0, "approvals": 1, "confirmations": 0, "silence": False, "back_to": None}
    assert api("GET", f"/changes/{key}/impact").json["asked_again"] == costs
    # Who may not edit it is not told what it would cost them.
    assert line(desk, key, "auditor") == ""
    # It is what then is so.
    desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
    assert told(desk, key) == NOTHING
    assert api("GET", f"/changes/{key}/impact").json["asked_again"] == {**costs, "assessments": 0, "approvals": 0}
    found = desk.dossier(key)
    with desk.world.read("contributor") as scene:
        page = queries.change_page(scene.actor, queries.change_for(scene.actor, scene.project.id, key))
        assert [one.void for one in page.votes] == [True] and page.outdated and page.still_asked
    assert [one.package_print == found.package_print for one in found.heard] == [False]
    for path in (key, f"{key}/items/{req}", f"{key}/new/requirement", f"{key}/edit", f"{key}/impact"):
        assert line(desk, path) == "", path


def test_nothing_is_said_where_nothing_would_be_void(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req))
    assert told(desk, key) == NOTHING and line(desk, key) == line(desk, f"{key}/items/{req}") == ""
    desk.submit(key)
    assert told(desk, key) == NOTHING and line(desk, key) == line(desk, f"{key}/items/{req}") == ""
    # An assessment of what has moved since is asked for already.
    desk.assess(key)
    assert told(desk, key) == Again(assessments=1)
    desk.world_edit(req, title="Offers are approved")
    assert told(desk, key) == NOTHING
    desk.assess(key)
    desk.decide(key, proved=True)
    assert desk.stage(key) == "applied" and told(desk, key) == NOTHING and line(desk, key) == ""


def test_several_of_each_are_counted(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req), assessors=["analyst", "implementer"])
    assert told(desk, key) == Again(assessments=2)
    assert line(desk, key) == "With an edit here, 2 assessments would be asked for again."


def test_who_asked_would_confirm_the_text_again(desk: Desk, req: str) -> None:
    key = desk.log("analyst", edits=edits(req), asked_by="contributor")
    desk.do(key, actions.confirm, by="contributor")
    assert told(desk, key) == Again(confirmations=1)
    assert line(desk, key) == "With an edit here, 1 confirmation would be asked for again."


def test_a_stage_passed_is_gone_back_to(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [QUALITY]})
    key = desk.deciding(edits=edits(req))
    assert told(desk, key) == Again(assessments=1)
    pass_on(desk, key, "project_manager", "It is testable.")
    assert "Once it is edited, it goes back to “Quality check”." in line(desk, f"{key}/items/{req}")
    assert line(desk, key) == line(desk, f"{key}/items/{req}")
    desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
    assert desk.read(key).sub_stage == "quality" and told(desk, key) == NOTHING


def test_the_time_to_object_ends(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req))
    day = workdays.of(desk.read_project().calendar).later(clock.today(desk.read_project().zone), 5)
    desk.do(key, actions.offer_silence, day, by="contributor")
    assert told(desk, key) == Again(assessments=1, silence=True)
    assert line(desk, key).endswith("Once it is edited, it no longer takes effect because nobody objects.")
    desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
    assert told(desk, key) == NOTHING


def test_an_emergency_passed_on_goes_back_as_its_forms_say(desk: Desk, req: str) -> None:
    set_flows(desk, kinds={"emergency": {"added": [STEERING]}})
    key = desk.log(edits=edits(req), kind="emergency")
    desk.submit(key)
    assert desk.read(key).sub_stage == "steering" and told(desk, key) == NOTHING
    pass_on(desk, key, "sponsor")
    found = desk.read(key)
    assert (found.stage, found.sub_stage) == ("deciding", None)
    back = told(desk, key).back
    assert back is not None and back.code == "steering"
    for path in (key, f"{key}/edit", f"{key}/items/{req}", f"{key}/new/requirement"):
        assert line(desk, path) == "Once it is edited, it goes back to “Steering”.", path
    api = Caller(desk.world, "contributor")
    assert api("GET", f"/changes/{key}/impact").json["asked_again"]["back_to"] == "steering"
    # It is what then is so.
    desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
    found = desk.read(key)
    assert (found.stage, found.sub_stage) == ("deciding", "steering") and told(desk, key) == NOTHING
    assert (
        line(desk, f"{key}/edit") == "" and api("GET", f"/changes/{key}/impact").json["asked_again"]["back_to"] is None
    )


def put_up(desk: Desk, key: str) -> date:
    """Put a change up for objections; the last day for them."""
    project = desk.read_project()
    day = workdays.of(project.calendar).later(clock.today(project.zone), 5)
    found: date = desk.do(key, actions.offer_silence, day, by="contributor")
    return found


@pytest.mark.parametrize("assessed", [False, True])
def test_an_item_put_in_by_hand_ends_the_time_to_object_unless_it_is_assessed_again(
    desk: Desk, req: str, assessed: bool
) -> None:
    key = desk.deciding(edits=edits(req))
    other = desk.world.requirement(title="Another", statement="Three.", tier="should")
    asked = "With an item more or less, 1 assessment would be asked for again."
    assert line(desk, f"{key}/impact") == asked
    day = put_up(desk, key)
    said = f"{asked} Unless it is assessed again in time, it no longer takes effect because nobody objects."
    assert line(desk, f"{key}/impact") == line(desk, f"{key}/impact?depth=1") == said
    # It is what then is so.
    desk.do(key, actions.touch, other, by="contributor")
    assert line(desk, f"{key}/impact") == ""
    if assessed:
        desk.assess(key)
        assert line(desk, f"{key}/impact") == said
    with clock.at(clock.now() + timedelta(days=(day - clock.today(desk.read_project().zone)).days + 1)):
        assert desk.do(key, actions.pass_by_silence, by="project_manager") is assessed
    assert desk.stage(key) == ("applied" if assessed else "deciding") and desk.read(key).silent_until is None


def test_what_is_not_what_nobody_objected_to_loses_no_time_to_object(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req), tier="should", phase="Phase 1")
    put_up(desk, key)
    desk.do(key, actions.edit_content, {"tier": "later"}, by="contributor")
    assert told(desk, key) == Again(assessments=1), "another priority ended it already"
    assert line(desk, f"{key}/impact") == "With an item more or less, 1 assessment would be asked for again."
