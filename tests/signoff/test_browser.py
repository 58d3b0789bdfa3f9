"""Signatures walked by those who give them: with seats, by a link from outside, on paper."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from reqtrack import clock
from tests.browser.test_budgets import MOST_CLICKS_TO_SIGN, Job, unproved
from tests.browser.walker import Walker
from tests.browser.walks import WALKED, Party, sound
from tests.signoff.test_paper import mark, photo
from tests.signoff.test_seats import ask
from tests.signoff.test_signing import scope, told
from tests.support.browser import Device, Windows
from tests.support.world import PASSWORD, World

__all__ = ["scope"]
P, ASKED = "/p/CRM", "/p/CRM/signoffs/1"
ADA, ACME, MEANING, WHY, MEND = "Ada Byron", "Acme Ltd", "I approve this scope", "No report in it", "The phone field"
OWN = [ADA, ACME, MEANING, WHY, MEND, "Scope 1", "Requirement", "Second Owner"]


def party_of(windows: Windows, device: Device) -> Party:
    return Party(windows, device, OWN)


def sign_it(walker: Walker, number: int = 1) -> Job:
    """Sign what waits in somebody's work, and what that took."""
    at = f"/signoffs/{number}"
    walker.goto("/")
    job = Job(walker.page)
    job.click(f'[data-item] a[href$="{at}"]', leads=True)
    walker.look()
    sound(walker)
    # Whoever has just proved who they are is not asked again.
    if walker.page.locator("main [name=password]").locator("visible=true").count():
        walker.fill("form:has(button[value=signed])", password=PASSWORD)
    job.click(f'form[action$="{at}"] button[value=signed]', leads=True)
    walker.look()
    return job


@WALKED
def test_seats_by_name_by_role_and_outside(windows: Windows, scope: World, device: Device) -> None:
    scope.member("second", "business_owner", name="郭玉梅")
    party = party_of(windows, device)
    zhou, chen, fang, guo = (party(who) for who in ("project_manager", "business_owner", "sponsor", "second"))
    zhou.own.append("郭玉梅")
    guo.own.append("郭玉梅")
    zhou.goto(f"{P}/baselines/1")
    zhou.press('main a[href*="/signoffs/new?subject=BL-1"]') if not zhou.offered("/signoffs") else None
    zhou.goto(f"{P}/signoffs/new?subject=BL-1")
    sound(zhou)
    for name, value in (("signers", "business_owner"), ("signers", "second"), ("roles", "sponsor"), ("rule", "number")):
        zhou.choose(name, value)
    zhou.fill(needed="2", meaning=MEANING)
    zhou.unfold("form[action$='/signoffs']")
    zhou.fill(outside_name=ADA, outside_organisation=ACME)
    sound(zhou)
    zhou.submit("/signoffs")
    said = zhou.text()
    for name in ("陈立群", "郭玉梅", ADA, ACME):
        assert name in said, name
    sound(zhou)

    # One declines and says why; one signs; one signs with a reservation, of which a waiver is made.
    guo.goto(ASKED)
    guo.unfold("form:has(button[value=signed]):visible")
    guo.fill("form:has(button[value=declined])", reason=WHY)
    guo.submit("/signoffs/1", "declined")
    assert WHY in guo.text() and told(scope)["state"] == "requested"
    unproved(scope, "business_owner")
    job = sign_it(chen)
    assert job.forms() == 1 and job.clicks <= MOST_CLICKS_TO_SIGN
    assert told(scope)["state"] == "requested"
    fang.goto(ASKED)
    fang.unfold("form:has(button[value=reserved]):visible")
    fang.fill("form:has(button[value=reserved])", reservation=MEND)
    fang.submit("/signoffs/1", "reserved")
    assert told(scope)["state"] == "signed"
    zhou.goto(ASKED)
    said = zhou.text()
    assert MEND in said and WHY in said
    sound(zhou)
    zhou.press('main a[href*="/gates/waivers/new"]')
    assert zhou.page.input_value("[name=reason]") == MEND
    sound(zhou)


@WALKED
def test_somebody_outside_signs_by_a_link_and_a_code(windows: Windows, scope: World, device: Device) -> None:
    from reqtrack.signoff.seats import Wanted

    ask(scope, Wanted(name=ADA, organisation=ACME))
    party = party_of(windows, device)
    zhou, lin, ada = party("project_manager"), party("analyst"), party.stranger()
    zhou.goto(ASKED)
    zhou.choose("seat", "1", "#outside")
    zhou.submit("/signoffs/1/links", status=201)
    sound(zhou)
    found = re.search(r"/sign/[\w-]+", zhou.text("#message"))
    assert found is not None
    lin.goto(ASKED)
    lin.submit("/links/1/code")
    code = lin.text("#link-code")
    sound(lin)

    ada.goto(found[0])
    assert "Scope 1" not in ada.text("body"), "what it is about is shown after the code"
    sound(ada)
    ada.fill(code=code)
    ada.press("main form button[type=submit]")
    assert ADA in ada.text("body") and "Requirement 1" in ada.text("body")
    sound(ada)
    ada.press("#answer button[value=signed]")
    sound(ada)
    assert told(scope)["state"] == "signed"
    ada.goto(found[0], 404)
    zhou.goto(ASKED)
    assert ADA in zhou.text() and ACME in zhou.text()


@WALKED
def test_a_sheet_comes_back_on_paper(windows: Windows, scope: World, device: Device, tmp_path: Path) -> None:
    ask(scope, "business_owner", ways="paper")
    party = party_of(windows, device)
    zhou, lin = party("project_manager"), party("analyst")
    zhou.goto(ASKED)
    sound(zhou)
    zhou.press('#paper a[href*="/documents"]')
    about = zhou.page.locator("#about-signature-sheet")
    expect(about).to_be_visible()
    zhou.goto(ASKED)
    zhou.unfold("#paper")
    seen = tmp_path / "sheet.jpg"
    seen.write_bytes(photo(mark(scope)))
    zhou.page.set_input_files("#paper [name=file]", seen)
    zhou.fill("#paper", signed_on=clock.today("Asia/Shanghai").isoformat())
    zhou.submit("/signoffs/1/paper")
    assert told(scope)["state"] == "requested", "nobody compared it"
    sound(zhou)
    lin.goto(ASKED)
    lin.press('#paper a[href$="/paper/1"].btn')
    expect(lin.page.locator("img.rq-scan")).to_be_visible()
    sound(lin)
    lin.submit("/paper/1", "confirmed")
    assert told(scope)["state"] == "signed"
    lin.goto(ASKED)
    assert ("纸签" if lin.language == "zh" else "signed on paper") in lin.text()
    sound(lin)
