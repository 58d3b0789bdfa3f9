"""From a messy sheet to a scenario that is ready, as one clicks it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Stage
from tests.acceptance.test_browser import sign_in
from tests.browser.walks import WALKED
from tests.support.browser import Device, Windows, overflow, violations

SHEET = "客户姓名,手机,来源\n张伟民,138 1234 5678,展会\n李晓燕,13912345679,展 会\n王建国,+86 137-1234-5670,官网\n赵明超,13612345671,店\n"


def clean(page: Page) -> None:
    assert not violations(page) and overflow(page) == 0


@WALKED
def test_from_a_messy_sheet_to_a_scenario_that_is_ready(
    windows: Windows, device: Device, stage: Stage, tmp_path: Path
) -> None:
    page = windows.open(device)
    key = stage.world.acceptance(
        title="Phones are kept in one form", when=["I enter <手机>"], then=["“Saved” is shown for <手机>"]
    )
    file = tmp_path / "customers.csv"
    file.write_text(SHEET, encoding="utf-8")
    sign_in(page, "analyst")
    page.goto("/p/CRM/data")
    clean(page)
    page.goto("/p/CRM/data/sets/new")
    page.set_input_files("[name=file]", str(file))
    page.click("[data-look-now]")
    expect(page.locator("[name=mask-0]")).to_be_checked()
    expect(page.locator("[name=mask-1]")).to_be_checked()
    expect(page.locator("[name=mask-2]")).not_to_be_checked()
    clean(page)
    page.locator("[name=mask-1]").uncheck()  # the numbers are invented, and what the test is about
    page.fill("[name=system]", "Kingdee")
    page.fill("[name=taken_on]", "2026-11-20")
    page.locator("[data-look-shown] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/data/sets/1$"))
    expect(page.locator("main")).to_contain_text("张**")
    expect(page.locator("main")).not_to_contain_text("张伟民")
    clean(page)
    page.goto(f"/p/CRM/i/{key}")
    page.locator("#examples a.btn").click()
    expect(page.locator("#f-column-1")).to_have_value("手机")
    page.locator("button[name=each]").click()
    expect(page.locator("[name=rows]:checked")).to_have_count(3)
    clean(page)
    page.locator("form[method=post] button.btn-primary").click()
    expect(page.locator("#examples tbody tr")).to_have_count(3)
    expect(page.locator("#examples")).to_contain_text("Kingdee")
    clean(page)
    page.locator("#ready form button").click()
    page.locator("#ready form button").click()
    expect(page.locator("#ready")).to_have_count(0)
    # While one writes, the checker reads along, and steps are offered.
    page.goto("/p/CRM/acceptance/new")
    page.locator("input[name=when]").first.press_sequentially("enter")
    expect(page.locator("#steps-offered [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=when]").first).to_have_value("I enter <手机>")
    expect(page.locator("#ready-hints")).to_be_visible()
    clean(page)
    page.goto("/p/CRM/data/dictionary")
    clean(page)
    page.goto("/p/CRM/accept/steps")
    clean(page)
