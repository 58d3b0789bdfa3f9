"""Writing a process, seeing who does what, and asking about days that are not as usual: as people do it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from reqtrack.interviews.actions import add_stakeholder
from reqtrack.items.queries import item_for
from tests.support.browser import ZH_PHONE, Windows, overflow, sign_in, violations
from tests.support.world import World

STEPS: list[dict[str, Any]] = [
    {"name": "Enter", "actor": "Rep", "by": "system", "pages": 8, "pages_planned": 1, "required_fields": 23},
    {"name": "Approve", "actor": "Director", "by": "hand", "approvals": 3},
    {"name": "Send", "actor": "Rep"},
]


def row(page: Page, number: int) -> Any:
    return page.locator(".rq-step-row").nth(number)


def cell(page: Page, number: int, name: str) -> Any:
    return row(page, number).locator(f'[name="steps.{name}"]')


def held(world: World) -> list[tuple[int, str]]:
    with world.read() as scene:
        return [(step["id"], step["name"]) for step in item_for(scene.actor, scene.project.id, "PRC-1").steps]


def test_steps_are_written_moved_and_come_back_from_a_draft(en_desktop: Page, world: World) -> None:
    world.cast()
    page = en_desktop
    sign_in(page, "analyst")
    page.goto("/p/CRM/processes/new")
    page.fill("#f-title", "Order")
    expect(page.locator(".rq-step-row")).to_have_count(1)
    cell(page, 0, "name").fill("Enter")
    cell(page, 0, "actor").fill("Rep")
    cell(page, 0, "pages").fill("8")
    # By keyboard: the next step; then up it goes.
    cell(page, 0, "name").press("Enter")
    page.keyboard.type("Approve")
    expect(cell(page, 1, "pages")).to_have_value("")
    row(page, 1).get_by_role("button", name="Move up").press("Enter")
    expect(cell(page, 0, "name")).to_have_value("Approve")
    # Lines of a sheet, pasted: what is done, and who.
    page.get_by_role("button", name="Add a step").click()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text/plain", "Send\\tClerk\\nFile\\tClerk");
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    expect(cell(page, 3, "actor")).to_have_value("Clerk")
    row(page, 2).get_by_role("button", name="Remove").click()
    page.locator(".rq-toast", has_text="Send").get_by_role("button", name="Undo").click()
    expect(cell(page, 2, "name")).to_have_value("Send")
    row(page, 3).get_by_role("button", name="Remove").click()
    assert not violations(page) and overflow(page) == 0
    # The draft survives a reload.
    page.wait_for_timeout(500)
    page.reload()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator(".rq-step-row")).to_have_count(3)
    expect(cell(page, 1, "pages")).to_have_value("8")
    with page.expect_navigation():
        page.click("main form [type=submit]")
    assert held(world) == [(1, "Approve"), (2, "Enter"), (3, "Send")]
    # A draft of something kept brings the numbers of its rows along.
    page.goto("/p/CRM/i/PRC-1/edit")
    row(page, 0).get_by_role("button", name="Remove").click()
    row(page, 1).get_by_role("button", name="Move up").click()
    page.wait_for_timeout(500)
    page.reload()
    page.get_by_role("button", name="Bring it back").click()
    with page.expect_navigation():
        page.click("main form [type=submit]")
    assert held(world) == [(3, "Send"), (2, "Enter")]


def test_without_scripts_steps_are_added_and_moved(windows: Windows, world: World) -> None:
    world.cast()
    world.item("process", "analyst", title="Order", steps=STEPS)
    context = windows.browser.new_context(base_url=windows.url, java_script_enabled=False)
    try:
        page = context.new_page()
        sign_in(page, "analyst")
        page.goto("/p/CRM/i/PRC-1/edit")
        expect(page.locator(".rq-step-row")).to_have_count(6)
        cell(page, 2, "place").fill("0")
        cell(page, 3, "name").fill("File")
        page.click("main form [type=submit]")
        page.goto("/p/CRM/scenarios/new")
        page.fill("#f-title", "At the counter")
        page.fill("#f-process", "PRC-1")
        page.fill("#f-process_steps", "1 4")
        page.click("main form [type=submit]")
        expect(page.locator("#process")).to_contain_text("File")
    finally:
        context.close()
    assert held(world) == [(3, "Send"), (1, "Enter"), (2, "Approve"), (4, "File")]


def test_a_gap_is_seen_and_closed(windows: Windows, world: World) -> None:
    """The lanes on a desk, the list with the lane as label on a phone; a scenario for the step that nobody told."""
    world.cast()
    world.item("process", "analyst", title="Order", steps=STEPS)
    world.scenario("analyst", title="At the counter", kind="main", process=["PRC-1"], process_steps=[1, 2])
    page = windows.open()
    sign_in(page, "analyst")
    page.goto("/p/CRM/i/PRC-1")
    lanes = page.get_by_role("region", name="Who does what")
    expect(lanes.get_by_role("row")).to_have_count(3)
    expect(lanes.get_by_role("row", name="Rep")).to_contain_text("Send")
    expect(page.locator("#friction")).to_contain_text("over the budget")
    assert not violations(page) and overflow(page) == 0
    page.locator("#step-3").get_by_role("link", name="Write a scenario for this step").click()
    expect(page.locator("#f-actor")).to_have_value("Rep")
    expect(page.get_by_role("checkbox", name="3. Send")).to_be_checked()
    page.fill("#f-title", "It is sent")
    # Another process, and its steps are there to be ticked.
    page.fill("#f-process", "")
    page.locator("#f-process").blur()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page.fill("#f-process", "PRC-1")
    page.locator("#f-process").blur()
    page.get_by_role("checkbox", name="3. Send").check()
    with page.expect_navigation():
        page.click("main form [type=submit]")
    phone = windows.open(ZH_PHONE, "dark")
    sign_in(phone, "analyst")
    phone.goto("/p/CRM/i/PRC-1")
    expect(phone.locator("#lanes")).to_be_hidden()
    expect(phone.locator("#step-3")).to_contain_text("Rep")
    expect(phone.locator("#step-3")).to_contain_text("It is sent")
    assert not violations(phone) and overflow(phone) == 0
    phone.goto("/p/CRM/i/PRC-1/edit")
    assert not violations(phone) and overflow(phone) == 0
    phone.goto("/p/CRM/processes")
    assert not violations(phone) and overflow(phone) == 0


def test_special_flows_are_answered(zh_phone: Page, world: World) -> None:
    world.cast()
    world.scenario("analyst", title="At the counter", kind="main")
    world.scenario("analyst", title="The line is dead", kind="exception")
    with world.write("analyst") as scene:
        add_stakeholder(scene.actor, scene.project, {"name": "王海", "department": "Sales"})
    page = zh_phone
    sign_in(page, "analyst")
    page.goto("/p/CRM/i/SCN-1")
    answers = page.locator("#special-flows")
    expect(answers.locator(".rq-special-open")).to_have_count(12)
    assert not violations(page) and overflow(page) == 0
    answers.locator("a[href$='/special-flows/offline']").click()
    assert not violations(page) and overflow(page) == 0
    page.select_option("#f-scenario", "SCN-2")
    with page.expect_navigation():
        page.click("#told form [type=submit]")
    page.locator("#special-flows a[href$='/special-flows/return']").click()
    page.select_option("#f-stakeholder", "1")
    page.fill("#f-asked_on", "2026-03-02")
    with page.expect_navigation():
        page.click("#none form [type=submit]")
    expect(answers.locator(".rq-special-open")).to_have_count(10)
    expect(answers).to_contain_text("王海")
    answers.locator("a[href*='tells_flow=SCN-1:peak']").click()
    page.fill("#f-title", "Month-end")
    with page.expect_navigation():
        page.click("main form [type=submit]")
    page.goto("/p/CRM/i/SCN-1")
    expect(answers.locator(".rq-special-open")).to_have_count(9)
    answers.locator("form[action$='/end'] button").first.click()
    expect(answers.locator(".rq-special-open")).to_have_count(10)
    page.goto("/p/CRM/special-flows")
    assert not violations(page) and overflow(page) == 0
