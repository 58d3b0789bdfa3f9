"""Kinds of change beside the normal one, and one whose base moved, as people meet them: on a phone and on a desktop."""

from __future__ import annotations

from typing import Any

from tests.changes.conftest import Desk
from tests.changes.test_standard import written
from tests.support.browser import overflow, sign_in, violations


def sound(page: Any) -> None:
    """Nothing sticks out, and nothing is there that some could not use."""
    assert overflow(page) <= 0 and violations(page) == [], page.url


def test_a_template_is_approved_on_a_phone_and_a_change_passes_by_it(
    desk: Desk, req: str, zh_phone: Any, en_desktop: Any
) -> None:
    number = written(desk)
    sign_in(zh_phone, "business_owner")
    zh_phone.goto(f"/p/CRM/settings/templates/{number}")
    sound(zh_phone)
    zh_phone.locator("#approval button[type=submit]").click()
    zh_phone.locator("#approval").wait_for(state="detached")
    sound(zh_phone)
    page = en_desktop
    sign_in(page, "contributor")
    page.goto(f"/p/CRM/changes/new?item={req}")
    page.get_by_label("What should be different").fill("A word on the form")
    page.get_by_label("Why").fill("It is misread.")
    page.get_by_text("urgent or standard").click()
    page.get_by_label("What kind of change").select_option(label="Standard: A word on a screen")
    page.get_by_role("button", name="Save and write the edit").click()
    page.get_by_label("Statement").fill("Two levels approve.")
    page.get_by_role("button", name="Propose this").click()
    hand_in = page.locator(".rq-desk")
    hand_in.get_by_label("Person-days, as you estimate").fill("0.5")
    sound(page)
    hand_in.get_by_role("button", name="Hand it in: it takes effect").click()
    page.get_by_text("In effect").first.wait_for()
    sound(page)
    assert desk.stage("CR-1") == "applied" and desk.content(req)["statement"] == "Two levels approve."


def test_an_emergency_is_in_effect_at_once_and_reviewed_afterwards(
    desk: Desk, req: str, zh_phone: Any, en_desktop: Any
) -> None:
    edits = [{"item": req, "field": "statement", "new": "两级审批。"}]
    key = desk.log(kind="emergency", edits=edits)
    phone, page, url = zh_phone, en_desktop, f"/p/CRM/changes/{key}"
    sign_in(phone, "contributor")
    phone.goto(url)
    sound(phone)
    phone.locator("#submit-phone button[type=submit]").click()
    phone.locator("#decide-phone").wait_for()
    sign_in(page, "sponsor")
    page.goto(url)
    page.locator("#decide input[value=should]").check(force=True)
    sound(page)
    page.locator(".rq-desk").get_by_role("button", name="Approve").click()
    page.locator("#review").wait_for()
    assert desk.stage(key) == "applied"
    phone.context.clear_cookies()
    sign_in(phone, "analyst")
    phone.goto(url)
    sound(phone)
    phone.locator("#review-phone input[name=likely]").fill("2")
    phone.locator("#review-phone button[type=submit]").click()
    phone.locator("#review-phone form").wait_for(state="detached")
    page.context.clear_cookies()
    sign_in(page, "project_manager")
    page.goto("/")
    page.get_by_role("link", name="Two levels of approval").first.click()
    page.locator("#review").get_by_label("What the review found").fill("It was right.")
    sound(page)
    page.get_by_role("button", name="Record the review").click()
    page.locator(".rq-desk #review").get_by_text("reviewed").wait_for()
    assert desk.read(key).reviewed_at is not None


def test_what_moved_meanwhile_is_chosen_side_by_side(desk: Desk, req: str, zh_phone: Any, en_desktop: Any) -> None:
    key = desk.deciding(edits=[{"item": req, "field": "statement", "new": "两级审批。"}])
    desk.world_edit(req, statement="四级审批。")
    page = en_desktop
    sign_in(page, "project_manager")
    page.goto(f"/p/CRM/changes/{key}")
    assert page.locator("#decide").get_by_role("button", name="Approve").is_disabled()
    sound(page)
    phone = zh_phone
    sign_in(phone, "contributor")
    phone.goto(f"/p/CRM/changes/{key}")
    card = phone.locator(".rq-redline").filter(has_text="四级审批。")
    sound(phone)
    card.locator("header a.btn").click()
    sound(phone)
    assert "四级审批。" in phone.locator("main").inner_text()
    assert phone.get_by_role("textbox", name="陈述").input_value() == "两级审批。"
    phone.get_by_role("button", name="提出这样改").click()
    phone.wait_for_url(f"**/changes/{key}**")
    assert desk.submit_conflicts(key) == []
