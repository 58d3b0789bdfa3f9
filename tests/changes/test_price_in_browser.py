"""From days off pasted in the settings to a price tag, and one press that makes room: on a desktop and on a phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.changes.conftest import Desk
from tests.changes.test_price import plan, settings
from tests.support.browser import overflow, sign_in, violations

__all__ = ["plan"]


def paste_days_off(page: Page) -> None:
    """A line that is no date is told by its number; what was pasted is still there to be mended."""
    page.goto("/p/CRM/settings#days")
    form = page.locator("#days form")
    form.locator("[name=days_off]").fill("2026-11-30 – 2026-12-01\nday off")
    form.locator("[type=submit]").click()
    expect(form.locator("#f-days_off-error")).to_contain_text("2")
    expect(form.locator("[name=days_off]")).to_have_value("2026-11-30 – 2026-12-01\nday off")
    form.locator("[name=days_off]").fill("2026-11-30 – 2026-12-01")
    form.locator("[type=submit]").click()
    page.wait_for_url("**/settings")
    expect(page.locator("#days [name=days_off]")).to_have_value("2026-11-30 – 2026-12-01")


def test_a_price_and_room_for_it(desk: Desk, plan: dict[str, str], en_desktop: Any) -> None:
    settings(desk, day_rate=1800)
    key = desk.log("analyst", affected=[plan["must"]], assessor_roles=["implementer"])
    desk.submit(key, "analyst")
    page = en_desktop
    sign_in(page, "project_manager")
    paste_days_off(page)
    assert violations(page) == []
    page.context.clear_cookies()
    sign_in(page, "implementer")
    page.goto(f"/p/CRM/changes/{key}")
    box = page.locator("#assess")
    box.get_by_label("Person-days, most likely").fill("3")
    box.get_by_text("Best and worst case").click()
    box.get_by_label("Best case").fill("2")
    box.get_by_label("Worst case").fill("4")
    box.get_by_label("Money beside effort").fill("500")
    box.get_by_label("How probable").select_option("4")
    box.get_by_label("How much it would hurt").select_option("4")
    box.get_by_text("Other ways to do it").click()
    box.get_by_label("If nothing is done").fill("Quotes go on waiting.")
    assert violations(page) == []
    box.get_by_role("button", name="Save the assessment").click()
    page.get_by_text("risk 16 of 25").wait_for()
    assert page.locator(".rq-cap").count() == 0, "what a phase carries is not the implementer's to see"
    page.context.clear_cookies()
    sign_in(page, "analyst")
    page.goto(f"/p/CRM/changes/{key}")
    cost = page.locator("#cost")
    expect(cost).to_contain_text("5,900")
    # Three working days later, and two of those after the 27th are off.
    expect(cost).to_contain_text("+3 working days")
    expect(cost).to_contain_text("27 Nov → 4 Dec")
    expect(cost).to_contain_text("Quotes go on waiting.")
    assert cost.locator(".rq-cap").count() == 3 and violations(page) == []
    cost.get_by_role("button", name="Move them to Phase 2 in this change").click()
    expect(page.locator("#package")).to_contain_text(plan["heavy"])
    expect(page.locator("#swap")).to_have_count(0)
    expect(page.locator("#cost")).to_contain_text("What the change itself proposes.")


def test_a_price_on_a_phone(desk: Desk, plan: dict[str, str], zh_phone: Any) -> None:
    key = desk.log("analyst", affected=[plan["must"]])
    desk.submit(key, "analyst")
    desk.assess(key, 3, by="analyst", probability=4, effect=4, options=[{"name": "smaller", "days": 1}])
    page = zh_phone
    sign_in(page, "project_manager")
    paste_days_off(page)
    for url in (f"/p/CRM/changes/{key}", "/p/CRM/settings"):
        page.goto(url)
        assert overflow(page) == 0 and violations(page) == [], url
    page.goto(f"/p/CRM/changes/{key}")
    page.locator("#swap form button").click()
    expect(page.locator("#package")).to_contain_text(plan["heavy"])


def test_who_decides_is_told_of_it_in_their_box(desk: Desk, plan: dict[str, str], zh_phone: Any) -> None:
    key = desk.log("analyst", affected=[plan["must"]])
    desk.submit(key, "analyst")
    desk.assess(key, 3, by="analyst")
    sign_in(zh_phone, "business_owner")
    zh_phone.goto(f"/p/CRM/changes/{key}")
    assert overflow(zh_phone) == 0 and violations(zh_phone) == []
    zh_phone.locator("#decide-phone .rq-swap a").click()
    expect(zh_phone.locator("#swap")).to_contain_text(plan["heavy"])
    assert zh_phone.locator("#swap form").count() == 0, "who decides it does not write it"
