"""A conflict is settled by one press beside either text; what was proposed stays exactly that, of whatever kind the field is."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest

from reqtrack.changes import actions
from tests.changes.conftest import Desk
from tests.changes.test_browser_kinds import sound
from tests.support.browser import sign_in


def edit(item: str, field: str, new: Any) -> dict[str, Any]:
    return {"item": item, "field": field, "new": new}


def button(shown: str, chosen: str) -> tuple[str, dict[str, str]]:
    """What the button beside one of the two texts sends: where to, and what."""
    forms = re.findall(r"<form[^>]*>.*?</form>", shown.partition('<div class="rq-versus">')[2], re.S)
    wanted = next(one for one in forms if f'name="chosen" value="{chosen}"' in one)
    action = re.search(r'action="([^"]*)"', wanted)[1]  # type: ignore[index]
    sent = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', wanted)}
    sent.pop("csrf_token", None)
    return action, sent


def press(desk: Desk, key: str, item: str, chosen: str, by: str = "contributor") -> tuple[str, str]:
    """Press beside one of the two texts; the form as it was, and the page one lands on."""
    client = desk.world.client(by)
    shown = client.get(f"/p/CRM/changes/{key}/items/{item}").text
    answer = client.send(*button(shown, chosen))
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/p/CRM/changes/{key}")
    return html.unescape(shown), html.unescape(client.get(answer.headers["Location"]).text)


def flashed(page: str) -> str:
    return re.findall(r"data-flash>.*?<span>(.*?)</span>", page, re.S)[0] if "data-flash" in page else ""


@pytest.mark.parametrize(
    ("field", "theirs", "mine"),
    [
        ("statement", "Seven levels.", "Two levels,\n\n- by amount\n- by “discount” <5 %"),
        ("title", "Offers are approved", "Quotes & offers"),
        ("tier", "must", "later"),
        ("effort_days", Decimal("4.5"), 2.25),
        ("owner", "analyst", "tester"),
    ],
)
def test_what_is_proposed_is_taken_as_it_was(desk: Desk, req: str, field: str, theirs: Any, mine: Any) -> None:
    key = desk.deciding(edits=[edit(req, field, mine)])
    (before,) = desk.dossier(key).edits
    desk.world_edit(req, **{field: theirs})
    assert desk.dossier(key).conflicts and desk.waiting("contributor") == [("mend", key)]
    form, page = press(desk, key, req, "mine")
    assert form.count("rq-versus") == 1
    found = desk.dossier(key)
    (after,) = found.edits
    assert not found.conflicts and (after.field, after.new, after.id) == (field, before.new, before.id)
    assert after.old == desk.content(req).get(field) and desk.waiting("contributor") == []
    label = flashed(page).removeprefix(f"{req}, ").partition(":")[0]
    assert flashed(page) == f"{req}, {label}: the proposal stands, in place of what it says now." and label
    assert "In conflict" not in page


def test_what_stands_now_is_kept(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[edit(req, "statement", "Two levels."), edit(req, "title", "Offers")])
    desk.world_edit(req, statement="Seven levels.")
    _form, page = press(desk, key, req, "theirs")
    assert [one.field for one in desk.dossier(key).edits] == ["title"] and not desk.dossier(key).conflicts
    assert flashed(page) == f"{req}, Statement: it stays as it stands now; this change leaves it alone."
    assert desk.content(req)["statement"] == "Seven levels." and desk.waiting("contributor") == []


@pytest.mark.parametrize("field", ["statement", "title"])
def test_what_moved_once_more_is_not_settled(desk: Desk, req: str, field: str) -> None:
    """Between the page and the press it was edited again: nobody chose over that."""
    key = desk.deciding(edits=[edit(req, field, "Two levels.")])
    desk.world_edit(req, **{field: "Seven levels."})
    client = desk.world.client("contributor")
    opened = button(client.get(f"/p/CRM/changes/{key}/items/{req}").text, "mine")
    desk.world_edit(req, **{field: "Nine levels."})
    before = desk.dossier(key)
    answer = client.send(*opened)
    page = html.unescape(answer.text)
    label = field.capitalize()
    assert answer.status_code == 409
    assert f"{req}, {label}: it was changed once more meanwhile. Look at what it says now, and choose again." in page
    assert "Nine" in page and page.count("rq-versus") == 1 and "the proposal stands" not in page
    after = desk.dossier(key)
    assert after.conflicts == [(req, field)] and after.package_print == before.package_print
    assert flashed(client.get(f"/p/CRM/changes/{key}").text) == ""
    # The form that came instead settles it.
    assert client.send(*button(answer.text, "mine")).status_code == 303
    (edited,) = desk.dossier(key).edits
    assert not desk.dossier(key).conflicts and (edited.old, edited.new) == ("Nine levels.", "Two levels.")
    assert "the proposal stands" in flashed(html.unescape(client.get(f"/p/CRM/changes/{key}").text))


def test_what_moved_once_more_to_what_is_proposed_is_settled(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[edit(req, "statement", "Two levels.")])
    desk.world_edit(req, statement="Seven levels.")
    client = desk.world.client("contributor")
    opened = button(client.get(f"/p/CRM/changes/{key}/items/{req}").text, "mine")
    desk.world_edit(req, statement="Two levels.")
    assert client.send(*opened).status_code == 303 and not desk.dossier(key).conflicts


def test_of_an_acceptance_scenario_too(desk: Desk, req: str) -> None:
    acc = desk.world.acceptance(title="A", then=["x"], accepts=[req], when=["one", "two"])
    key = desk.deciding(edits=[edit(acc, "then", ["y", "z"])])
    desk.world_edit(acc, then=["w"])
    press(desk, key, acc, "mine")
    (after,) = desk.dossier(key).edits
    assert after.new == ["y", "z"] and not desk.dossier(key).conflicts


def test_taking_an_edit_out_elsewhere_says_nothing_of_a_choice(desk: Desk, req: str) -> None:
    key = desk.deciding(edits=[edit(req, "statement", "Two levels.")])
    (one,) = desk.dossier(key).edits
    client = desk.world.client("contributor")
    client.send(f"/p/CRM/changes/{key}/edits/{one.id}/drop", {})
    assert flashed(client.get(f"/p/CRM/changes/{key}").text) == ""


def in_conflict(desk: Desk, req: str) -> str:
    key = desk.deciding(edits=[edit(req, "statement", "两级审批。")])
    desk.world_edit(req, statement="七级审批。")
    return key


def choose(page: Any, desk: Desk, key: str, req: str, chosen: str) -> None:
    """From My work: one press leads to the two texts, one press settles it."""
    sign_in(page, "contributor")
    page.goto("/")
    sound(page)
    page.locator(f"a.btn[href*='{key}/items/{req}']").first.click()
    page.locator(".rq-versus").wait_for()
    sound(page)
    texts = page.locator(".rq-versus > div")
    assert texts.count() == 2
    first, second = texts.nth(0).bounding_box(), texts.nth(1).bounding_box()
    if page.viewport_size["width"] > 1000:
        assert first["y"] == second["y"] and first["x"] < second["x"], "side by side"
    else:
        assert first["y"] < second["y"] and second["x"] + second["width"] <= 390, "one below the other"
    assert "七" in texts.nth(0).locator("ins").inner_text() and "两" in texts.nth(1).locator("ins").inner_text()
    page.locator(f".rq-versus form:has([value={chosen}]) button").click()
    page.wait_for_url(f"**/changes/{key}")
    page.locator("[data-flash]").wait_for()
    assert req in page.locator("[data-flash]").inner_text()
    sound(page)
    assert not desk.dossier(key).conflicts


@pytest.mark.browser
def test_an_author_takes_what_is_proposed_on_a_phone(desk: Desk, req: str, zh_phone: Any) -> None:
    key = in_conflict(desk, req)
    choose(zh_phone, desk, key, req, "mine")
    (edited,) = desk.dossier(key).edits
    assert (edited.old, edited.new) == ("七级审批。", "两级审批。")


@pytest.mark.browser
def test_an_author_keeps_what_stands_now_at_a_desk(desk: Desk, req: str, en_desktop: Any) -> None:
    key = in_conflict(desk, req)
    desk.do(key, actions.propose, [edit(req, "title", "Offers")], by="contributor")
    choose(en_desktop, desk, key, req, "theirs")
    assert [one.field for one in desk.dossier(key).edits] == ["title"]
