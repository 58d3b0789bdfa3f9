"""Naming an item in a browser: words of its title are typed, one is chosen from what is offered, by hand or by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.changes.conftest import Desk
from tests.support.browser import overflow, sign_in, violations


@pytest.fixture
def others(desk: Desk) -> list[str]:
    """Two more requirements."""
    return [desk.world.requirement(title=title, statement="x") for title in ("报价单打印", "报价单传真")]


def test_a_new_change_names_its_items_by_their_titles(
    desk: Desk, req: str, others: list[str], zh_phone: Any, en_desktop: Any
) -> None:
    page = zh_phone
    sign_in(page, "contributor")
    page.goto("/p/CRM/changes/new")
    page.locator("[name=title]").fill("报价单改版")
    page.locator("[name=reason]").fill("客户看不清。")
    field = page.locator("#f-item")
    field.press_sequentially("报价单")
    offered = page.locator("#f-item-offered [role=option]")
    expect(offered).to_have_count(2)
    assert violations(page) == [] and overflow(page) <= 0
    offered.filter(has_text="打印").tap()
    expect(field).to_have_value(f"{others[0]} ")
    expect(page.locator(".rq-suggest-named")).to_contain_text("报价单打印")
    field.press_sequentially("传真")
    expect(offered).to_have_count(1)
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "f-item-offered-0")
    field.press("Enter")
    expect(field).to_have_value(f"{others[0]} {others[1]} ")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/changes/CR-1")
    assert set(desk.dossier("CR-1").items) == set(others)

    page = en_desktop
    sign_in(page, "contributor")
    page.goto("/p/CRM/changes/CR-1")
    field = page.locator("#f-pick")
    field.press_sequentially("nothing like it")
    expect(page.locator("#f-pick-offered")).to_be_hidden()
    field.fill(desk.read(req).title[:6])
    expect(page.locator("#f-pick-offered [role=option]").first).to_be_visible()
    assert violations(page) == [] and overflow(page) <= 0
    field.press("Escape")
    expect(page.locator("#f-pick-offered")).to_be_hidden()
    # A whole title goes without choosing.
    field.fill(desk.read(req).title)
    field.press("Enter")
    page.wait_for_url(f"**/items/{req}")
