"""The status of one requirement by day, as one comes to it and reads it."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from reqtrack import clock
from tests.acceptance.conftest import EXAMPLES, Stage
from tests.browser.walks import WALKED, Party, sound
from tests.support.browser import Device, Windows

TITLE, SCENARIO = "Phones in one form", "Two ways of writing"
TOLD = {"zh": ["已过期", "通过", "未通过"], "en": ["Stale", "Passed", "Failed"]}


@WALKED
def test_from_an_item_to_how_it_stood_by_day(windows: Windows, stage: Stage, device: Device) -> None:
    begun = clock.now() - timedelta(days=6)
    with clock.at(begun):
        requirement = stage.world.requirement(title=TITLE, statement="Phones are kept in one form.")
        key = stage.world.acceptance(
            title=SCENARIO, when=["I enter <phone>"], then=["it is kept"], examples=EXAMPLES, accepts=[requirement]
        )
        number = stage.round(key)
        stage.record(number, key, 0, "failed", "It broke.")
    with clock.at(begun + timedelta(days=2)):
        for row in (0, 1):
            stage.record(number, key, row, "passed")
    with clock.at(begun + timedelta(days=4)):
        stage.edit("REQ-1", statement="Phones are kept twice.")
    party = Party(windows, device, [TITLE, SCENARIO, *EXAMPLES["header"]])
    chen, he = party("business_owner"), party("tester")
    for reader, item in ((chen, requirement), (he, key)):
        reader.goto(f"/p/CRM/i/{item}")
        reader.press(f'main a[href$="/accept/{item}/days"]')
        expect(reader.page.locator("main tbody td:last-child")).to_have_text(TOLD[reader.language], ignore_case=True)
        sound(reader)
        reader.press(f'main a[href$="/i/{item}"]')
