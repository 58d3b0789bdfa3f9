"""Told while typing, merged on one page, and an import worked off with the keyboard and on a phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from tests.support.browser import overflow, sign_in, violations
from tests.support.world import World

COMPOSE = """(field, text) => {
    field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
}"""
DONE = """(field) => field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }))"""


def test_from_the_hint_to_the_merge(zh_phone: Page, world: World) -> None:
    world.cast()
    world.requirement(title="查客户", statement="系统应支持按手机号查询客户。")
    page = zh_phone
    sign_in(page, "analyst")
    page.goto("/p/CRM/requirements/new")
    page.fill("#f-title", "按手机号找客户")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/alike/" in request.url else None)
    # Nothing is asked while an input method composes.
    statement = page.locator("#f-statement")
    statement.evaluate(COMPOSE, "系统应当支持根据手机号码查询客户")
    page.wait_for_timeout(900)
    assert asked == [] or page.locator(".rq-alike").count() == 0
    statement.evaluate(DONE)
    hint = page.locator(".rq-alike a")
    expect(hint).to_contain_text("REQ-1")
    expect(hint).to_have_attribute("href", "/p/CRM/i/REQ-1")
    expect(page.locator("[data-hints*=alike] [data-hints-told]")).not_to_be_empty()
    assert overflow(page) == 0 and not violations(page)
    with page.expect_navigation():
        page.click("main form[data-draft] button[type=submit]")
    page.goto("/p/CRM/scope/duplicates")
    page.locator(".rq-twins a[href*=merge]").click()
    expect(page.locator("h1")).to_contain_text("REQ-2")
    page.locator('label:has(input[name="field-title"][value="gone"])').click()
    assert overflow(page) == 0 and not violations(page)
    with page.expect_navigation():
        page.click("main form.rq-form--wide button[type=submit]")
    # The old key led on to the one that stays.
    expect(page).to_have_url(page.url.partition("/p/")[0] + "/p/CRM/i/REQ-1")
    expect(page.locator("h1")).to_have_text("按手机号找客户")


def test_an_import_is_worked_off_by_keys(en_desktop: Page, world: World) -> None:
    world.cast()
    with world.write() as scene:
        for title in ("One", "Two", "Three", "Four"):
            store.create(scene.actor, scene.project, KINDS["requirement"], {"title": title}, imported=True)
    page = en_desktop
    sign_in(page, "analyst")
    page.goto("/p/CRM/scope/imported?view=one")
    heading = page.locator(".rq-review h2")
    expect(heading).to_have_text("One")
    assert not violations(page) and overflow(page) == 0
    with page.expect_navigation():
        page.keyboard.press("k")
    expect(heading).to_have_text("Two")
    page.keyboard.press("d")
    page.locator("#f-why").fill("Of the old system.")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(heading).to_have_text("Three")
    page.keyboard.press("a")
    page.select_option("#f-asked", "tester")
    page.locator("#f-question").fill("Who wants this?")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(heading).to_have_text("Four")
    expect(page.locator(".rq-prog .rq-num")).to_have_text("2 of 4")
    # The rest at once.
    page.goto("/p/CRM/scope/imported")
    page.check("[data-bulk-all]")
    with page.expect_navigation():
        page.click("[data-bulk-bar] button[value=keep]")
    expect(page.locator("main")).to_contain_text("has been looked at")
