"""A gate walked: no, because …; what mends it is mended, what cannot be is waived and signed; then it is passed, and that stays."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.acceptance.test_browser import until, verdict
from tests.browser.test_budgets import MOST_CLICKS_TO_SIGN
from tests.browser.walks import WALKED, Party, sound
from tests.gates.conftest import Door
from tests.signoff.test_browser import sign_it
from tests.support.browser import Device, Windows

P = "/p/CRM"
TITLE, SCENARIO, SEEN, WHY = (
    "Phones in one form",
    "Two ways of writing",
    "A white screen",
    "Two people use other phones",
)


def not_yet(door: Door) -> str:
    """A must requirement; of what accepts it one row failed, the other was never tested."""
    requirement = door.world.requirement(title=TITLE, tier="must")
    examples = {"header": ["phone"], "rows": [["138"], ["139"]]}
    key = door.world.acceptance(
        title=SCENARIO, when=["<phone>"], then=["it is kept"], examples=examples, accepts=[requirement]
    )
    door.stage.record(door.stage.round(key), key, 0, "failed", SEEN)
    door.preset("regulated")
    return key


@WALKED
def test_from_no_because_to_passed(windows: Windows, door: Door, device: Device) -> None:
    key = not_yet(door)
    party = Party(windows, device, [TITLE, SCENARIO, SEEN, WHY, key])
    zhou, he, chen = party("project_manager"), party("tester"), party("business_owner")
    zhou.goto(f"{P}/gates")
    zhou.press('main a[href*="/gates/pilot"]')
    expect(zhou.page.locator(".rq-answer")).to_contain_text("1")
    assert not zhou.offered("/gates/pilot/passages"), "nobody passes a gate that is shut"
    sound(zhou)

    # What can be mended, is: the finding leads to where.
    finding = zhou.page.locator(".rq-gate-no > li").filter(has_text=key).first
    assert SEEN in finding.inner_text()
    zhou.press(finding.locator("a").last)
    assert "/results/1" in zhou.page.url or "/rounds/1" in zhou.page.url
    he.goto(f"{P}/rounds/1/run")
    verdict(he.page, "passed")
    he.goto(f"{P}/accept")
    until(door.stage, key, {0: "failed", 1: "passed"})

    # What cannot be, is waived: asked for from the gate, with what it is about filled in.
    zhou.goto(f"{P}/gates/pilot")
    zhou.press('.rq-gate a[href*="/waivers/new"]')
    assert zhou.page.locator("[name=covers]:checked").count() == 1
    zhou.fill(reason=WHY)
    sound(zhou)
    zhou.submit("/gates/waivers")
    assert WHY in zhou.text()
    chen.goto(f"{P}/signoffs/1")
    assert WHY in chen.text() and key in chen.text()
    job = sign_it(chen)
    assert job.forms() == 1 and job.clicks <= MOST_CLICKS_TO_SIGN
    assert door.waiver("WVR-1") == "in_force"

    # It is passed, and what each rule found is kept, whatever comes after.
    chen.goto(f"{P}/gates/pilot")
    expect(chen.page.locator(".rq-answer--ok")).to_contain_text("WVR-1")
    sound(chen)
    chen.fill(pilot="East", note="With WVR-1")
    chen.submit("/gates/pilot/passages")
    assert chen.page.url.endswith("/gates/passages/1")
    sound(chen)
    door.withdraw("WVR-1")
    for walker in (chen, zhou):
        walker.goto(f"{P}/gates/passages/1")
        kept = walker.text()
        assert "WVR-1" in kept and "East" in kept and "陈立群" in kept
    zhou.goto(f"{P}/gates/pilot?phase=all")
    assert not zhou.page.locator(".rq-answer--ok").count(), "the gate is shut again"
    zhou.press('main a[href$="/gates/passages/1"]')
