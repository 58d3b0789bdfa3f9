"""From a report on the tester's disk to results in a round, as a person does it: phone and desktop, with script and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reqtrack.acceptance import actions
from tests.browser.walks import WALKED
from tests.support.browser import Device, Windows, overflow, violations
from tests.support.world import PASSWORD, World

JUNIT = """<testsuite name="Night"><testcase name="@ACC-1 signs in"/>
<testcase name="ACC-2 shows work"><failure message="no work is shown, and the page says nothing of it at all">t</failure></testcase>
<testcase name="ACC-3 prints"/><testcase name="Nobody asked for this one"/><system-err>x</system-err></testsuite>"""
BROKEN = '<testsuite name="Set-up"><error message="no database"/></testsuite>'


def sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def sound(page: Page) -> None:
    assert not violations(page), page.url
    assert overflow(page) == 0, page.url


@pytest.fixture
def number(world: World) -> int:
    world.cast()
    keys = [world.acceptance(title=title, then=["it is seen"]) for title in ("Signs in", "Shows work", "Prints")]
    with world.write("project_manager") as scene:
        return actions.create_round(scene.actor, scene.project, "Night", keys[:2], ["tester"]).number


@WALKED
def test_a_report_comes_in(windows: Windows, world: World, number: int, tmp_path: Path, device: Device) -> None:
    file = tmp_path / "night.xml"
    file.write_text(JUNIT)
    page = windows.open(device, "light")
    sign_in(page, "project_manager")
    page.goto(f"/p/CRM/rounds/{number}")
    page.click(f"a[href$='/rounds/{number}/machine-runs/new']")
    sound(page)
    page.set_input_files("[name=file]", str(file))
    page.click("main form [type=submit]")
    expect(page.locator("#recorded tbody tr")).to_have_count(2)
    expect(page.locator("#outside tbody tr")).to_have_count(1)
    expect(page.locator("#unmatched tbody tr")).to_have_count(1)
    sound(page)
    page.click("form[action$='/machine-runs/scenarios'] [type=submit]")
    expect(page.locator("#recorded tbody tr")).to_have_count(3)
    page.click("form[action$='/machine-runs'] [type=submit]")
    page.wait_for_url("**/machine-runs/1")
    expect(page.locator("#recorded tbody tr")).to_have_count(3)
    sound(page)
    page.goto(f"/p/CRM/rounds/{number}")
    expect(page.locator("#machine-runs a")).to_have_count(1)
    sound(page)


def test_without_script_and_when_nothing_but_the_set_up_failed(
    windows: Windows, world: World, number: int, tmp_path: Path
) -> None:
    file = tmp_path / "broken.xml"
    context = windows.browser.new_context(base_url=windows.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "tester")
    page.goto(f"/p/CRM/rounds/{number}/machine-runs/new")
    file.write_text("no report")
    page.set_input_files("[name=file]", str(file))
    page.click("main form [type=submit]")
    expect(page.locator("main")).to_contain_text("The file holds no test results")
    file.write_text(BROKEN)
    page.set_input_files("[name=file]", str(file))
    page.click("main form [type=submit]")
    expect(page.locator("#failures")).to_contain_text("no database")
    page.click("form[action$='/machine-runs'] [type=submit]")
    expect(page.locator("#failures")).to_contain_text("no database")
    context.close()
