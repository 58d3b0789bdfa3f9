"""The scope in force as a page: what was signed, what changed it since and by whom, what nobody signed; the next one in one press."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from reqtrack.baselines import queries as baselines
from reqtrack.baselines.actions import take
from reqtrack.changes import actions as changes
from reqtrack.items.queries import item_for
from reqtrack.items.store import move
from reqtrack.signoff import queries as signoffs
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk
from tests.changes.test_standard import standard, template
from tests.signoff.test_carried import change, signed
from tests.signoff.test_signing import edit, scope
from tests.support.browser import overflow, sign_in, violations
from tests.support.meter import Queries
from tests.support.world import World

__all__ = ["scope", "signed"]
URL = "/p/CRM/signoffs/in-force"


def words(page: str) -> str:
    """What the main part of a page says."""
    main = page.partition("<main")[2].partition("</main")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def test_before_anything_is_signed_it_says_so(world: World) -> None:
    world.cast()
    shown = world.client("analyst").get(URL)
    assert shown.status_code == 200 and "Nothing is signed yet" in shown.text
    assert world.client("auditor").get("/api/v1/projects/CRM/scope-in-force").json == {
        "baseline": None, "signoff": None, "state": None, "carried_by": [], "to_confirm": [], "superseded_by": [],
        "not_signed": [], "chain": [],
    }  # fmt: skip


def test_the_chain_tells_who_decided_what_and_in_which_role(signed: World) -> None:
    change(signed, seat="project_manager", title="Small")
    change(signed, "REQ-2", seat="business_owner", title="Large")
    edit(signed, "REQ-3", change="CR-99", statement="past the lock")
    late = signed.requirement("analyst", title="Came later", tier="should")
    shown = words(signed.client("business_owner").get(URL).text)
    assert "BL-1 + CR-1 + CR-2" in shown
    first, second = shown.index("Decided since the signature"), shown.index("Not signed yet")
    chain = shown[first:second]
    assert re.search(r"CR-1 .*to be confirmed REQ-1 .*Project manager", chain)
    assert re.search(r"CR-2 Change REQ-2 .*Business owner", chain) and chain.count("to be confirmed") == 1
    assert "REQ-3" in shown[:first] and "Changed without a change request" in shown[:first]
    assert f"{late} Came later" in shown[second:]
    told = signed.client("auditor").get("/api/v1/projects/CRM/scope-in-force").json
    assert (told["baseline"], told["state"], told["carried_by"]) == ("BL-1", "superseded", ["CR-1", "CR-2"])
    assert (told["to_confirm"], told["superseded_by"]) == (["CR-1"], ["REQ-3"]) and late in told["not_signed"]


def adding(
    world: World, title: str = "Quotes expire", also: Sequence[dict[str, Any]] = (), by: str = "project_manager"
) -> str:
    """A change that adds a requirement (and what else it does) takes effect by somebody's word; its key."""
    desk = Desk(world)
    fields = {"title": title, "statement": "The system shall end quotes."}
    key = desk.deciding(edits=[{"new_item": {"kind": "requirement", "fields": fields}}, *also])
    desk.decide(key, by=by, phase="1")
    assert desk.stage(key) == "applied"
    return key


def test_a_change_that_only_adds_is_in_the_chain_and_named_beside_what_it_brought(signed: World) -> None:
    change(signed, seat="project_manager", title="Small")
    key = adding(signed)
    with signed.read("auditor") as scene:
        new = found(scene)[0].key
    late = signed.requirement("analyst", title="Came by nobody", tier="should")
    shown = words(signed.client("business_owner").get(URL).text)
    manager = Desk(signed).name("project_manager")
    first, second = shown.index("Decided since the signature"), shown.index("Not signed yet")
    assert f"BL-1 + CR-1 + {key}" in shown[:first]
    assert re.search(rf"{key} Two levels of approval added {new} {manager} Project manager", shown[first:second])
    # What it brought is signed with the next baseline: it has nothing of the signature to be confirmed.
    assert shown[first:second].count("to be confirmed") == 1
    assert f"{new} Quotes expire added by {key} · decided by {manager} (Project manager)" in shown[second:]
    assert f"{late} Came by nobody" in shown[second:] and f"{late} Came by nobody added" not in shown
    assert f"BL-1 + CR-1 + {key}" in words(signed.client("business_owner").get("/p/CRM/baselines").text)
    assert key in words(signed.client("business_owner").get(f"/p/CRM/i/{new}").text)


def found(scene: Any) -> Sequence[Any]:
    """What is not signed yet."""
    told = signoffs.scope_in_force(scene.actor, scene.project.id)
    assert told is not None
    return told.unsigned


def test_what_a_change_adds_moves_no_signature(signed: World) -> None:
    key = adding(signed)
    told = signed.client("auditor").get("/api/v1/projects/CRM/scope-in-force").json
    assert (told["state"], told["carried_by"], told["to_confirm"]) == ("signed", [], [])
    (new,) = told["not_signed"]
    (one,) = told["chain"]
    manager = {"name": Desk(signed).name("project_manager"), "role": "project_manager"}
    assert one.pop("applied_at")
    assert one == {
        "change": key, "moved": [], "added": [new], "decided_by": [manager], "decided_without_vote": None,
        "to_confirm": False,
    }  # fmt: skip
    shown = words(signed.client("auditor").get(URL).text)
    assert f"BL-1 + {key} signed" in shown.replace("Signed", "signed") and "carried" not in shown


def test_a_change_that_moves_and_adds_says_both_and_who_moved_the_new_one_since(signed: World) -> None:
    key = adding(signed, also=[{"item": "REQ-1", "field": "title", "new": "Small"}], by="business_owner")
    with signed.read("auditor") as scene:
        new = found(scene)[0].key
    later = change(signed, new, seat="business_owner", title="Quotes expire soon")
    told = signed.client("auditor").get("/api/v1/projects/CRM/scope-in-force").json
    assert (told["carried_by"], told["to_confirm"]) == ([key], [])
    assert [(one["change"], one["moved"], one["added"]) for one in told["chain"]] == [
        (key, ["REQ-1"], [new]), (later, [new], []),
    ]  # fmt: skip
    shown = words(signed.client("business_owner").get(URL).text)
    assert f"added by {key} · decided by" in shown and f"moved by {later} · decided by" in shown
    # Taken back, nothing of it is in the scope any more.
    edit(signed, new, change=later, title="Quotes expire")
    with signed.write("analyst") as scene:
        move(scene.actor, item_for(scene.actor, scene.project.id, new), "rejected")
    told = signed.client("auditor").get("/api/v1/projects/CRM/scope-in-force").json
    assert [(one["change"], one["added"]) for one in told["chain"]] == [(key, [])] and told["not_signed"] == []


def test_the_next_baseline_is_taken_and_sent_in_one_press(signed: World) -> None:
    change(signed, seat="project_manager", title="Small")
    browser = signed.client("project_manager")
    shown = browser.get(URL).text
    # As it stands there: the people who signed the last one are asked again, in the same words.
    assert re.search(r'value="business_owner" checked', shown) and not re.search(r'value="sponsor" checked', shown)
    name = re.search(r'name="name"[^>]*value="([^"]+)"', shown)
    assert name is not None and "Scope of 20" in name[1]
    sent = {"name": name[1], "meaning": "I approve this scope", "signers": ["business_owner"]}
    asked = browser.send(URL, sent)
    assert asked.status_code == 303 and asked.headers["Location"].endswith("/signoffs/2")
    page = signed.client("business_owner").get("/p/CRM/signoffs/2").text
    assert name[1] in page and "BL-2" in page
    assert "SGN-2 waits for signatures already" in words(browser.get(URL).text)


@pytest.mark.parametrize("lacking", ["name", "signers", "meaning"])
def test_what_lacks_something_takes_nothing_and_loses_nothing(signed: World, lacking: str) -> None:
    browser = signed.client("analyst")
    sent = {"name": "Second scope", "meaning": "I approve all of it", "signers": ["sponsor"]}
    refused = browser.send(URL, {**sent, lacking: ""})
    assert refused.status_code == 422
    kept = {"name": "Second scope", "meaning": "I approve all of it", "signers": 'value="sponsor" checked'}
    assert all(words in refused.text for name, words in kept.items() if name != lacking)
    assert browser.get("/p/CRM/baselines/2").status_code == 404


def test_who_may_not_send_reads_it_all_the_same(signed: World) -> None:
    for login in ("business_owner", "sponsor", "auditor", "tester", "contributor"):
        browser = signed.client(login)
        shown = browser.get(URL)
        assert shown.status_code == 200 and "Take it and send it" not in shown.text
        assert browser.send(URL, {"name": "Mine"}).status_code == 403
    assert signed.client("outsider").get(URL).status_code == 404


def test_a_long_chain_costs_no_more(signed: World, queries: Queries) -> None:
    counts = []
    browser = signed.client("auditor")
    for number in range(3):
        change(signed, "REQ-1" if number % 2 else "REQ-2", title=f"Words {number}")
        queries.clear()
        assert browser.get(URL).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2] <= 14, counts


def test_many_changes_that_add_cost_no_more(signed: World, queries: Queries) -> None:
    counts = []
    browser = signed.client("auditor")
    for number in range(3):
        adding(signed, f"Quotes expire {number}")
        queries.clear()
        assert browser.get(URL).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2] <= 15, counts


def test_what_came_by_a_change_that_a_reader_may_not_see_names_none(signed: World) -> None:
    key = adding(signed)
    page = words(signed.client("implementer").get(URL).text)
    assert "BL-1 + …" in page and key not in page and "Quotes expire" in page and "added by" not in page
    (new,) = signed.client("implementer").get("/api/v1/projects/CRM/scope-in-force").json["not_signed"]
    shown = words(signed.client("implementer").get(f"/p/CRM/i/{new}").text)
    assert "Agreed by a change" in shown and key not in shown and "Two levels of approval" not in shown


def test_what_a_reader_may_not_see_of_the_chain_is_left_blank(signed: World) -> None:
    change(signed, seat="project_manager", title="Small")
    reader = signed.client("implementer")
    for path in (URL, "/p/CRM/signoffs", "/p/CRM/signoffs/1", "/p/CRM/baselines", "/p/CRM/scope"):
        shown = reader.get(path).text
        assert "CR-1" not in shown, path
    page = words(reader.get(URL).text)
    assert "BL-1 + …" in page and "something that you may not see" in page
    chain = page[page.index("Decided since the signature") : page.index("Not signed yet")]
    assert "Change REQ-1" not in chain and "Project manager" not in chain
    told = reader.get("/api/v1/projects/CRM/scope-in-force").json
    assert (told["carried_by"], told["to_confirm"], told["state"]) == (["…"], ["…"], "signed")
    assert reader.get("/api/v1/projects/CRM/signoffs/SGN-1").json["carried_by"] == ["…"]
    assert "CR-1" in words(signed.client("auditor").get(URL).text)


def send(world: World, **more: object) -> str:
    """Take and send the next baseline; the keys of its requirements."""
    sent = {"name": "Second scope", "meaning": "I approve this scope", "signers": ["business_owner"], **more}
    asked = world.client("project_manager").send(URL, sent)
    assert asked.status_code == 303, asked.text
    with world.read("auditor") as scene:
        return " ".join(baselines.keys_of(baselines.baseline_for(scene.actor, scene.project.id, 2)))


def test_drafts_are_left_out_unless_they_are_taken_knowingly(signed: World) -> None:
    draft = signed.requirement("analyst", title="Nobody looked at this", tier="should")
    seen = signed.requirement("analyst", title="Looked at", tier="should")
    only = signed.acceptance(title="Of the draft", then=["x"], accepts=[draft])
    both = signed.acceptance(title="Of both", then=["x"], accepts=[draft, seen])
    with signed.write("analyst") as scene:
        move(scene.actor, item_for(scene.actor, scene.project.id, seen), "in_review")
    browser = signed.client("project_manager")
    shown = words(browser.get(URL).text)
    assert "It takes 4 requirements (1 of them in review)" in shown and "Drafts that nobody has reviewed 1" in shown
    assert f"{draft} Nobody looked at this" in shown and "1 draft" in shown
    assert "Whoever signs then approves them, too" in shown
    assert 'name="drafts" value="1"' in browser.get(URL).text
    keys = send(signed).split()
    assert draft not in keys and only not in keys and {seen, both, "REQ-1"} <= set(keys)


def test_what_it_brings_under_a_signature_leaves_the_drafts_out(signed: World) -> None:
    signed.requirement("analyst", title="Nobody looked at this", tier="should")
    browser = signed.client("project_manager")
    alone = words(browser.get(URL).text)
    assert "Nothing but drafts waits for it." in alone and "It would bring" not in alone
    assert "With the 1 draft: 1 under a signature." in alone
    signed.requirement("analyst", title="Nor at this", tier="should")
    signed.requirement("analyst", title="Looked at", tier="should", stage="in_review")
    shown = words(browser.get(URL).text)
    assert "It would bring 1 thing under a signature." in shown
    assert "With the 2 drafts: 3 under a signature." in shown


def test_who_signs_is_told_of_the_drafts_in_it(signed: World) -> None:
    draft = signed.requirement("analyst", title="Nobody looked at this", tier="should")
    signed.requirement("analyst", title="Looked at", tier="should", stage="in_review")
    send(signed, drafts="1")
    page = signed.client("business_owner").get("/p/CRM/signoffs/2").text
    shown = words(page)
    assert "1 draft that nobody has reviewed is in it" in shown and "Your signature approves them, too." in shown
    assert f"{draft} Nobody looked at this Draft, not reviewed" in shown
    for form in re.findall(r'<div class="rq-sign-box".*?</form>', page, re.S):
        assert "your signature approves it, too" in form, "beside the button"
    assert page.count("your signature approves it, too") == 2, "at the side, and on a phone"
    assert "Looked at Draft, not reviewed" not in shown
    assert "nobody has reviewed" not in words(signed.client("business_owner").get("/p/CRM/signoffs/1").text)


def test_the_first_scope_marks_its_drafts_too(scope: World) -> None:
    scope.client("project_manager").send(
        "/p/CRM/signoffs", {"subject": "BL-1", "meaning": "I approve", "signers": ["business_owner"], "rule": "all"}
    )
    shown = words(scope.client("business_owner").get("/p/CRM/signoffs/1").text)
    assert "2 drafts that nobody has reviewed are in it" in shown
    assert shown.count("Draft, not reviewed") == 2 and "Requirement 1 Draft" not in shown


def test_drafts_may_be_taken_knowingly(signed: World) -> None:
    draft = signed.requirement("analyst", title="Nobody looked at this", tier="should")
    assert draft in send(signed, drafts="1").split()


def test_a_scope_of_drafts_alone_is_not_sent_unseen(world: World) -> None:
    world.cast()
    world.requirement("analyst", title="Nobody looked at this", tier="should")
    sent = {"name": "Scope", "meaning": "I approve this scope", "signers": ["business_owner"]}
    refused = world.client("project_manager").send(URL, sent)
    assert refused.status_code == 422 and "All requirements are drafts" in refused.text
    assert world.client("project_manager").send(URL, {**sent, "drafts": "1"}).status_code == 303


def test_over_the_api_drafts_may_be_left_out(signed: World) -> None:
    draft = signed.requirement("analyst", title="Nobody looked at this", tier="should")
    told = Caller(signed, "project_manager")("POST", "/baselines", {"name": "All"})
    without = Caller(signed, "project_manager")("POST", "/baselines", {"name": "Reviewed", "drafts": False})
    with signed.read("auditor") as scene:
        held = [
            baselines.keys_of(baselines.baseline_for(scene.actor, scene.project.id, one.json["key"]))
            for one in (told, without)
        ]
    assert draft in held[0] and draft not in held[1]


def test_by_whom_is_never_left_blank(world: World) -> None:
    world.cast()
    desk = Desk(world)
    req = world.requirement("analyst", title="A button", tier="should", stage="in_review")
    number = template(desk)
    with world.write("analyst") as scene:
        take(scene.actor, scene.project, "Scope 1")
    desk.sign("BL-1")
    key = standard(desk, number, [{"item": req, "field": "title", "new": "A key"}], phase="1", tier="should")
    desk.do(key, changes.submit, by="contributor", days="0.5")
    assert desk.stage(key) == "applied"
    shown = words(world.client("auditor").get(URL).text)
    row = shown[shown.index(key, shown.index("Decided since the signature")) :]
    assert f"by the template “A word on a screen” approved beforehand by {desk.name('business_owner')}" in row


def test_read_on_a_phone_and_the_next_one_sent_from_a_desktop(signed: World, zh_phone: Any, en_desktop: Any) -> None:
    change(signed, seat="project_manager", title="Small")
    key = adding(signed)
    signed.requirement("analyst", title="Nobody looked at this", tier="should")
    page = en_desktop
    sign_in(page, "project_manager")
    page.goto(URL)
    assert violations(page) == [] and overflow(page) <= 0
    page.get_by_role("button", name="Take it and send it").click()
    page.wait_for_url("**/signoffs/2")
    assert violations(page) == []
    phone = zh_phone
    sign_in(phone, "business_owner")
    phone.goto(URL)
    assert "CR-1" in phone.locator("main").inner_text()
    assert phone.locator(f".rq-waits a[href$='/i/{key}']").count() == 1
    assert violations(phone) == [] and overflow(phone) <= 0
    phone.goto("/")
    phone.locator("a[href$='/signoffs/2']").first.click()
    assert violations(phone) == [] and overflow(phone) <= 0
