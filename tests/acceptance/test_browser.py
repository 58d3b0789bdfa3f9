"""Run mode under a thumb: one tap to pass, ten seconds to undo, a note where it did not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from reqtrack.acceptance import queries
from reqtrack.acceptance.models import Result
from reqtrack.db import db
from tests.acceptance.conftest import Stage
from tests.browser.walks import WALKED
from tests.support.browser import ZH_PHONE, Device, Windows, overflow, sign_in, violations
from tests.support.cable import Cable


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


@WALKED
def test_one_tap_passes_and_brings_the_next_row(windows: Windows, device: Device, stage: Stage, phones: str) -> None:
    number = stage.round(phones, environment="http://test")
    page = windows.open(device)
    sign_in(page, "tester")
    page.goto(f"/p/CRM/rounds/{number}/run")
    card = page.locator("[data-run-card]:visible")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("I enter 138 1234 5678")
    assert not violations(page) and overflow(page) == 0
    verdict(page, "passed")
    expect(card).to_contain_text("I enter +86 138-1234-5678")
    # Undone before it was sent: the server never hears of it.
    page.locator("[data-toasts] button").first.click()
    expect(card).to_contain_text("I enter 138 1234 5678")
    page.goto("/p/CRM/accept")
    assert stage.status(phones)["rows"] == {0: "untested", 1: "untested"}
    page.goto(f"/p/CRM/rounds/{number}/run")
    verdict(page, "passed")
    expect(card).to_contain_text("I enter +86 138-1234-5678")
    # Leaving sends it.
    page.goto("/p/CRM/accept")
    until(stage, phones, {0: "passed", 1: "untested"})


@WALKED
def test_a_failure_asks_for_what_was_seen_and_keeps_the_step_that_is_wrong(
    windows: Windows, device: Device, stage: Stage, phones: str
) -> None:
    number = stage.round(phones)
    page = windows.open(device)
    sign_in(page, "tester")
    page.goto(f"/p/CRM/rounds/{number}/run")
    ticks = page.locator("[data-run-card]:visible [data-run-tick]")
    ticks.nth(0).click()
    ticks.nth(1).click()
    ticks.nth(1).click()
    note = page.locator("[data-run-card]:visible [name=note]")
    expect(note).to_be_focused()
    verdict(page, "failed")
    expect(page.locator("[data-run-card]:visible [data-run-error]")).to_be_visible()
    note.fill("two customers")
    verdict(page, "failed")
    verdict(page, "passed")
    expect(page.locator("[data-run-done]")).to_be_visible()
    page.goto("/p/CRM/accept")
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


def test_where_the_browser_keeps_nothing_a_result_is_sent_as_any_form_is(
    windows: Windows, stage: Stage, plain: str, tmp_path: Path
) -> None:
    number = stage.round(plain)
    page = windows.open(ZH_PHONE)
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    sign_in(page, "tester")
    page.goto(f"/p/CRM/rounds/{number}/run")
    page.locator("[data-run-card]:visible [data-run-note-now]").click()
    page.locator("[data-run-card]:visible [name=note]").fill("nothing came up")
    seen = tmp_path / "seen.txt"
    seen.write_text("nothing")
    page.locator("[data-run-card]:visible [name=photo]").set_input_files(seen)
    with page.expect_navigation():
        verdict(page, "failed")
    until(stage, plain, {None: "failed"})
    (shown,) = stage.panel(plain)["rounds"]
    assert [one["result"].evidence[0][1] for one in shown["results"]] == ["seen.txt"], "its file goes along"


@pytest.mark.full
def test_a_round_is_sound_in_both_widths_and_themes(windows: Windows, stage: Stage, phones: str, plain: str) -> None:
    from tests.support.browser import EN_DESKTOP

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


@pytest.fixture
def cable(windows: Windows) -> Iterator[Cable]:
    """What windows opened from now on are connected by."""
    made = Cable(windows.url)
    windows.url = made.url
    yield made
    made.pull()


def recorded_by(stage: Stage, number: int) -> list[str]:
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, number)
        return list(db.session.execute(select(Result.tester).where(Result.round_id == found.id)).scalars())


def opened_run(windows: Windows, device: Device, number: int, login: str = "tester") -> Page:
    """Run mode, kept for when the network is gone."""
    page = windows.open(device)
    sign_in(page, login)
    page.goto(f"/p/CRM/rounds/{number}/run")
    expect(page.locator("[data-run-worker]")).to_have_attribute("data-kept", "yes")
    return page


@WALKED
def test_without_network_three_results_wait_through_a_reload_and_are_sent_once(
    windows: Windows, device: Device, cable: Cable, stage: Stage, phones: str, plain: str
) -> None:
    number = stage.round(phones, plain)
    page = opened_run(windows, device, number)
    cable.pull()
    for _card in range(3):
        verdict(page, "passed")
    flag = page.locator("[data-run-queue]")
    expect(flag).to_contain_text("3")
    page.reload()
    expect(flag).to_be_visible()
    expect(flag).to_contain_text("3")
    assert overflow(page) == 0 and not violations(page)
    assert recorded_by(stage, number) == []
    cable.plug()
    page.reload()
    until(stage, phones, {0: "passed", 1: "passed"})
    until(stage, plain, {None: "passed"})
    expect(flag).to_be_hidden()
    assert recorded_by(stage, number) == ["tester"] * 3


@WALKED
def test_a_locked_machine_shows_and_sends_nothing_of_who_was_there(
    windows: Windows, device: Device, cable: Cable, stage: Stage, phones: str
) -> None:
    stage.world.member("second", "tester", name="钱进")
    number = stage.round(phones, testers=("tester", "second"))
    page = opened_run(windows, device, number)
    cable.pull()
    verdict(page, "passed")
    page.locator("[data-run-worker] summary").click()
    page.locator("[data-run-lock]").click()
    expect(page.locator("[data-run-unlock]")).to_be_visible()
    expect(page.locator("[data-run-card]")).to_have_count(0)
    assert page.evaluate("caches.has('rq-run-pages')") is False
    cable.plug()
    page.locator("[data-run-unlock]").click()
    expect(page.locator("[name=login]")).to_be_visible()
    sign_in(page, "second")
    page.goto(f"/p/CRM/rounds/{number}/run")
    expect(page.locator("[data-run-card]:visible")).to_contain_text("钱进")
    expect(page.locator("[data-run-queue]")).to_be_hidden()
    # One tap, and the first is asked to sign in.
    page.locator("[data-run-card]:visible .rq-run-who button[type=submit]").click()
    expect(page.locator("[name=login]")).to_be_visible()
    assert recorded_by(stage, number) == []
    sign_in(page, "tester")
    page.goto("/p/CRM/accept")
    until(stage, phones, {0: "passed", 1: "untested"})
    assert recorded_by(stage, number) == ["tester"]
