"""Baselines walked: taken, compared with now and with each other, on the page and asked for as Excel; by who takes, and who reads."""

from __future__ import annotations

from playwright.sync_api import expect

from reqtrack.items.queries import item_for
from reqtrack.requirements.actions.joining import retire
from tests.branches.test_pages import edit, scope
from tests.browser.walks import WALKED, Party, sound
from tests.support.browser import Device, Windows
from tests.support.world import World

__all__ = ["scope"]
BASELINES = "/p/CRM/baselines"
TITLES = ("Phones", "Offline", "Badges", "Scope 1", "Scope 2")


@WALKED
def test_what_came_what_went_and_what_says_otherwise(windows: Windows, scope: World, device: Device) -> None:
    party = Party(windows, device, TITLES)
    zhou, chen, he = (party(who) for who in ("project_manager", "business_owner", "tester"))
    edit(scope, "REQ-1", "Twelve digits.")
    with scope.write("analyst") as scene:
        retire(scene.actor, item_for(scene.actor, scene.project.id, "REQ-2"))
    scope.requirement("analyst", title="Badges", statement="A badge a day.")

    # What moved since the last one is on its page in one press; without a name none is taken, and nothing is lost.
    zhou.goto(f"{BASELINES}/1")
    zhou.press('main a[href*="/baselines/compare?from=BL-1"]')
    said = zhou.text()
    assert "Badges" in said and "REQ-2" in said, "what is gone is shown, too"
    expect(zhou.page.locator(".rq-redline del")).to_have_text("Eleven")
    expect(zhou.page.locator(".rq-redline ins")).to_have_text("Twelve")
    sound(zhou)
    zhou.goto(BASELINES)
    sound(zhou)
    zhou.fill(name="Scope 2")
    zhou.submit("/baselines")
    assert "/baselines/2" in zhou.page.url and "BL-2" in zhou.text()

    # Two of them against each other, chosen on the page, and asked for as a workbook.
    chen.goto(f"{BASELINES}/compare?from=BL-1")
    chen.choose("to", "BL-2")
    chen.press('form[action$="/baselines/compare"] button[type=submit]')
    assert "to=BL-2" in chen.page.url and "Badges" in chen.text() and "REQ-2" in chen.text()
    sound(chen)
    chen.press('main form:has(input[value="comparison xlsx"]) button[type=submit]')
    assert "/documents" in chen.page.url, "the workbook is made there"

    # Whoever may not take one is offered none.
    he.goto(BASELINES)
    assert not he.offered("/baselines")
    he.refused(BASELINES, {"name": "Mine"})
