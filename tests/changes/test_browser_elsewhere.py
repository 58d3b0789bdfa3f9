"""Deciding by a link on a phone, saying who stands in, and confirming what was agreed elsewhere, as people do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions
from tests.changes.conftest import Desk
from tests.changes.test_asking import asked
from tests.changes.test_reverting import apply
from tests.support.browser import overflow, sign_in, violations
from tests.support.world import OPERATOR


def test_a_link_is_answered_on_a_phone_with_one_tap(desk: Desk, req: str, zh_phone: Any) -> None:
    key = desk.deciding(likely=3, edits=[{"item": req, "field": "statement", "new": "两级审批。"}])
    url, code = asked(desk, key)
    page = zh_phone
    page.goto(url)
    assert violations(page) == [] and overflow(page) <= 0
    page.get_by_role("textbox").fill(code)
    page.keyboard.press("Enter")
    page.locator("#answer").wait_for()
    assert violations(page) == [] and overflow(page) <= 0
    taps = 0
    page.locator("button[name=outcome][value=approved]").click()
    taps += 1
    page.locator("#answer").wait_for(state="detached")
    assert taps <= 3 and desk.stage(key) == "applied"
    assert violations(page) == [] and overflow(page) <= 0
    page.goto(url)
    assert page.locator("#answer").count() == 0 and page.locator("input[name=code]").count() == 0


def test_who_holds_the_code_comes_to_it_from_their_work(desk: Desk, req: str, zh_phone: Any, en_desktop: Any) -> None:
    key = desk.deciding(likely=3, edits=[{"item": req, "field": "statement", "new": "Two."}])
    _url, code = asked(desk, key)
    for page, login in ((zh_phone, "analyst"), (en_desktop, "project_manager")):
        sign_in(page, login)
        page.goto("/")
        assert violations(page) == [] and overflow(page) <= 0
        page.locator(f"main a[href$='/changes/{key}/asks/1/code'].btn").click()
        page.locator("form[action$='/code'] button").wait_for()
        assert page.locator("#ask-code").count() == 0
        assert violations(page) == [] and overflow(page) <= 0
        page.locator("form[action$='/code'] button").click()
        page.locator("#ask-code").wait_for()
        assert page.locator("#ask-code").inner_text().replace(" ", "") == code
        assert violations(page) == [] and overflow(page) <= 0


def test_it_works_without_script(desk: Desk, req: str, windows: Any) -> None:
    key = desk.deciding(likely=3, edits=[{"item": req, "field": "statement", "new": "Two."}])
    url, code = asked(desk, key)
    context = windows.browser.new_context(base_url=windows.url, java_script_enabled=False, locale="en-US")
    windows.contexts.append(context)
    page = context.new_page()
    page.goto(url)
    page.get_by_role("textbox").fill(code)
    page.locator("main button[type=submit]").click()
    page.locator("textarea[name=reason]").fill("Why two?")
    page.locator("button[name=outcome][value=question]").click()
    page.locator("#answer").wait_for(state="detached")
    assert desk.stage(key) == "needs_information"


def test_somebody_says_who_stands_in_and_they_decide(desk: Desk, req: str, en_desktop: Any) -> None:
    key = desk.deciding(likely=3, edits=[{"item": req, "field": "statement", "new": "Two."}])
    page = en_desktop
    sign_in(page, "business_owner")
    page.goto("/")
    page.get_by_role("link", name="I am away").click()
    today = clock.today("Asia/Shanghai")
    page.get_by_label("First day").fill(today.isoformat())
    page.get_by_label("Last day").fill((today + timedelta(days=5)).isoformat())
    page.get_by_label("Who stands in").select_option("tester")
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    page.get_by_text("何敏, for 陈立群").wait_for()
    assert violations(page) == []
    assert desk.waiting("tester") == [("decide", key)] and desk.waiting("business_owner") == []
    # What they may not do is said where one looks for it.
    assert "Stays with you: changes that the person standing in" in page.locator("#absences").inner_text()
    page.goto("/")
    assert "Stays with you: " in page.locator("#away").inner_text() and violations(page) == []
    page.get_by_role("link", name="Look, or end it").click()
    page.get_by_role("button", name="End the absence").click()
    page.get_by_text("back again").first.wait_for()
    assert desk.waiting("business_owner") == [("decide", key)]


def test_what_was_agreed_is_written_up_and_confirmed(desk: Desk, req: str, en_desktop: Any, zh_phone: Any) -> None:
    key = desk.log(edits=[{"item": req, "field": "statement", "new": "Two."}])
    page = en_desktop
    sign_in(page, "contributor")
    page.goto(f"/p/CRM/changes/{key}")
    form = page.locator("#agree")
    form.locator("summary").first.click()
    form.get_by_label("Where, and by which minutes").fill("Steering, minutes 12")
    form.get_by_label("陈立群").check()
    form.get_by_label("Person-days, as you estimate").fill("3")
    assert violations(page) == []
    form.get_by_role("button", name="Ask them to confirm").click()
    page.locator("#agreement").wait_for()
    assert violations(page) == []
    phone = zh_phone
    sign_in(phone, "business_owner")
    phone.goto("/")
    phone.get_by_role("link", name="Two levels of approval").first.click()
    box = phone.locator("#agreement-phone")
    assert violations(phone) == [] and overflow(phone) <= 0
    box.locator("button[name=word][value=yes]").click()
    box.locator("form").wait_for(state="detached")
    assert desk.stage(key) == "applied"


def test_who_left_is_replaced_on_a_phone(desk: Desk, req: str, zh_phone: Any) -> None:
    desk.world.member("owner2", "business_owner", name="郭玉梅")
    key = desk.log(edits=[{"item": req, "field": "statement", "new": "Two."}])
    day = clock.today("Asia/Shanghai").isoformat()
    desk.do(key, actions.agree_elsewhere, day, "Steering", ["business_owner"], days=3, by="contributor")
    with desk.world.write():
        accounts.disable_user(OPERATOR, user_by_login("business_owner"))
    phone = zh_phone
    sign_in(phone, "project_manager")
    phone.goto(f"/p/CRM/changes/{key}")
    box = phone.locator("#agreement-phone")
    box.locator("summary").first.click()
    box.locator("select[name=replacement]").select_option("owner2")
    assert violations(phone) == [] and overflow(phone) <= 0
    # Without a reason it says so, and what was chosen stays.
    box.locator("form[action$='/replacements'] button[type=submit]").click()
    box.locator(".is-invalid").first.wait_for()
    assert box.locator("select[name=replacement]").input_value() == "owner2"
    box.locator("textarea[name=why_replaced]").fill("她调走了。")
    box.locator("form[action$='/replacements'] button[type=submit]").click()
    box.locator("form[action$='/replacements']").wait_for(state="detached")
    assert desk.waiting("owner2") == [("confirm", key)]
    assert violations(phone) == [] and overflow(phone) <= 0


def test_what_no_round_tests_is_added_to_the_round(desk: Desk, req: str, en_desktop: Any) -> None:
    first = desk.world.acceptance(title="First", then=["x"], accepts=[req])
    number = desk.round(first)
    fresh = {"title": "Second", "then": ["x"], "accepts": [req]}
    key = apply(desk, [{"new_item": {"kind": "acceptance", "fields": fresh}}])
    page = en_desktop
    sign_in(page, "project_manager")
    page.goto(f"/p/CRM/changes/{key}")
    assert violations(page) == []
    page.get_by_role("button", name=f"Add to RND-{number}").first.click()
    page.get_by_text("Second").first.wait_for()
    page.goto(f"/p/CRM/changes/{key}")
    page.get_by_role("link", name="Open the round that tests it").first.wait_for()
    assert page.get_by_role("button", name=f"Add to RND-{number}").count() == 0
