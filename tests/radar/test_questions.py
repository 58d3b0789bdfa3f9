"""Questions on any item: whom they are for, the list of a project, in whose My work they stand."""

from __future__ import annotations

from datetime import timedelta

from reqtrack import clock
from reqtrack.interviews import actions as interviews
from reqtrack.interviews import queries
from reqtrack.items import actions as talk
from reqtrack.items.queries import item_for
from tests.interviews.test_interviews import prepared
from tests.support.caller import Caller
from tests.support.world import World


def asked(world: World) -> None:
    """Three questions at a requirement: to nobody, to the business owner, to 李娜, who then gets an account."""
    prepared(world)
    world.requirement("analyst", title="报价当天能出", statement="当天。")
    browser = world.client("analyst")
    for sent in (
        {"body": "谁定的？", "asked": ""},
        {"body": "几个点？", "asked": "login:business_owner"},
        {"body": "张伟说的慢，有多慢？", "asked": "person:2"},
    ):
        assert browser.send("/p/CRM/i/REQ-1/ask", sent).status_code == 303


def test_the_list_tells_what_waits_for_whom_and_how_long(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=3)):
        asked(world)
    page = world.client("analyst").get("/p/CRM/questions").text
    for words in (
        "谁定的？",
        "几个点？",
        "林知夏 asks 陈立群",
        "林知夏 asks 李娜",
        "waits for 3 days",
        "asked by 林知夏, of nobody in particular",
    ):
        assert words in page
    others = world.client("business_owner").get("/p/CRM/questions").text
    assert "林知夏 asks 客服部" in others and "李娜" not in others and "张伟" not in others and "for you" in others
    mine = world.client("business_owner").get("/p/CRM/questions?state=mine").text
    assert "几个点？" in mine and "谁定的？" not in mine


def test_an_answer_moves_it_to_the_answered(world: World) -> None:
    asked(world)
    world.client("business_owner").send("/p/CRM/i/REQ-1/comments", {"body": "两个点。", "answers": "2"})
    assert "几个点？" not in world.client("analyst").get("/p/CRM/questions").text
    page = world.client("analyst").get("/p/CRM/questions?state=answered").text
    assert "几个点？" in page and "两个点。" in page and "陈立群" in page


def test_a_stakeholder_with_an_account_finds_it_in_my_work(world: World) -> None:
    asked(world)
    assert "有多慢" not in world.client("contributor").get("/").text
    with world.write("analyst") as scene:
        person = queries.stakeholder_for(scene.actor, scene.project.id, 2)
        interviews.change_stakeholder(scene.actor, person, {"user": "contributor"})
    page = world.client("contributor").get("/").text
    assert "有多慢" in page and "张伟" not in page
    assert "有多慢" in world.client("contributor").get("/p/CRM/questions?state=mine").text


def test_who_may_not_read_interviews_puts_questions_to_members_only(world: World) -> None:
    prepared(world)
    world.requirement("analyst", title="报价", statement="当天。")
    with world.write("analyst") as scene:
        talk.ask(scene.actor, item_for(scene.actor, scene.project.id, "INT-1"), "访谈里的？", None)
    offered = world.client("implementer")
    assert "访谈里的？" not in offered.get("/p/CRM/questions").text
    assert "person:" in world.client("tester").get("/p/CRM/i/REQ-1/ask").text


def test_over_rest(world: World) -> None:
    asked(world)
    caller = Caller(world, "analyst")
    client, headers = world.client("analyst"), caller.headers
    base = "/api/v1/projects/CRM"
    with world.write("analyst") as scene:
        quote = interviews.mark(scene.actor, item_for(scene.actor, scene.project.id, "INT-1"), "便宜两个点").id
    body = {"item": "INT-1", "body": "谁批的？", "stakeholder": 1, "excerpt": quote}
    made = client.post(f"{base}/questions", json=body, headers=headers)
    assert made.status_code == 201
    assert (made.json["stakeholder"], made.json["excerpt"], made.json["asked_role"]) == (1, quote, "张伟")
    told = client.get(made.headers["Location"], headers=Caller(world, "auditor").headers).json
    assert told["asked_role"] == "销售部"
    answered = client.post(f"{base}/questions/{made.json['id']}/answers", json={"body": "我。"}, headers=headers)
    assert answered.status_code == 201 and answered.json["answers"] == made.json["id"]
    states = {
        state: {one["id"] for one in client.get(f"{base}/questions?state={state}", headers=headers).json["items"]}
        for state in ("open", "answered")
    }
    assert states["answered"] == {made.json["id"]} and len(states["open"]) == 3
    for wrong in ({"asked": "nobody"}, {"stakeholder": 99}, {"excerpt": 99}):
        sent = {"item": "INT-1", "body": "?", **wrong}
        assert client.post(f"{base}/questions", json=sent, headers=headers).status_code == 422, wrong
    assert client.get(f"{base}/questions?state=lost", headers=headers).status_code == 422
