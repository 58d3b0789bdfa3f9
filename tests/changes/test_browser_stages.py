"""The stages of a project as people set them up and pass through them: on a desktop by keyboard, on a phone in Chinese, without
script."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from reqtrack.changes import actions
from tests.changes.conftest import Desk
from tests.changes.test_stages import QUALITY, edits, set_flows, where
from tests.support.browser import overflow, sign_in, violations


def test_a_stage_is_added_by_keyboard_tried_out_and_saved(desk: Desk, req: str, en_desktop: Any) -> None:
    key = desk.deciding(edits=edits(req))
    page = en_desktop
    sign_in(page, "project_manager")
    page.goto("/p/CRM/settings")
    page.get_by_role("link", name="Change the stages").click()
    page.get_by_role("button", name="One more stage").focus()
    page.keyboard.press("Enter")
    stage = page.get_by_role("group", name="Added stage 1")
    stage.get_by_label("Name in English").fill("Quality check")
    # Nothing is lost where something is lacking.
    page.get_by_role("button", name="See what it would bring").last.click()
    page.get_by_text("Say who passes on what stands in it").first.wait_for()
    assert stage.get_by_label("Name in English").input_value() == "Quality check"
    stage.get_by_label("Counts as").select_option(label="Assessing")
    stage.get_by_role("checkbox", name="Business owner").focus()
    page.keyboard.press("Space")
    page.locator("summary", has_text="What the stages are called").click()
    page.get_by_label("Deciding · English").fill("Board meeting")
    page.get_by_role("button", name="See what it would bring").last.click()
    page.get_by_text("1 open change is called otherwise or goes on").wait_for()
    brings = page.locator("#brings")
    assert "Board meeting" in brings.get_by_role("row").filter(has_text=key).inner_text()
    assert "gains it" in brings.inner_text()
    assert violations(page) == [] and overflow(page) <= 0
    page.get_by_role("button", name="Go by these stages").click()
    page.get_by_text("set up by this project").wait_for()
    page.goto("/p/CRM/changes")
    page.get_by_text("Board meeting").filter(visible=True).first.wait_for()


def test_a_change_is_passed_on_on_a_phone(desk: Desk, req: str, zh_phone: Any) -> None:
    set_flows(desk, {"added": [QUALITY]})
    key = desk.deciding(edits=edits(req))
    page = zh_phone
    sign_in(page, "project_manager")
    page.goto("/")
    page.get_by_text("质量检查").first.wait_for()
    page.goto(f"/p/CRM/changes/{key}")
    box = page.locator("#pass-phone")
    box.get_by_role("textbox").first.fill("写得清楚，可以测。")
    assert violations(page) == [] and overflow(page) <= 0
    box.get_by_role("button").first.click()
    page.locator("#pass-phone").wait_for(state="detached")
    assert where(desk, key) == ("deciding", None)
    page.goto("/p/CRM/settings/stages")
    assert "质量检查" in page.locator("main").inner_text()
    assert violations(page) == [] and overflow(page) <= 0


def test_a_preset_is_chosen_without_script(desk: Desk, req: str, windows: Any) -> None:
    key = desk.log(edits=edits(req))
    context = windows.browser.new_context(java_script_enabled=False, base_url=windows.url, locale="en-US")
    page = context.new_page()
    sign_in(page, "project_manager")
    page.goto("/p/CRM/settings/stages")
    page.get_by_role("radio", name="Regulated").check()
    page.get_by_role("button", name="See what it would bring").first.click()
    expect(page.locator("#brings")).to_contain_text("Each decision takes two people")
    page.get_by_role("button", name="Go by these stages").click()
    expect(page.locator("main")).to_contain_text("Quality check")
    page.goto("/p/CRM/changes")
    assert "Needs information" in page.locator("main").inner_text()
    desk.do(key, actions.edit_content, {"tier": "should"}, by="contributor", seen=desk.read(key).version)
    page.goto(f"/p/CRM/changes/{key}")
    assert "Here it needs a phase before that" in page.locator("main").inner_text()
    context.close()
