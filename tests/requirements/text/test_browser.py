"""Hints while one writes, as people meet them: below the field, at a desk and on a phone, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import overflow, sign_in, violations
from tests.support.world import World

HINTS = ".rq-hints .rq-found > li"


@pytest.fixture
def crm(world: World) -> World:
    world.cast()
    return world


def test_hints_come_while_one_writes_and_one_is_let_stand(en_desktop: Page, crm: World) -> None:
    page = en_desktop
    sign_in(page, "analyst")
    page.goto("/p/CRM/requirements/new")
    page.fill("#f-title", "Customer list")
    page.focus("#f-statement")
    page.keyboard.type("The Easy Shop shall show the list fast")
    expect(page.locator(HINTS)).to_have_count(2)
    expect(page.locator(f"{HINTS} mark")).to_have_text(["Easy", "fast"])
    expect(page.locator(".rq-hints [data-hints-told]")).to_have_text("2 places to look at. It can be saved as it is.")
    assert page.evaluate("document.activeElement.id") == "f-statement"
    assert not violations(page)
    # A figure makes it measurable; a name is let stand, with the reason, from the keyboard.
    page.keyboard.type(", within 2 seconds.")
    expect(page.locator(f"{HINTS} mark")).to_have_text(["Easy"])
    page.locator(f"{HINTS} summary").press("Enter")
    page.locator(f"{HINTS} [data-hint-reason]").fill("It is the name of our shop")
    page.locator(f"{HINTS} [data-hint-reason]").press("Enter")
    expect(page.locator("#hints-quiet summary")).to_have_text("1 stands")
    page.locator("#hints-quiet summary").click()
    expect(page.locator("#hints-quiet")).to_contain_text("It is the name of our shop")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/i/REQ-1")
    expect(page.locator("#text .rq-section-head .rq-count")).to_have_count(0)
    page.goto("/p/CRM/scope/text?show=standing")
    expect(page.locator("main")).to_contain_text("It is the name of our shop")
    page.get_by_role("button", name="Point it out again").click()
    page.goto("/p/CRM/scope/text")
    expect(page.locator(".rq-found mark")).to_have_text(["Easy"])


def test_hints_wait_until_the_characters_are_chosen(zh_phone: Page, crm: World) -> None:
    page = zh_phone
    sign_in(page, "analyst")
    page.goto("/p/CRM/requirements/new")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/text/check" in request.url else None)
    page.fill("#f-title", "客户列表")
    page.focus("#f-statement")
    compose = """([type, data]) => {
        const field = document.getElementById("f-statement");
        field.dispatchEvent(new CompositionEvent(type, { data, bubbles: true }));
    }"""
    page.evaluate(compose, ["compositionstart", ""])
    page.evaluate("""() => {
        const field = document.getElementById("f-statement");
        field.value = "xitong ying jinkuai";
        field.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true, data: "jinkuai" }));
    }""")
    page.wait_for_timeout(900)
    assert asked == []
    page.evaluate("document.getElementById('f-statement').value = '系统应尽快显示客户列表。'")
    page.evaluate(compose, ["compositionend", "系统应尽快显示客户列表。"])
    expect(page.locator(f"{HINTS} mark")).to_have_text(["尽快"])
    assert len(asked) == 1
    page.locator(f"{HINTS} summary").tap()
    assert not violations(page) and overflow(page) == 0
    page.locator("form.rq-form [type=submit]").last.click()
    page.wait_for_url("**/i/REQ-1")
    expect(page.locator("#text mark")).to_have_text(["尽快"])
    page.goto("/p/CRM/scope/text")
    assert not violations(page) and overflow(page) == 0
    page.locator(".rq-found summary").first.tap()
    page.locator(".rq-found [name=reason]").first.fill("客户名称里就有这两个字")
    page.locator(".rq-found form [type=submit]").first.tap()
    expect(page.locator(".rq-found mark")).to_have_count(0)
