"""A failure becomes a defect under a thumb, is mended at a desk, and comes back to the tester, who closes it by testing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Stage
from tests.acceptance.test_browser import sign_in, until, verdict
from tests.acceptance.test_defects import at
from tests.browser.walks import WALKED
from tests.support.browser import EN_DESKTOP, ZH_PHONE, Device, Windows, overflow, violations

MOST_TAPS = 4
FIXED, CLOSED = {"zh-CN": "已修复", "en-US": "Fixed"}, {"zh-CN": "已关闭", "en-US": "Closed"}
# The ten seconds of the undo, and what a slow machine adds.
SENT = 40_000


def sound(page: Page, path: str = "") -> None:
    if path:
        page.goto(path)
    assert not violations(page), page.url
    assert overflow(page) == 0, page.url


@WALKED
def test_from_a_failure_to_a_closed_defect(windows: Windows, stage: Stage, plain: str, device: Device) -> None:
    number = stage.round(plain)
    # The implementer sits at a desk wherever the tester stands; where both sit at one, in the dark theme.
    desk_device = EN_DESKTOP if device.phone else device
    phone, desk = windows.open(device, "light"), windows.open(desk_device, "dark")
    sign_in(phone, "tester")
    phone.goto(f"/p/CRM/rounds/{number}/run")
    taps = 1
    verdict(phone, "failed")  # asks for what was seen, and puts the cursor there
    note = phone.locator("[data-run-card]:visible [name=note]")
    expect(note).to_be_focused()
    # What is asked for stands above the buttons, not under them.
    told = phone.locator("[data-run-card]:visible [data-run-error]").bounding_box()
    dock = phone.locator("[data-run-card]:visible .rq-run-dock").bounding_box()
    assert told and dock and told["y"] + told["height"] <= dock["y"]
    note.fill("nothing came up")
    taps += 1
    verdict(phone, "failed")
    offer = phone.locator("[data-failed]")
    expect(offer).to_be_visible(timeout=SENT)
    sound(phone)
    taps += 1
    offer.locator("form[action$='/defect'] button").click()
    phone.wait_for_url(lambda url: "/run" in url)
    assert taps <= MOST_TAPS and at(stage, "BUG-1") == "open"

    sign_in(desk, "implementer")
    desk.goto("/p/CRM/i/BUG-1")
    sound(desk)
    desk.locator(".rq-meta details[data-menu] summary").click()
    desk.locator("form[action$='/moves/fix'] button").click()
    expect(desk.locator(".rq-meta .rq-stage").first).to_contain_text(FIXED[desk_device.locale])
    assert at(stage, "BUG-1") == "fixed"

    # It is in the tester's queue again.
    phone.goto("/")
    phone.locator(f"a.btn[href$='/rounds/{number}/run']").click()
    verdict(phone, "passed")
    phone.goto("/p/CRM/accept")  # leaving sends it
    until(stage, plain, {None: "passed"})
    phone.goto("/p/CRM/i/BUG-1")
    expect(phone.locator(".rq-meta")).to_contain_text(CLOSED[device.locale])
    assert at(stage, "BUG-1") == "closed"


def test_a_card_is_moved_by_the_keyboard(en_desktop: Page, stage: Stage) -> None:
    key = stage.world.item("defect", by="tester", title="Grey")
    sign_in(en_desktop, "analyst")
    en_desktop.goto("/p/CRM/defects")
    card = en_desktop.locator("[data-move]").first
    card.locator("a.rq-card-link").focus()
    en_desktop.keyboard.press("m")
    en_desktop.locator("[data-move] .rq-menu a", has_text="Not a defect").click()
    en_desktop.fill("[name=reason]", "as agreed")
    en_desktop.locator("main [type=submit]").first.click()
    expect(en_desktop.locator(".rq-meta .rq-stage").first).to_contain_text("Not a defect")
    assert at(stage, key) == "not_a_defect"


@pytest.mark.full
def test_the_pages_of_defects_are_sound(windows: Windows, stage: Stage, plain: str) -> None:
    number = stage.round(plain)
    stage.record(number, plain, None, "failed", "nothing came up")
    for title, severity in (("Grey", "cosmetic"), ("Stop", "blocking")):
        stage.world.item(
            "defect", by="tester", title=title, severity=severity, due_on="2026-01-01", assignee="implementer"
        )
    for device, theme in ((ZH_PHONE, "dark"), (EN_DESKTOP, "light")):
        page = windows.open(device, theme)
        sign_in(page, "project_manager")
        for path in ("/defects", "/defects?view=list", "/defects/figures", "/defects/BUG-1/move?to=not_a_defect", "/results/1",
                     "/i/BUG-1", "/settings", f"/i/{plain}", "/defects/new"):  # fmt: skip
            sound(page, f"/p/CRM{path}")
