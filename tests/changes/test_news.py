"""What changed for somebody: owners, testers and people whose job was heard are told, until they say that they have seen it."""

from __future__ import annotations

from datetime import timedelta

from reqtrack import clock
from reqtrack.changes import actions, queries
from reqtrack.interviews import actions as interviews
from reqtrack.items import store, values
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_reverting import apply


def news(desk: Desk, by: str) -> list[queries.News]:
    with desk.world.read(by) as scene:
        return queries.news_for(scene.actor)


def test_owners_and_testers_are_told_until_they_have_seen_it(desk: Desk, req: str) -> None:
    owned = desk.world.requirement(title="Mine", owner="analyst")
    accepting = desk.world.acceptance(title="A", then=["x"], accepts=[owned])
    desk.round(accepting)
    key = apply(desk, [{"item": owned, "field": "statement", "new": "Two."}])
    (told,) = news(desk, "analyst")
    assert (told.key, list(told.owned), list(told.tested)) == (key, [owned], [])
    (told,) = news(desk, "tester")
    assert (list(told.owned), list(told.tested)) == ([], [accepting])
    assert news(desk, "contributor") == news(desk, "auditor") == []
    desk.do(key, actions.see, by="analyst")
    assert news(desk, "analyst") == [] and len(news(desk, "tester")) == 1


def test_it_is_no_news_after_a_month(desk: Desk) -> None:
    owned = desk.world.requirement(title="Mine", owner="analyst")
    apply(desk, [{"item": owned, "field": "statement", "new": "Two."}])
    assert len(news(desk, "analyst")) == 1
    with clock.at(clock.now() + timedelta(days=31)):
        assert news(desk, "analyst") == []


def test_it_is_told_on_my_work_and_on_the_item_and_done_there(desk: Desk) -> None:
    owned = desk.world.requirement(title="Mine", owner="analyst")
    key = apply(desk, [{"item": owned, "field": "statement", "new": "Two."}])
    client = desk.world.client("analyst")
    assert "What changed for you" in client.get("/").text
    assert "What changed for you" in client.get(f"/p/CRM/i/{owned}").text
    sent = client.send(f"/p/CRM/changes/{key}/seen", {"item": owned})
    assert sent.status_code == 303 and sent.headers["Location"].endswith(f"/p/CRM/i/{owned}")
    assert "What changed for you" not in client.get("/").text
    assert "What changed for you" not in client.get(f"/p/CRM/i/{owned}").text


def test_over_the_api(desk: Desk) -> None:
    owned = desk.world.requirement(title="Mine", owner="analyst")
    key = apply(desk, [{"item": owned, "field": "statement", "new": "Two."}])
    client = Caller(desk.world, "analyst")
    (told,) = client("GET", "/news").json["items"]
    assert (told["change"], told["owned"]) == (key, [owned])
    assert client("POST", f"/changes/{key}/seen", {}).status_code == 201
    assert client("GET", "/news").json["items"] == []
    draft = desk.log()
    assert client("POST", f"/changes/{draft}/seen", {}).status_code == 409


def test_who_does_such_work_is_told(desk: Desk, req: str) -> None:
    """Words of a sales rep stand behind it: another sales rep, who has an account, is told; somebody of another job is not."""
    with desk.world.write("analyst") as scene:
        facts = {"job_role": "Sales rep", "department": "Sales", "level": "frontline"}
        said = interviews.add_stakeholder(scene.actor, scene.project, {**facts, "name": "Old Tom"})
        interviews.add_stakeholder(scene.actor, scene.project, {**facts, "user": "contributor"})
        interviews.add_stakeholder(scene.actor, scene.project, {**facts, "job_role": "Cook", "user": "tester"})
        kind = desk.kind("interview")
        told = {"title": "Talk", "notes": "It takes three days.", "stakeholders": [said.id]}
        talked = store.create(scene.actor, scene.project, kind, values.parse(kind, scene.project, told))
        interviews.back(scene.actor, desk.item(scene, req), [interviews.mark(scene.actor, talked, "three days")])
    key = apply(desk, [{"item": req, "field": "statement", "new": "Two."}])
    (news_,) = news(desk, "contributor")
    assert (news_.key, news_.heard, list(news_.wrote)) == (key, True, [req])
    assert news(desk, "tester") == []
    page = desk.world.client("contributor").get("/").text
    assert "People with your job were heard on it" in page and "Old Tom" not in page
