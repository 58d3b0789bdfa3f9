"""The matrix under a thumb and at a desk: what has a hole, narrowed, turned, and mended from there."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.walks import WALKED, Party, sound
from tests.support.browser import Device, Windows
from tests.support.world import World
from tests.trace.test_matrix import traced

__all__ = ["traced"]
P = "/p/CRM/matrix"


@WALKED
def test_from_a_hole_to_what_fills_it(windows: Windows, traced: World, device: Device) -> None:
    own = ["Selling", "A call", "Kept once", "Kept for ever", "Two ways", "Signing in", "phone"]
    lin = Party(windows, device, own)("analyst")
    lin.goto(P)
    rows = lin.page.locator("[data-list]").locator("visible=true").locator("[data-item]")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("REQ-2")
    expect(rows.nth(1)).to_contain_text("REQ-1")
    sound(lin)
    # A phone has no columns: it names what a row is joined with.
    if device.phone:
        expect(rows.nth(1)).to_contain_text("ACC-1")
    else:
        expect(lin.page.locator("thead")).to_contain_text("ACC-1")
    with lin.page.expect_navigation():
        lin.choose("tier", "should", ".rq-toolbar")
    lin.look()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("REQ-1")
    lin.press(".rq-chip--on a")
    expect(rows).to_have_count(2)
    with lin.page.expect_navigation():
        lin.choose("rows", "processes", ".rq-toolbar")
    lin.look()
    expect(rows).to_contain_text(["PRC-1"])
    sound(lin)
    lin.goto(P)
    lin.press(rows.nth(0).locator('a[href*="/acceptance/new"]'))
    assert lin.page.input_value("[name=accepts]") == "REQ-2"
