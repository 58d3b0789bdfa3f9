"""The board by stage, tier and phase: what a card says, and what moving it means."""

from __future__ import annotations

import re
from typing import Any

import pytest
from markupsafe import Markup
from playwright.sync_api import expect

from reqtrack.changes import actions, pages, queries
from reqtrack.rendering.keys import whole
from reqtrack.web import words
from tests.changes.conftest import Desk
from tests.support.browser import overflow, sign_in, violations


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def cells(desk: Desk, by: str = "stage", login: str = "contributor") -> dict[str, list[dict[str, Any]]]:
    with desk.world.app.test_request_context("/"), desk.world.read(login) as scene:
        told = pages.board(scene.actor, scene.project, {"by": by})
        return {one["id"]: cards for one, cards in zip(told["columns"], told["lane"]["cells"], strict=True)}


def keys(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    return {name: [one["key"] for one in cards] for name, cards in found.items() if cards}


def move(desk: Desk, key: str, to: str, by: str = "stage", login: str = "contributor") -> str:
    answer = desk.world.client(login).get(f"/p/CRM/changes/{key}/move?by={by}&to={to}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_card_says_with_whom_it_is(desk: Desk, req: str) -> None:
    draft = desk.log(edits=edits(req))
    assessed = desk.log(edits=edits(req, "One."))
    desk.submit(assessed)
    decided = desk.deciding(edits=edits(req, "None."))
    back = desk.deciding(edits=edits(req, "Four."))
    desk.do(back, actions.ask, "Why four?", by="project_manager")
    told = {one["key"]: one for cards in cells(desk).values() for one in cards}
    assert [told[one]["asked"] for one in (draft, assessed, decided, back)] == ["", "林知夏", "周岚", "李晓梅"]
    assert keys(cells(desk)) == {"draft": [draft], "assessing": [assessed], "deciding": [back, decided]}
    assert "0.5 d" in told[decided]["foot"]


def test_of_two_seats_who_has_not_voted_is_asked(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=12, edits=edits(req))
    assert cells(desk)["deciding"][0]["asked"] in ("陈立群 and 方文", "陈立群, 方文")
    desk.decide(key, by="business_owner")
    assert cells(desk)["deciding"][0]["asked"] == "方文"


def test_a_stage_is_said_once(desk: Desk, req: str) -> None:
    back = desk.deciding(edits=edits(req), phase="Phase 1")
    desk.do(back, actions.ask, "Why four?", by="project_manager")
    by_stage, by_phase = (
        next(one for cards in cells(desk, by).values() for one in cards if one["key"] == back)
        for by in ("stage", "phase")
    )
    assert by_stage["stage"] == "" and len(by_stage["flags"]) == 1, "its column is where it came from"
    assert by_phase["stage"] == "needs_information" and by_phase["flags"] == []


@pytest.mark.sqlite  # words alone
def test_many_names_are_counted(desk: Desk) -> None:
    app = desk.world.app
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert words.some(["A", "B"]) == "A, B" and words.some(["A", "B", "C"]) == "A, B and others (3)"
        assert words.pair("A", 1) == "A: 1" and words.beside("A", 1) == "A (1)" and words.clauses(["A", "B"]) == "A; B"
        assert whole("<b> REQ-12") == '&lt;b&gt; <span class="rq-nowrap">REQ-12</span>'
        assert whole(Markup("<b>REQ-12</b>")) == "<b>REQ-12</b>"
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert words.pair("A", 1) == "A：1" and words.beside("A", 1) == "A（1）" and words.clauses(["A", "B"]) == "A；B"


def test_by_tier_and_phase_those_under_way(desk: Desk, req: str) -> None:
    first, second = desk.log(edits=edits(req), tier="must", phase="Phase 1"), desk.log()
    gone = desk.log()
    desk.do(gone, actions.withdraw, by="contributor")
    assert keys(cells(desk, "tier")) == {"must": [first], "none": [second]}
    number = str(desk.phases()["Phase 1"])
    assert keys(cells(desk, "phase")) == {number: [first], "none": [second]}


def test_each_column_shows_the_first_and_counts_the_rest(desk: Desk) -> None:
    for _number in range(queries.OF_EACH + 3):
        desk.log()
    page = desk.world.client("contributor").get("/p/CRM/changes").text
    assert page.count('class="rq-card"') == queries.OF_EACH
    assert "and 3 more" in page
    more = re.search(r'href="([^"]+)">and 3 more', page)
    assert more is not None
    assert desk.world.client("contributor").get(more[1].replace("&amp;", "&")).text.count("<tr") >= queries.OF_EACH + 3
    tier = desk.world.client("contributor").get("/p/CRM/changes?by=tier").text
    more = re.search(r'href="([^"]+)">and 3 more', tier)
    assert more is not None
    assert desk.world.client("contributor").get(more[1].replace("&amp;", "&")).text.count("<tr") >= queries.OF_EACH + 3


def test_the_board_asks_as_often_for_many_as_for_few(desk: Desk, req: str, queries: Any) -> None:
    def asked() -> int:
        with desk.world.app.test_request_context("/"), desk.world.read("auditor") as scene:
            queries.clear()
            pages.board(scene.actor, scene.project, {})
            return len(queries)

    desk.deciding(edits=edits(req))
    few = asked()
    for number in range(5):
        desk.deciding(edits=edits(req, f"{number} levels."))
    # Six; and three whose answers are kept until something is written.
    assert asked() <= few <= 9


def test_moving_a_card_means_the_lawful_move(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req))
    assert "Submit it" in move(desk, key, "assessing")
    assert "Nobody moves it there by hand" in move(desk, key, "deciding")
    assert "Nobody moves it there by hand" in move(desk, key, "applied")
    assert "Withdraw it" in move(desk, key, "closed")
    assert "It is there already" in move(desk, key, "draft")
    desk.world.member("polymath", "analyst", "contributor")
    client = desk.world.client("contributor")
    form = re.search(
        r'action="(/p/CRM/changes/CR-1/submission)".*?name="seen" value="(\w+)"', move(desk, key, "assessing"), re.S
    )
    assert form is not None
    assert client.send(form[1], {"seen": form[2]}).status_code == 303
    assert desk.stage(key) == "assessing"
    assert "It waits for an assessment by" in move(desk, key, "deciding")
    assert "Assess it" in move(desk, key, "deciding", login="polymath")
    desk.assess(key)
    assert "The assessment of CR-1 is current" in move(desk, key, "assessing")
    assert "so somebody else decides it" in move(desk, key, "applied")
    assert "See the impact and decide" in move(desk, key, "applied", login="project_manager")
    desk.decide(key)
    assert "Close it" in move(desk, key, "closed")
    assert "what was decided stays" in move(desk, key, "deciding")


def test_a_tier_or_phase_column_proposes_it(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req))
    client = desk.world.client("contributor")
    seen = desk.read(key).version
    assert "proposes the priority" in move(desk, key, "must", "tier")
    sent = client.send(f"/p/CRM/changes/{key}/placement", {"by": "tier", "to": "must", "seen": seen})
    assert sent.status_code == 303 and sent.location.endswith("/p/CRM/changes?by=tier")
    assert desk.read(key).tier == "must"
    # What moved meanwhile is looked at first.
    sent = client.send(f"/p/CRM/changes/{key}/placement", {"by": "tier", "to": "later", "seen": seen})
    assert sent.location.endswith(f"/changes/{key}")
    assert desk.read(key).tier == "must"
    number = desk.phases()["Phase 1"]
    client.send(f"/p/CRM/changes/{key}/placement", {"by": "phase", "to": number, "seen": desk.read(key).version})
    assert desk.read(key).phase_id == number
    client.send(f"/p/CRM/changes/{key}/placement", {"by": "phase", "to": "none", "seen": desk.read(key).version})
    assert desk.read(key).phase_id is None
    for wrong in (
        {"by": "stage", "to": "applied", "seen": 1},
        {"by": "tier", "to": "huge", "seen": 1},
        {"by": "tier", "to": "must"},
    ):
        assert client.send(f"/p/CRM/changes/{key}/placement", wrong).status_code == 422, wrong
    desk.do(key, actions.withdraw, by="contributor")
    assert "what it says stays as it was decided" in move(desk, key, "should", "tier")
    body = {"by": "tier", "to": "should", "seen": desk.read(key).version}
    assert client.send(f"/p/CRM/changes/{key}/placement", body).status_code == 409


def test_a_card_is_dragged_and_moved_by_keyboard(desk: Desk, req: str, en_desktop: Any) -> None:
    key = desk.log(edits=edits(req))
    page = en_desktop
    sign_in(page, "contributor")
    page.goto("/p/CRM/changes?by=tier")
    assert violations(page) == []
    page.locator("[data-column=none] .rq-card").drag_to(page.locator("[data-column=must]"))
    page.get_by_role("heading", name=f"Move {key} to “Must have”").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Propose it").click()
    page.locator("[data-column=must] .rq-card").wait_for()
    # The same by keyboard alone, on a stage.
    page.goto("/p/CRM/changes")
    page.locator("[data-column=draft] .rq-card-link").focus()
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Submit it").press("Enter")
    page.wait_for_url(f"**/changes/{key}")
    assert desk.stage(key) == "assessing"


def test_a_card_is_moved_on_a_phone(desk: Desk, req: str, zh_phone: Any) -> None:
    key = desk.log(edits=edits(req))
    page = zh_phone
    sign_in(page, "contributor")
    page.goto("/p/CRM/changes")
    assert violations(page) == [] and overflow(page) <= 0
    # Which columns there are is seen above, and leads there; what nobody can do with a thumb is not spoken of.
    column = page.locator("[data-column=closed]")
    expect(column).not_to_be_in_viewport()
    page.locator(".rq-board-jump a[href$=column-closed]").tap()
    expect(column).to_be_in_viewport()
    assert "M" not in page.locator("main").inner_text().replace("CRM", "")
    card = page.locator("[data-column=draft] .rq-card")
    card.locator("summary").click()
    card.locator(".rq-menu a").last.click()
    page.wait_for_url("**/move**")
    assert violations(page) == [] and overflow(page) <= 0
    page.locator("form[action$=withdrawal] button[type=submit]").click()
    page.wait_for_url(f"**/changes/{key}")
    assert desk.stage(key) == "withdrawn"
