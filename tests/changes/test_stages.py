"""The stages of a project's changes, set up by the project: what stands in an added one, what moves ask, who makes them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from reqtrack.changes import actions
from reqtrack.changes.queries import flows as queries
from reqtrack.errors import Invalid, Refused
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.support.world import PASSWORD

QUALITY = {
    "code": "quality", "category": "assessing", "names": {"en": "Quality check", "zh": "质量检查"},
    "roles": ["project_manager"], "asks": ["reason"],
}  # fmt: skip
STEERING = {"code": "steering", "category": "deciding", "names": {"en": "Steering"}, "roles": ["sponsor"]}
ROLLOUT = {"code": "rollout", "category": "applied", "names": {"en": "Rolling out"}, "roles": ["analyst"]}


def set_flows(desk: Desk, normal: Any = None, by: str = "project_manager", proved: bool = True, **more: Any) -> None:
    kinds = {"normal": normal} if normal is not None else more.pop("kinds", None)
    with desk.world.write(by) as scene:
        actions.set_flows(replace(scene.actor, reauthenticated=proved), scene.project, kinds, **more)


def where(desk: Desk, key: str) -> tuple[str, str | None]:
    found = desk.read(key)
    return found.stage, found.sub_stage


def pass_on(desk: Desk, key: str, by: str, reason: str = "", **more: Any) -> None:
    desk.do(key, actions.pass_on, reason, by=by, **more)


def codes(refused: Any) -> list[str]:
    return [one.code for one in refused.value.reasons]


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def test_a_change_passes_through_the_added_stages_in_their_order(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [QUALITY, STEERING, ROLLOUT]})
    key = desk.log(edits=edits(req))
    desk.submit(key)
    assert where(desk, key) == ("assessing", None)
    desk.assess(key)
    assert where(desk, key) == ("assessing", "quality")
    assert desk.waiting("project_manager") == [("review", key)] and desk.waiting("analyst") == []
    with pytest.raises(Refused) as refused:
        pass_on(desk, key, "analyst", "Fine.")
    assert codes(refused) == ["not_your_seat"]
    with pytest.raises(Invalid) as invalid:
        pass_on(desk, key, "project_manager")
    assert [one.field for one in invalid.value.reasons] == ["reason"]
    pass_on(desk, key, "project_manager", "It is testable.")
    assert where(desk, key) == ("deciding", "steering")
    assert desk.waiting("sponsor") == [("review", key)] and desk.waiting("project_manager") == []
    with pytest.raises(Refused) as refused:
        desk.decide(key)
    assert codes(refused) == ["in_step"]
    with pytest.raises(Refused) as refused:
        pass_on(desk, key, "sponsor", seen="quality")
    assert codes(refused) == ["moved"]
    pass_on(desk, key, "sponsor", seen="steering")
    assert where(desk, key) == ("deciding", None)
    desk.decide(key)
    assert where(desk, key) == ("applied", "rollout")
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.close, "Done.", by="contributor")
    assert codes(refused) == ["in_step"]
    pass_on(desk, key, "analyst")
    desk.do(key, actions.close, "Done.", by="contributor")
    assert where(desk, key) == ("closed", None)
    moves = [one["after"] for one in desk.events(key) if one["action"] == "change.moved"]
    passed = {
        "stage": "deciding",
        "from": "quality",
        "sub_stage": "steering",
        "package": desk.dossier(key).package_print,
    }
    assert passed in moves


def test_who_wrote_a_change_passes_it_on_only_where_nobody_else_can(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [{**QUALITY, "roles": ["analyst", "project_manager"], "asks": []}]})
    key = desk.deciding(by="project_manager", edits=edits(req))
    with pytest.raises(Refused) as refused:
        pass_on(desk, key, "project_manager")
    assert codes(refused) == ["not_your_seat"]
    pass_on(desk, key, "analyst")
    set_flows(desk, {"added": [{**QUALITY, "roles": ["project_manager"], "asks": []}]})
    alone = desk.deciding(by="project_manager", edits=edits(req, "One level."))
    pass_on(desk, alone, "project_manager")
    assert where(desk, alone) == ("deciding", None)


def test_asked_back_it_comes_back_to_its_added_stage_and_edited_it_is_assessed_anew(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [{**QUALITY, "asks": []}]})
    key = desk.deciding(edits=edits(req))
    desk.do(key, actions.ask, "Which levels?", by="project_manager")
    assert where(desk, key) == ("needs_information", "quality")
    desk.do(key, actions.answer, "Both.", by="contributor")
    assert where(desk, key) == ("assessing", "quality")
    desk.do(key, actions.replace_edits, edits(req, "Three levels."), by="contributor")
    with pytest.raises(Refused) as refused:
        pass_on(desk, key, "project_manager")
    assert "assessment_missing" in codes(refused)
    assert desk.waiting("analyst") == [("assess", key)]
    desk.assess(key)
    assert where(desk, key) == ("assessing", "quality")
    pass_on(desk, key, "project_manager")
    desk.do(key, actions.replace_edits, edits(req, "Four levels."), by="contributor")
    assert where(desk, key) == ("assessing", "quality")
    desk.assess(key)
    assert where(desk, key) == ("assessing", "quality")


def test_moves_ask_for_more_and_are_made_by_fewer(desk: Desk, req: str) -> None:
    asks = {
        "submit": ["tier", "attachment"], "assess": ["three_point", "schedule_note", "risk", "options"], "approve": ["reason"],
        "withdraw": ["reason"],
    }  # fmt: skip
    set_flows(desk, {"asks": asks, "roles": {"submit": ["analyst"]}})
    key = desk.log(edits=edits(req))
    with pytest.raises(Refused) as refused:
        desk.submit(key)
    assert codes(refused) == ["narrowed", "needed", "needed"]
    assert [one.field for one in refused.value.reasons] == [None, "tier", "attachment"]
    set_flows(desk, {"asks": {**asks, "submit": ["tier"]}})
    desk.do(key, actions.edit_content, {"tier": "should"}, by="contributor", seen=desk.read(key).version)
    desk.submit(key)
    with pytest.raises(Invalid) as invalid:
        desk.assess(key, 2)
    assert [one.field for one in invalid.value.reasons] == ["best", "worst", "schedule_note", "options", "risk"]
    options = [{"name": "do_nothing", "note": "Quotes go on waiting."}]
    desk.assess(key, 0.5, best=0.4, worst=0.6, schedule_note="None.", probability=1, effect=2, options=options)
    with pytest.raises(Invalid) as invalid:
        desk.decide(key)
    assert [one.field for one in invalid.value.reasons] == ["reason"]
    with pytest.raises(Invalid):
        desk.do(key, actions.withdraw, by="contributor")
    desk.decide(key, reason="It pays.")
    assert desk.stage(key) == "applied"


def test_what_stands_in_a_stage_that_goes_away_goes_on(desk: Desk, req: str) -> None:
    later = {**QUALITY, "code": "second", "names": {"en": "Second look"}, "asks": []}
    set_flows(desk, {"added": [{**QUALITY, "asks": []}, later, STEERING]})
    first = desk.deciding(edits=edits(req))
    second = desk.deciding(edits=edits(req, "One level."))
    pass_on(desk, second, "project_manager")
    back = desk.deciding(edits=edits(req, "No level."))
    desk.do(back, actions.ask, "Why?", by="project_manager")
    assert (where(desk, first)[1], where(desk, second)[1]) == ("quality", "second")
    with desk.world.read("project_manager") as scene:
        then = actions.wanted_flows(scene.project, {"normal": {"added": [later]}}, None)
        told = queries.preview(scene.actor, scene.project, then)
        meant = {one.key: (str(one.now), str(one.then), one.moves) for one in told.changes}
        able = {(one.name, one.move, one.step.code if one.step else "", one.gains) for one in told.people}
    assert meant[first] == ("Quality check", "Second look", True)
    # Asked back it is called so still; answered it stands where it goes on.
    assert second not in meant and meant[back][2]
    assert able == {
        (desk.name("project_manager"), "pass_on", "quality", False),
        (desk.name("sponsor"), "pass_on", "steering", False),
    }
    set_flows(desk, {"added": [later]})
    assert where(desk, first) == ("assessing", "second") and where(desk, second) == ("assessing", "second")
    assert where(desk, back) == ("needs_information", "second")
    set_flows(desk, {"added": [STEERING]})
    assert where(desk, first) == ("deciding", "steering")
    desk.do(back, actions.answer, "Because.", by="contributor")
    assert where(desk, back) == ("deciding", "steering")
    set_flows(desk, kinds={"normal": None})
    assert where(desk, first) == ("deciding", None) and where(desk, back) == ("deciding", None)
    desk.decide(first)
    assert desk.stage(first) == "applied"


def test_saving_is_one_event_and_guards_itself(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        set_flows(desk, {"added": [QUALITY]}, by="analyst")
    assert codes(refused) == ["no_permission"]
    with pytest.raises(Refused) as refused:
        set_flows(desk, {"added": [QUALITY]}, proved=False)
    assert codes(refused) == ["reauthentication"]
    set_flows(desk, {"added": [QUALITY]}, seen=0)
    with pytest.raises(Refused) as refused:
        set_flows(desk, {"added": []}, seen=0)
    assert codes(refused) == ["stale"]
    with pytest.raises(Invalid) as invalid:
        set_flows(desk, {"added": [{**QUALITY, "roles": ["auditor"]}]})
    assert [(one.code, one.field) for one in invalid.value.reasons] == [("loosens", "normal.added.0.roles")]
    (event,) = desk.events(queries.SUBJECT)
    assert event["action"] == "workflow.changed"
    assert event["before"]["kinds"]["normal"]["added"] == []
    assert event["after"]["kinds"]["normal"]["added"][0]["code"] == "quality" and event["after"]["own"] == ["normal"]
    seq = desk.seq()
    set_flows(desk, {"added": [QUALITY]})
    assert desk.seq() == seq


def test_the_regulated_preset(desk: Desk, req: str) -> None:
    set_flows(desk, preset="regulated")
    key = desk.log(edits=edits(req), tier="should", phase="Phase 1")
    desk.submit(key)
    desk.assess(key, 0.5, best=0.4, worst=0.6, schedule_note="None.", risk="Small.")
    pass_on(desk, key, "project_manager", "Fine.")
    with pytest.raises(Refused) as refused:
        desk.decide(key, reason="It pays.", proved=False)
    assert codes(refused) == ["reauthentication"]
    assert desk.decide(key, reason="It pays.").waiting_for
    assert desk.stage(key) == "deciding"
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.offer_silence, "2099-01-04", by="contributor")
    assert "formal" in codes(refused)
    desk.decide(key, by="business_owner", reason="Yes.")
    assert desk.stage(key) == "applied"
    set_flows(desk, preset="lean")
    other = desk.deciding(edits=edits(req, "One level."))
    desk.decide(other, proved=False)
    assert desk.stage(other) == "applied"


# -- by page and by program --------------------------------------------------------------------------------------------

BASE = "/p/CRM/settings/stages"


def form(**more: Any) -> dict[str, Any]:
    """A flow with one added stage, as its form sends it."""
    return {
        "kind": "normal", "step": "0", "code.0": "quality", "name.0.en": "Quality check", "name.0.zh": "质量检查",
        "category.0": "assessing", "roles.0": "project_manager", "asks.0": "reason", "called.deciding.en": "Board",
        "asks.submit": "tier", "by.submit": "contributor", **more,
    }  # fmt: skip


def carried(page: Any) -> str:
    """What a preview sends along."""
    found = re.search(r'name="flows" value="([^"]*)"', page.text)
    assert found is not None
    return html.unescape(found.group(1))


def test_the_page_tries_and_saves_a_flow(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req))
    client = desk.world.client("project_manager")
    assert "Stages of a change" in client.get("/p/CRM/settings").text
    page = client.send(f"{BASE}/preview", form(do="look"))
    assert page.status_code == 200 and "asks more: the priority" in page.text and "another name" in page.text
    assert key in page.text and "gains it" in page.text and "loses it" in page.text
    flows, seen = carried(page), re.search(r'name="seen" value="(\d+)"', page.text).group(1)  # type: ignore[union-attr]
    again = client.send(BASE, {"flows": flows, "kind": "normal", "seen": "99", "password": PASSWORD})
    assert again.status_code == 409 and "The stages were changed while you edited them." in again.text
    # Nothing that was typed is lost.
    assert 'value="质量检查"' in again.text and carried(again) == flows
    saved = client.send(BASE, {"flows": flows, "kind": "normal", "seen": seen, "password": PASSWORD})
    assert saved.status_code == 303
    page = client.get(BASE)
    assert "Quality check" in page.text and "set up by this project" in page.text
    assert "Board" in client.get("/p/CRM/changes").text and "Board" in client.get(f"/p/CRM/changes/{key}").text
    page = client.send(f"{BASE}/preview", {"kind": "normal", "do": "back"})
    assert "asks no more: the priority" in page.text
    page = client.send(f"{BASE}/preview", {"kind": "normal", "do": "preset", "preset": "regulated"})
    assert "Each decision takes two people" in page.text and "Board and lists show: Draft, Submitted" in page.text
    assert client.send(BASE, {"flows": carried(page), "seen": "1", "password": PASSWORD}).status_code == 409
    read = desk.world.client("contributor").get(BASE)
    assert read.status_code == 200 and "See what it would bring" not in read.text


def test_the_form_adds_moves_and_keeps_what_does_not_fit(desk: Desk) -> None:
    client = desk.world.client("project_manager")
    page = client.send(f"{BASE}/preview", form(do="add"))
    assert page.text.count('name="step"') == 2 and 'value="质量检查"' in page.text
    two = {**form(), "step": ["0", "1"], "name.1.en": "Second", "category.1": "deciding", "roles.1": "sponsor"}
    page = client.send(f"{BASE}/preview", {**two, "do": "up.1"})
    assert re.search(r'name="name\.0\.en"[^>]*value="Second"', page.text)
    page = client.send(f"{BASE}/preview", {**two, "do": "remove.0"})
    assert page.text.count('name="step"') == 1 and 'value="Second"' in page.text
    page = client.send(f"{BASE}/preview", {**two, "do": "look", "name.1.en": "", "category.0": ""})
    assert (
        page.status_code == 422 and "An added stage needs a name" in page.text and 'id="f-name.1.en-error"' in page.text
    )
    assert 'href="#f-category.0"' in page.text
    for nonsense in ("up.99", "remove.x", "down", "?"):
        assert client.send(f"{BASE}/preview", {**two, "do": nonsense}).status_code == 200
    for flows in ("", "[]", "{}", '{"kinds": 1, "preset": null}', '{"kinds": {}, "preset": 3}'):
        assert client.send(BASE, {"flows": flows, "seen": "0", "password": PASSWORD}).status_code == 422
    bad = '{"kinds": {"normal": {"added": 7}, "odd": {}}, "preset": "strictest"}'
    assert client.send(BASE, {"flows": bad, "kind": "normal", "seen": "0", "password": PASSWORD}).status_code == 422
    bad = bad.replace("strictest", "lean")
    assert client.send(BASE, {"flows": bad, "kind": "normal", "seen": "0", "password": PASSWORD}).status_code == 422
    assert client.send(f"{BASE}/preview", {"do": "preset", "preset": "none", "kind": "?"}).status_code == 422


def test_a_change_is_passed_on_by_its_page(desk: Desk, req: str) -> None:
    set_flows(
        desk, {"added": [QUALITY], "asks": {"withdraw": ["reason"]}, "names": {"needs_information": {"zh": "待补充"}}}
    )
    key = desk.deciding(edits=edits(req))
    client, address = desk.world.client("project_manager"), f"/p/CRM/changes/{key}"
    page = client.get(address)
    assert "Pass on to “Deciding”" in page.text and "Quality check" in page.text
    assert "Pass on to" not in desk.world.client("analyst").get(address).text
    assert "It is passed on to" in desk.world.client("analyst").get(address).text
    seen = {"seen_step": "quality", "seen": desk.dossier(key).package_print[:16]}
    refused = client.send(f"{address}/passage", {"passing": "", **seen})
    assert refused.status_code == 422 and "Say why: this project asks for a reason here." in refused.text
    assert client.send(f"{address}/passage", {"passing": "Fine.", **seen, "seen_step": "other"}).status_code == 409
    assert client.send(f"{address}/passage", {"passing": "Fine.", **seen, "seen": "0" * 16}).status_code == 409
    assert f'name="seen" value="{seen["seen"]}"' in page.text
    author = desk.world.client("contributor")
    refused = author.send(f"{address}/withdrawal", {"reason": "", "seen_stage": "assessing"})
    assert refused.status_code == 422 and "Why it is taken back" in refused.text
    assert client.send(f"{address}/passage", {"passing": "Fine.", **seen}).status_code == 303
    assert where(desk, key) == ("deciding", None)
    assert "Fine." in client.get(address).text


def _marked(page: str, name: str) -> bool:
    """Whether the first field of a name is marked as required."""
    return " required" in re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*>', page)[0]  # type: ignore[index]


def test_what_a_flow_asks_is_marked_and_unfolded(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req))
    desk.submit(key)
    client, address = desk.world.client("analyst"), f"/p/CRM/changes/{key}"
    page = client.get(address).text
    assert not any(_marked(page, one) for one in ("best", "worst", "schedule_note", "risk", "cost", "note"))
    asks = {"assess": ["three_point", "schedule_note", "risk", "options", "note"]}
    set_flows(desk, {"added": [QUALITY], "asks": asks})
    page = client.get(address).text
    assert all(_marked(page, one) for one in ("best", "worst", "schedule_note", "risk", "note"))
    assert not _marked(page, "cost") and "this project asks for one" in page
    assert page.count('<details class="rq-fold" open><summary>Best and worst') == 2, "at the side and on the phone"
    seen = re.search(r'/assessments"[^>]*>\s*<input[^>]*>\s*<input type="hidden" name="seen" value="(\w+)"', page)
    given = {"likely": "1", "best": "1", "worst": "1", "schedule_note": "None.", "risk": "None.", "note": "One form."}
    lacking = client.send(f"{address}/assessments", {**given, "seen": seen[1]})  # type: ignore[index]
    assert lacking.status_code == 422 and "Give another way to do it" in lacking.text
    assert (
        client.send(f"{address}/assessments", {**given, "do_nothing_note": "It waits.", "seen": seen[1]}).status_code
        == 303
    )  # type: ignore[index]
    passing = desk.world.client("project_manager").get(address).text
    assert _marked(passing, "passing"), "the added stage asks for a reason"


def test_every_list_calls_a_stage_as_its_project_does(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=edits(req))
    set_flows(desk, {"names": {"deciding": {"en": "Board meeting"}}})
    reader = desk.world.client("contributor")
    for address in (
        "/p/CRM/changes", "/p/CRM/changes?view=list", f"/p/CRM/changes/{key}", "/p/CRM/search?q=approval", "/?kind=mine",
        f"/p/CRM/i/{req}", "/p/CRM",
    ):  # fmt: skip
        page = reader.get(address, follow_redirects=True)
        assert page.status_code == 200 and "Board meeting" in page.text, address


def test_programs_read_try_and_set_the_flows(desk: Desk, req: str) -> None:
    manager = Caller(desk.world, "project_manager", "admin")
    found = manager("GET", "/workflows").json
    assert (found["preset"], found["version"], found["own"]) == ("lean", 0, [])
    assert found["kinds"]["normal"] == {"names": {}, "added": [], "asks": {}, "roles": {}}
    assert found["shown"] == ["draft", "assessing", "deciding", "applied", "closed"] and not found["two_people"]
    body = {"kinds": {"normal": {"added": [{**QUALITY, "code": ""}]}}}
    told = manager("POST", "/workflows/preview", body).json
    assert told["asked"] == [
        {"kind": "normal", "move": "pass_on", "stage": "stage_1", "more": ["reason"], "less": [], "open": 0}
    ]
    assert [one["gains"] for one in told["people"]] == [True]
    proved = {**body, "password": PASSWORD}
    assert manager("PATCH", "/workflows", proved, If_Match='"4711"').status_code == 412
    assert Caller(desk.world, "analyst", "admin")("PATCH", "/workflows", proved, If_Match='"0"').status_code == 403
    saved = manager("PATCH", "/workflows", proved, If_Match='"0"')
    assert saved.status_code == 200 and saved.json["own"] == ["normal"] and saved.json["version"] > 0
    loose = {"kinds": {"normal": {"roles": {"submit": ["auditor"]}}}, "password": PASSWORD}
    bad = manager("PATCH", "/workflows", loose, If_Match="*")
    assert bad.status_code == 422 and bad.json["reasons"][0]["code"] == "loosens"
    assert bad.json["reasons"][0]["field"] == "normal.roles.submit"
    key = desk.deciding(edits=edits(req))
    shown = manager("GET", f"/changes/{key}").json
    assert (shown["stage"], shown["sub_stage"], shown["stage_name"]) == ("assessing", "stage_1", "Quality check")
    listed = manager("GET", "/changes").json["items"]
    assert [one["stage_name"] for one in listed] == ["Quality check"]
    wrong = manager("POST", f"/changes/{key}/passage", {"seen": "", "reason": "Fine."})
    assert wrong.status_code == 409
    passed = manager("POST", f"/changes/{key}/passage", {"seen": "stage_1", "reason": "Fine."})
    assert passed.status_code == 201 and (passed.json["stage"], passed.json["sub_stage"]) == ("deciding", None)
    back = manager("PATCH", "/workflows", {"kinds": {"normal": None}, "password": PASSWORD}, If_Match="*")
    assert back.json["own"] == []


def test_the_board_names_who_passes_a_change_on(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [QUALITY]})
    key = desk.deciding(edits=edits(req))
    page = desk.world.client("contributor").get("/p/CRM/changes").text
    card = page[page.index(key) :][:2_000]
    assert "Quality check" in card and desk.name("project_manager") in card


def test_a_file_that_is_asked_for_is_attached_on_the_page(desk: Desk, req: str) -> None:
    key = desk.log(edits=edits(req))
    client, address = desk.world.client("contributor"), f"/p/CRM/changes/{key}"
    assert 'id="f-file"' not in client.get(address).text
    set_flows(desk, {"asks": {"submit": ["attachment"]}})
    page = client.get(address).text
    assert 'id="f-file"' in page and "Here it needs a file before that: attach one." in page
    sent = client.send(f"/p/CRM/i/{key}/attachments", {"file": (BytesIO(b"Agreed."), "minutes.txt")})
    assert sent.status_code == 303
    page = client.get(address).text
    assert "minutes.txt" in page and "Here it needs a file" not in page
    desk.submit(key)
    assert desk.stage(key) == "assessing"


def test_what_is_edited_after_it_was_passed_on_is_looked_at_again(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [{**QUALITY, "asks": []}, STEERING]})
    key = desk.log(edits=edits(req))
    desk.submit(key)
    desk.assess(key)
    desk.do(key, actions.replace_edits, edits(req, "Not passed on yet."), by="contributor")
    assert where(desk, key) == ("assessing", "quality")
    desk.assess(key)
    pass_on(desk, key, "project_manager")
    pass_on(desk, key, "sponsor")
    assert where(desk, key) == ("deciding", None)
    seen = desk.dossier(key).package_print
    desk.do(key, actions.propose, edits(req, "Something else."), by="contributor")
    assert where(desk, key) == ("assessing", "quality") and desk.waiting("analyst") == [("assess", key)]
    assert (
        "those who had passed it on look at it again" in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    )
    desk.assess(key)
    assert where(desk, key) == ("assessing", "quality")
    with pytest.raises(Refused) as refused:
        pass_on(desk, key, "project_manager", package=seen)
    assert codes(refused) == ["package_moved"]
    pass_on(desk, key, "project_manager", package=desk.dossier(key).package_print)
    assert where(desk, key) == ("deciding", "steering")
    for edit in (
        lambda: desk.do(key, actions.edit_content, {"reason": "For another reason."}, by="contributor"),
        lambda: desk.do(key, actions.pick, [desk.world.requirement(title="One more")], by="contributor"),
    ):
        edit()
        assert where(desk, key) == ("assessing", "quality")
        desk.assess(key)
        pass_on(desk, key, "project_manager")
        assert where(desk, key) == ("deciding", "steering")
    # What is no part of what is decided sends nothing back.
    desk.do(key, actions.edit_content, {"tier": "later"}, by="contributor")
    assert where(desk, key) == ("deciding", "steering")


def test_asked_back_or_put_off_an_edited_change_comes_back_to_those_who_had_passed_it_on(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [STEERING]})
    key = desk.deciding(edits=edits(req))
    pass_on(desk, key, "sponsor")
    desk.do(key, actions.ask, "Which levels?", by="project_manager")
    desk.do(key, actions.propose, edits(req, "Both levels."), by="contributor")
    assert where(desk, key) == ("needs_information", "steering")
    desk.do(key, actions.answer, "Both.", by="contributor")
    assert where(desk, key) == ("deciding", "steering")
    desk.assess(key)
    pass_on(desk, key, "sponsor")
    desk.decide(key, "deferred", until="after the launch")
    desk.do(key, actions.propose, edits(req, "All levels."), by="contributor")
    assert where(desk, key) == ("deciding", "steering") and desk.read(key).deferred_until is None


def test_an_emergency_edited_after_it_was_passed_on_is_looked_at_again(desk: Desk, req: str) -> None:
    set_flows(desk, kinds={"emergency": {"added": [STEERING]}})
    key = desk.log(kind="emergency", edits=edits(req))
    desk.submit(key)
    pass_on(desk, key, "sponsor")
    desk.do(key, actions.propose, edits(req, "No control at all."), by="contributor")
    assert where(desk, key) == ("deciding", "steering")
    with pytest.raises(Refused) as refused:
        desk.decide(key, by="business_owner")
    assert codes(refused) == ["in_step"]


def test_a_preset_says_what_the_project_keeps_of_its_own(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [STEERING]})
    client = desk.world.client("project_manager")
    at = "/p/CRM/settings/stages"
    sent = {"do": "preset", "preset": "regulated", "kind": "normal"}
    page = html.unescape(client.send(f"{at}/preview", sent).text)
    assert "What this project set up itself" in page and "stays, without: Quality check" in page
    assert "three numbers: best, likely, worst" in page
    # What is called the same stands for it.
    set_flows(desk, {"added": [QUALITY]})
    assert "so without: Quality check" not in html.unescape(client.send(f"{at}/preview", sent).text)
    set_flows(desk, {"added": [STEERING]})

    def save(shown: str) -> Any:
        carried = re.search(r'name="flows" value="([^"]*)"', shown)
        assert carried is not None
        with desk.world.read("auditor") as scene:
            seen = queries.version_of(scene.project.id)
        told = {"flows": html.unescape(carried[1]), "kind": "normal", "seen": seen, "password": PASSWORD}
        assert client.send(at, told).status_code == 303
        with desk.world.read("auditor") as scene:
            return queries.flows_for(scene.project)

    kept = save(client.send(f"{at}/preview", sent).text)
    assert kept.preset == "regulated" and [one.code for one in kept.of("normal").added] == ["steering"]
    shown = client.send(f"{at}/preview", {**sent, "replaced": "normal"}).text
    assert "Replaces what the project set up." in shown and "Quality check" in shown
    taken = save(shown)
    assert taken.own == frozenset() and [one.code for one in taken.of("normal").added] == ["quality_check"]


def boxes(desk: Desk, key: str, by: str) -> list[tuple[str, int]]:
    """What there is to do, as the side of the page shows it: each box with how many primary buttons it has."""
    shown = desk.world.client(by).get(f"/p/CRM/changes/{key}").text.partition('<div class="rq-desk">')[2]
    parts = re.findall(r'<section class="rq-decision".*?</section>', shown, re.S)
    return [(re.search(r"<h2[^>]*>(.*?)</h2>", one)[1], one.count("btn-primary")) for one in parts]  # type: ignore[index]


def test_one_thing_stands_out_at_a_time(desk: Desk, req: str) -> None:
    set_flows(desk, {"added": [QUALITY, ROLLOUT]})
    key = desk.deciding(edits=edits(req))
    assert boxes(desk, key, "project_manager") == [("Quality check", 1)]
    assert boxes(desk, key, "analyst") == [("Quality check", 0)]
    # Edited there, it is assessed again first; the stage that comes after is a line in that box.
    desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
    assert where(desk, key) == ("assessing", "quality")
    assert boxes(desk, key, "analyst") == [("Your assessment", 1)]
    assert boxes(desk, key, "project_manager") == boxes(desk, key, "contributor") == [("Being assessed", 0)]
    shown = desk.world.client("project_manager").get(f"/p/CRM/changes/{key}").text
    assert f"Then it goes through “Quality check”: {desk.name('project_manager')}." in shown
    desk.assess(key)
    assert boxes(desk, key, "project_manager") == [("Quality check", 1)]
    pass_on(desk, key, "project_manager", "It is testable.")
    desk.decide(key)
    assert where(desk, key) == ("applied", "rollout")
    assert boxes(desk, key, "analyst")[0] == ("Rolling out", 1) and boxes(desk, key, "analyst")[1][1] == 0
