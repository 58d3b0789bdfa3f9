"""A process walked end to end: planned with one record, taken step by step under a thumb; where the chain breaks, it says so."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.acceptance.test_browser import verdict
from tests.acceptance.test_walks import Loan, loan
from tests.browser.walks import WALKED, Party, sound
from tests.support.browser import Device, Windows

__all__ = ["loan"]
P = "/p/CRM"
SEEN = "Nothing was paid"


@WALKED
def test_a_planned_walk_breaks_and_is_taken_again(windows: Windows, loan: Loan, device: Device) -> None:
    party = Party(windows, device, ["apply", "approve", "pay out", "contract no", "Loan", "note", SEEN])
    zhou, he = party("project_manager"), party("tester")
    zhou.goto(f"{P}/walks")
    zhou.press(f'main a[href*="/walks/new?process={loan.process}"]')
    zhou.choose("record", loan.record_named("C-1"))
    sound(zhou)
    zhou.submit("/walks")
    assert zhou.page.url.endswith("/rounds/1#walks")
    sound(zhou)

    # From their work to the first step; each card is the next step, with the same contract.
    he.goto("/")
    he.press('main a[href*="/rounds/1/run"]')
    if "walk=" not in he.page.url:
        he.goto(f"{P}/rounds/1")
        he.press('main a[href*="/run?walk="]')
    card = he.page.locator("[data-run-card]:visible")
    for name in ("apply", "approve"):
        expect(card).to_contain_text(name)
        expect(card).to_contain_text("C-1")
        verdict(he.page, "passed")
    expect(card).to_contain_text("pay out")
    verdict(he.page, "failed")
    card.locator("[name=note]").fill(SEEN)
    verdict(he.page, "failed")
    expect(he.page.locator("[data-run-done]")).to_be_visible()
    he.goto(f"{P}/accept")  # leaving sends it
    for _ in range(50):
        if loan.states() == ["passed", "passed", "failed"]:
            break
        he.page.wait_for_timeout(200)
    assert loan.states() == ["passed", "passed", "failed"]

    zhou.goto(f"{P}/walks")
    broken = zhou.page.locator(".rq-walk-stop--broken")
    expect(broken).to_have_count(1)
    expect(broken).to_contain_text("pay out")
    sound(zhou)

    # Mended, it goes on where it broke.
    he.goto(f"{P}/rounds/1")
    he.press('main a[href*="/run?walk="]')
    expect(card).to_have_count(1)
    expect(card).to_contain_text("pay out")
    verdict(he.page, "passed")
    expect(he.page.locator("[data-run-done]")).to_be_visible()
    he.goto(f"{P}/accept")
    for _ in range(50):
        if loan.walk().done:
            break
        he.page.wait_for_timeout(200)
    zhou.goto(f"{P}/walks")
    expect(zhou.page.locator(".rq-walk-stop--ok")).to_have_count(3)
    expect(broken).to_have_count(0)
