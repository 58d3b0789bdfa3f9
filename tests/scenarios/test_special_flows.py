"""Special flows: what is asked of each main scenario, how it is answered, who may know whom one asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack import clock
from reqtrack.audit.models import Event
from reqtrack.audit.verify import verify
from reqtrack.db import db
from reqtrack.errors import YES, Invalid, Refused, no
from reqtrack.interviews.actions import add_stakeholder
from reqtrack.items import store
from reqtrack.items.queries import item_for
from reqtrack.scenarios import actions, policy, queries
from reqtrack.scenarios.flows import SHIPPED
from reqtrack.scenarios.models import FlowReply
from tests.support.caller import Caller
from tests.support.world import World

ON = date(2026, 3, 2)
NAME = "Quillon Zarathustra"


@pytest.fixture
def counter(world: World) -> World:
    """SCN-1 is a main scenario, SCN-2 an exception; stakeholder 1 was asked."""
    world.cast()
    world.item("process", title="Order", steps=[{"name": "Enter", "actor": "Rep"}])
    world.scenario("analyst", title="At the counter", kind="main", actor="Rep", process=["PRC-1"], process_steps=[1])
    world.scenario("analyst", title="The line is dead", kind="exception")
    with world.write("analyst") as scene:
        add_stakeholder(scene.actor, scene.project, {"name": NAME, "department": "Sales", "job_role": "Rep"})
    return world


def scenario(scene: Any, key: str = "SCN-1") -> Any:
    return item_for(scene.actor, scene.project.id, key, "scenario")


def tell(world: World, code: str = "offline", by: str = "analyst", key: str = "SCN-2") -> int:
    with world.write(by) as scene:
        return actions.tell_flow(scene.actor, scenario(scene), code, scenario(scene, key)).id


def none(world: World, code: str = "return", by: str = "analyst", **about: Any) -> int:
    with world.write(by) as scene:
        return actions.say_none(scene.actor, scenario(scene), code, **about).id


def flows(world: World, login: str = "analyst") -> dict[str, list[tuple[str, str]]]:
    """What is known, by prompt: ``(key of the scenario, who was asked)``."""
    with world.read(login) as scene:
        return {
            one.prompt.code: [(reply.key, reply.who) for reply in one.replies]
            for one in queries.flows(scene.actor, scenario(scene))
        }


def test_silence_is_a_gap(counter: World) -> None:
    assert len(SHIPPED) == 12
    assert flows(counter) == {one.code: [] for one in SHIPPED}
    page = counter.client("analyst").get("/p/CRM/i/SCN-1").get_data(as_text=True)
    assert "0 of 12 answered" in page and page.count(">Write it<") == 12
    # Of others nothing is asked.
    assert 'id="special-flows"' not in counter.client("analyst").get("/p/CRM/i/SCN-2").get_data(as_text=True)


def test_a_scenario_tells_it(counter: World) -> None:
    tell(counter)
    assert flows(counter)["offline"] == [("SCN-2", "")]
    page = counter.client("auditor").get("/p/CRM/i/SCN-1").get_data(as_text=True)
    assert "1 of 12 answered" in page and "The line is dead" in page and "Write it" not in page
    with pytest.raises(Invalid, match="SCN-2 tells it already"):
        tell(counter)
    with pytest.raises(Invalid, match="does not tell its own"):
        tell(counter, key="SCN-1")
    # Retired, it tells nothing any more: the gap is open again.
    with counter.write() as scene:
        store.edit(scene.actor, scenario(scene, "SCN-2"), {}, retired=True)
    assert flows(counter)["offline"] == []
    with pytest.raises(Invalid, match="SCN-2 is retired"):
        tell(counter, "return")


def test_somebody_asked_knew_of_none(counter: World) -> None:
    none(counter, stakeholder=1, asked_on=ON)
    assert flows(counter)["return"] == [("", NAME)]
    with counter.read("analyst") as scene:
        (reply,) = queries.replies(scene.actor, scenario(scene))
        assert (reply.stakeholder, reply.asked_on, reply.author) == (1, ON, "analyst")
    page = counter.client("analyst").get("/p/CRM/i/SCN-1").get_data(as_text=True)
    assert f"None known, asked {NAME} on" in page


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({}, "Say who was asked"),
        ({"stakeholder": 1, "asked": "Somebody"}, "Say who was asked"),
        ({"asked": "x" * 201}, "at most 200"),
        ({"asked": "Somebody", "asked_on": clock.now().date() + timedelta(days=3)}, "still to come"),
    ],
)
@pytest.mark.sqlite
def test_what_does_not_fit_is_told(counter: World, about: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        none(counter, **about)


def test_an_answer_is_replaced_and_taken_back_and_stays_in_the_history(counter: World) -> None:
    none(counter, "offline", stakeholder=1)
    none(counter, "offline", asked="Old Tom")
    assert len(flows(counter)["offline"]) == 2
    number = tell(counter)
    assert flows(counter)["offline"] == [("SCN-2", "")]
    with pytest.raises(Refused, match="SCN-2 tells it"):
        none(counter, "offline", asked="Old Tom")
    with counter.write("analyst") as scene:
        actions.end_reply(scene.actor, scenario(scene), number)
    assert flows(counter)["offline"] == []
    with counter.read() as scene:
        rows = db.session.execute(select(FlowReply)).scalars().all()
        assert len(rows) == 3 and all(row.until for row in rows)
        told = db.session.execute(
            select(Event.action).where(Event.subject == "SCN-1", Event.action.startswith("flow."))
        )
        assert list(told.scalars()) == ["flow.none_known", "flow.none_known", "flow.told", "flow.ended"]
        assert verify().problems == []
    page = counter.client("analyst").get("/p/CRM/i/SCN-1").get_data(as_text=True)
    assert "said that SCN-2 tells a special flow" in page
    assert counter.client("analyst").send(f"/p/CRM/i/SCN-1/special-flows/{number}/end").status_code == 404


def test_who_was_asked_is_told_to_those_who_may_know(counter: World) -> None:
    """A stakeholder's name as everywhere; a written name to analysts and to who wrote it. Nowhere else: not in the chain."""
    none(counter, "return", "project_manager", stakeholder=1)
    none(counter, "offline", "project_manager", asked="Thorvald Vexley")
    assert flows(counter, "analyst")["offline"] == [("", "Thorvald Vexley")]
    assert flows(counter, "project_manager")["offline"] == [("", "Thorvald Vexley")]
    assert flows(counter, "project_manager")["return"] == [("", "Sales")]
    assert flows(counter, "auditor")["offline"] == [("", "a stakeholder")]
    for login in ("project_manager", "business_owner", "tester", "auditor", "implementer"):
        client, program = counter.client(login), Caller(counter, login)
        pages = [client.get(url).get_data(as_text=True) for url in (
            "/p/CRM/i/SCN-1", "/p/CRM/i/SCN-1/special-flows/return", "/p/CRM/scenarios", "/p/CRM/search?q=Zarathustra")]  # fmt: skip
        pages += [program("GET", url).text for url in ("/scenarios/SCN-1/special-flows", "/scenarios/SCN-1", "/events")]
        assert not any(NAME in one for one in pages), login
        assert login == "project_manager" or not any("Vexley" in one for one in pages), login
    with counter.read() as scene:
        chain = db.session.execute(select(Event.before, Event.after).where(Event.project_id == scene.project.id)).all()
        assert not any("Vexley" in part for row in chain for part in row)


def test_only_main_scenarios_are_asked_and_only_writers_answer(counter: World) -> None:
    with counter.write("analyst") as scene, pytest.raises(Refused, match="SCN-2 is none"):
        actions.say_none(scene.actor, scenario(scene, "SCN-2"), "return", asked="Tom")
    with pytest.raises(Refused, match="does not ask about this"):
        tell(counter, "no-such")
    for login in ("tester", "business_owner", "auditor"):
        with pytest.raises(Refused):
            tell(counter, by=login)
        assert counter.client(login).send("/p/CRM/i/SCN-1/special-flows/return", {"asked": "Tom"}).status_code == 403
    # Who may only draft keeps the pen on their own drafts.
    mine = counter.scenario("contributor", title="Mine", kind="main")
    with counter.write("contributor") as scene:
        actions.say_none(scene.actor, scenario(scene, mine), "return", asked="Tom")
        with pytest.raises(Refused):
            actions.say_none(scene.actor, scenario(scene), "return", asked="Tom")


def test_every_reason_is_told_at_once() -> None:
    about = policy.Asked("SCN-9", "exception", True, False, frozenset({"SCN-2"}))
    verdict = policy.may_say_none(no("no_permission", "No."), about)
    assert [one.code for one in verdict.reasons] == ["no_permission", "not_main", "retired", "no_prompt", "told"]
    assert policy.may_answer(YES, policy.Asked("SCN-1", "main", False, True))


# -- the pages ---------------------------------------------------------------------------------------------------------


def test_a_scenario_is_written_for_it(counter: World) -> None:
    client = counter.client("analyst")
    page = client.get("/p/CRM/i/SCN-1").get_data(as_text=True)
    href = page.split('href="/p/CRM/scenarios/new?kind=exception&amp;tells_flow=SCN-1:offline')[1].split('"')[0]
    form = client.get(f"/p/CRM/scenarios/new?kind=exception&tells_flow=SCN-1:offline{href.replace('&amp;', '&')}")
    text = form.get_data(as_text=True)
    assert 'name="tells_flow" value="SCN-1:offline"' in text and "No network, or the system is down" in text
    assert 'value="PRC-1"' in text and 'value="1" checked' in text
    sent = {"_fields": "title kind process process_steps", "title": "", "kind": "exception", "process": "PRC-1",
            "process_steps": "1", "tells_flow": "SCN-1:offline"}  # fmt: skip
    again = client.send("/p/CRM/scenarios/new", sent)
    assert again.status_code == 422 and 'value="SCN-1:offline"' in again.get_data(as_text=True)
    assert client.send("/p/CRM/scenarios/new", {**sent, "title": "On paper"}).status_code == 303
    assert flows(counter)["offline"] == [("SCN-3", "")]


def test_answers_are_given_on_a_page_of_their_own(counter: World) -> None:
    client = counter.client("analyst")
    url = "/p/CRM/i/SCN-1/special-flows/return"
    page = client.get(url).get_data(as_text=True)
    assert '<option value="SCN-2">SCN-2 The line is dead</option>' in page and NAME in page
    for wrong, status in (
        ({}, 422), ({"scenario": "SCN-9"}, 422), ({"asked": "Tom", "asked_on": "yesterday"}, 422),
        ({"stakeholder": "99"}, 422), ({"stakeholder": "one"}, 422),
    ):  # fmt: skip
        answer = client.send(url, wrong)
        assert answer.status_code == status, wrong
    assert 'value="Tom"' in client.send(url, {"asked": "Tom", "asked_on": "yesterday"}).get_data(as_text=True)
    assert client.send(url, {"asked": "Tom", "asked_on": "2026-03-02"}).status_code == 303
    assert client.send(url, {"scenario": "scn-2"}).status_code == 303
    assert flows(counter)["return"] == [("SCN-2", "")]
    for nowhere in ("/p/CRM/i/SCN-1/special-flows/none-such", "/p/CRM/i/SCN-2/special-flows/return"):
        assert client.get(nowhere).status_code == 404


def test_the_list_and_the_process_count_them(counter: World) -> None:
    tell(counter)
    client = counter.client("analyst")
    assert "1 of 12" in client.get("/p/CRM/scenarios").get_data(as_text=True)
    assert "special flows 1 of 12" in client.get("/p/CRM/i/PRC-1").get_data(as_text=True)
    shown = Caller(counter, "analyst")("GET", "/scenarios").json["items"]
    assert [one.get("special_flows") for one in shown] == [{"answered": 1, "asked": 12}, None]


# -- what a project asks -----------------------------------------------------------------------------------------------


def test_a_project_words_leaves_out_and_adds(counter: World) -> None:
    client = counter.client("analyst")
    page = "/p/CRM/special-flows"
    assert (
        client.send(f"{page}/offline", {"seen": "0", "body": "The van has no network", "do": "save"}).status_code == 303
    )
    assert client.send(f"{page}/peak", {"seen": "0", "do": "leave_out"}).status_code == 303
    assert client.send(page, {"body": "Paid in another currency"}).status_code == 303
    assert client.send(page, {"body": " "}).status_code == 422
    assert client.send(f"{page}/own-1", {"seen": "1", "body": ""}).status_code == 422
    assert client.send(f"{page}/offline", {"seen": "0", "body": "Late"}).status_code == 409
    assert client.send(f"{page}/none-such", {"seen": "0", "body": "x"}).status_code == 404
    assert client.send(f"{page}/offline", {"body": "x"}).status_code == 422
    known = flows(counter)
    assert "peak" not in known and list(known)[-1] == "own-1" and len(known) == 12
    text = client.get(page).get_data(as_text=True)
    assert "The van has no network" in text and "As shipped: No network, or the system is down" in text
    assert "Left out" in text and "Paid in another currency" in text
    # Back as it was.
    assert client.send(f"{page}/offline", {"seen": "1", "body": "", "do": "save"}).status_code == 303
    assert client.send(f"{page}/peak", {"seen": "1", "do": "ask_again"}).status_code == 303
    with counter.read("analyst") as scene:
        told = {one.code: one for one in queries.prompts(scene.project.id)}
        assert not told["offline"].changed and "peak" in told and len(told) == 13


def test_an_answer_stays_when_its_prompt_is_left_out(counter: World) -> None:
    tell(counter, "peak")
    with counter.write("analyst") as scene:
        actions.change_prompt(scene.actor, scene.project, "peak", left_out=True)
    assert "peak" not in flows(counter)
    assert "0 of 11" in counter.client("analyst").get("/p/CRM/scenarios").get_data(as_text=True)
    with counter.write("analyst") as scene:
        actions.change_prompt(scene.actor, scene.project, "peak", left_out=False)
    assert flows(counter)["peak"] == [("SCN-2", "")]


def test_nobody_is_named_in_what_is_asked(counter: World) -> None:
    with counter.write("analyst") as scene:
        row = actions.add_prompt(scene.actor, scene.project, f"{NAME} is away")
        assert NAME not in row.body and "is away" in row.body


def test_only_writers_change_the_list(counter: World) -> None:
    for login in ("tester", "business_owner", "auditor", "contributor"):
        assert counter.client(login).send("/p/CRM/special-flows", {"body": "x"}).status_code == 403
        assert 'name="body"' not in counter.client(login).get("/p/CRM/special-flows").get_data(as_text=True)
        with counter.write(login) as scene, pytest.raises(Refused):
            actions.change_prompt(scene.actor, scene.project, "peak", left_out=True)
    assert counter.client("implementer").get("/p/CRM/special-flows").status_code == 403


def test_the_whole_goes_over_rest(counter: World) -> None:
    analyst = Caller(counter, "analyst")
    base = "/scenarios/SCN-1/special-flows"
    assert [one["open"] for one in analyst("GET", base).json["items"]] == [True] * 12
    told = analyst("POST", base, {"prompt": "offline", "scenario": "SCN-2"})
    assert (told.status_code, told.json["scenario"], told.json["asked"]) == (201, "SCN-2", None)
    asked = analyst("POST", base, {"prompt": "return", "stakeholder": 1, "asked_on": "2026-03-02"})
    assert (asked.json["asked"], asked.json["asked_on"]) == (NAME, "2026-03-02")
    for wrong, status in (
        ({"prompt": "offline", "scenario": "SCN-2", "asked": "Tom"}, 422), ({"prompt": "nowhere", "asked": "Tom"}, 409),
        ({"prompt": "return"}, 422), ({"prompt": "return", "stakeholder": 9}, 422),
        ({"prompt": "return", "scenario": "SCN-9"}, 422), ({"scenario": "SCN-2"}, 422),
    ):  # fmt: skip
        assert analyst("POST", base, wrong).status_code == status, wrong
    assert analyst("DELETE", f"{base}/{told.json['id']}").status_code == 204
    assert analyst("DELETE", f"{base}/{told.json['id']}").status_code == 404
    found = {one["prompt"]: one for one in analyst("GET", base).json["items"]}
    assert found["offline"]["open"] and [one["asked"] for one in found["return"]["answers"]] == [NAME]
    made = analyst("POST", "/special-flows", {"text": "Paid in another currency"})
    assert (made.status_code, made.json["code"], made.json["own"]) == (201, "own-1", True)
    patched = analyst("PATCH", "/special-flows/own-1", {"left_out": True}, If_Match=f'"{made.json["version"]}"')
    assert (patched.status_code, patched.json["left_out"]) == (200, True)
    assert analyst("PATCH", "/special-flows/own-1", {"left_out": False}, If_Match='"1"').status_code == 412
    assert analyst("PATCH", "/special-flows/peak", {"text": "Month-end"}, If_Match='"0"').json["changed"]
    assert analyst("GET", "/special-flows/peak").json["text"] == "Month-end"
    assert Caller(counter, "tester")("POST", base, {"prompt": "return", "asked": "Tom"}).status_code == 403
    assert Caller(counter, "implementer")("GET", base).status_code == 403
