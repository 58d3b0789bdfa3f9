"""Run mode under a thumb: one tap to pass, ten seconds to undo, a note where it did not."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Stage
from tests.support.browser import Windows, overflow, sign_in, violations


def verdict(page: Page, code: str) -> None:
    card = page.locator("[data-run-card]:visible")
    expect(card).to_have_count(1)  # all of them, until the script has come
    card.locator(f"button[name=verdict][value={code}]").click()


def until(stage: Stage, key: str, rows: dict[Any, str]) -> None:
    """Wait until the server has the results."""
    for _ in range(100):
        if stage.status(key)["rows"] == rows:
            return
        time.sleep(0.1)
    assert stage.status(key)["rows"] == rows


def test_one_tap_passes_and_brings_the_next_row(zh_phone: Page, stage: Stage, phones: str) -> None:
    number = stage.round(phones, environment="http://test")
    sign_in(zh_phone, "tester")
    zh_phone.goto(f"/p/CRM/rounds/{number}/run")
    card = zh_phone.locator("[data-run-card]:visible")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("I enter 138 1234 5678")
    assert not violations(zh_phone) and overflow(zh_phone) == 0
    verdict(zh_phone, "passed")
    expect(card).to_contain_text("I enter +86 138-1234-5678")
    # Undone before it was sent: the server never hears of it.
    zh_phone.locator("[data-toasts] button").first.click()
    expect(card).to_contain_text("I enter 138 1234 5678")
    zh_phone.goto("/p/CRM/accept")
    assert stage.status(phones)["rows"] == {0: "untested", 1: "untested"}
    zh_phone.goto(f"/p/CRM/rounds/{number}/run")
    verdict(zh_phone, "passed")
    expect(card).to_contain_text("I enter +86 138-1234-5678")
    # Leaving sends it.
    zh_phone.goto("/p/CRM/accept")
    until(stage, phones, {0: "passed", 1: "untested"})


def test_a_failure_asks_for_what_was_seen_and_keeps_the_step_that_is_wrong(
    zh_phone: Page, stage: Stage, phones: str
) -> None:
    number = stage.round(phones)
    sign_in(zh_phone, "tester")
    zh_phone.goto(f"/p/CRM/rounds/{number}/run")
    ticks = zh_phone.locator("[data-run-card]:visible [data-run-tick]")
    ticks.nth(0).click()
    ticks.nth(1).click()
    ticks.nth(1).click()
    note = zh_phone.locator("[data-run-card]:visible [name=note]")
    expect(note).to_be_focused()
    verdict(zh_phone, "failed")
    expect(zh_phone.locator("[data-run-card]:visible [data-run-error]")).to_be_visible()
    note.fill("two customers")
    verdict(zh_phone, "failed")
    verdict(zh_phone, "passed")
    expect(zh_phone.locator("[data-run-done]")).to_be_visible()
    zh_phone.goto("/p/CRM/accept")
    until(stage, phones, {0: "failed", 1: "passed"})
    (shown,) = stage.panel(phones)["rounds"]
    failed = next(one["result"] for one in shown["results"] if one["result"].verdict == "failed")
    assert failed.note == "two customers" and failed.steps == ["passed", "failed", "", ""]
    assert len(shown["results"]) == 2


def test_without_script_the_forms_do_it(windows: Windows, stage: Stage, plain: str) -> None:
    number = stage.round(plain)
    context = windows.browser.new_context(base_url=windows.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "tester")
    page.goto(f"/p/CRM/rounds/{number}/run")
    page.click("button[name=verdict][value=failed]")
    page.fill("[name=note]", "nothing came up")
    page.click("main [type=submit]")
    expect(page.locator("main")).to_contain_text("is tested")
    context.close()
    until(stage, plain, {None: "failed"})


def test_a_round_is_sound_in_both_widths_and_themes(windows: Windows, stage: Stage, phones: str, plain: str) -> None:
    from tests.support.browser import EN_DESKTOP, ZH_PHONE

    number = stage.round(phones, plain, environment="http://test")
    stage.record(number, phones, 1, "failed", "two customers")
    for device, theme in ((ZH_PHONE, "dark"), (EN_DESKTOP, "light")):
        page = windows.open(device, theme)
        sign_in(page, "project_manager")
        for path in (
            "/accept",
            "/rounds/new",
            f"/rounds/{number}",
            f"/rounds/{number}/edit",
            f"/rounds/{number}/scenarios",
        ):
            page.goto(f"/p/CRM{path}")
            assert not violations(page), path
            assert overflow(page) == 0, path
