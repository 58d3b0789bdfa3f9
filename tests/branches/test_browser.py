"""A branch of scope walked: opened for a pilot, looked at while the main line goes on, decided in, and brought back as a change."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.branches.test_pages import BODY, edit, scope
from tests.browser.walker import Walker
from tests.browser.walks import WALKED, Party, sound
from tests.support.browser import Device, Windows
from tests.support.world import World

__all__ = ["scope"]
BRANCHES, BRANCH = "/p/CRM/branches", "/p/CRM/branches/1"
TITLES = ("Phones", "Offline", "Badges")
# A change is called in the language of the project, whoever reads it.
BROUGHT = "从 BR-1 并入主线：REQ-1"
WHY_OUT, WHY_BACK = "No network on site", "The pilot works with it"


def decide(walker: Walker, part: str, key: str, reason: str, button: str) -> None:
    """Tick one line of a part of the drift, say why, and press."""
    inside = f"#{part}"
    walker.page.locator(f'{inside} label:has(input[name=items][value^="{key}:"])').click()
    walker.page.locator(f"{inside} details > summary").click()
    walker.fill(inside, reason=reason)
    walker.press(f"{inside} {button}")


@WALKED
def test_from_a_branch_to_the_change_that_brings_it_back(windows: Windows, scope: World, device: Device) -> None:
    party = Party(windows, device, [*TITLES, *BODY.values(), "Scope 1", WHY_OUT, WHY_BACK, BROUGHT])
    zhou, chen, he, zhao = (party(who) for who in ("project_manager", "business_owner", "tester", "implementer"))

    # Opened from the baseline it is made from, which is chosen already; whoever comes with nothing is told what is missing.
    zhou.goto("/p/CRM/baselines/1")
    zhou.press('#branches a[href*="/branches/new"]')
    assert zhou.page.input_value("[name=from]") == "BL-1"
    sound(zhou)
    zhou.fill(name=BODY["name"], pilot=BODY["pilot"])
    zhou.choose("owner", "project_manager")
    zhou.submit("/branches", status=422)
    assert zhou.page.input_value("[name=name]") == BODY["name"], "what was typed is kept"
    zhou.fill(reason=BODY["reason"])
    zhou.submit("/branches")
    assert zhou.page.url.endswith(BRANCH)
    expect(zhou.page.locator("main ul.rq-waits input[name=items]")).to_have_count(0)

    # The main line goes on: the branch says how they came apart, word by word.
    edit(scope, "REQ-1", "Twelve digits.")
    scope.move("REQ-1", "approved")
    scope.requirement("analyst", title="Badges")
    zhou.goto(BRANCH)
    expect(zhou.page.locator("#changed del")).to_have_text("Eleven")
    expect(zhou.page.locator("#changed ins")).to_have_text("Twelve")
    expect(zhou.page.locator("#added")).to_contain_text("Badges")
    sound(zhou)

    # It is decided for the branch alone; what it has is proposed to everybody, as a change.
    decide(zhou, "added", "REQ-3", WHY_OUT, "button[value=taken]")
    expect(zhou.page.locator("#added")).to_have_count(0)
    zhou.page.locator("main details:has([name=part][value=named]) > summary").click()
    zhou.fill("details:has([name=part][value=named])", named="REQ-2", reason=WHY_OUT)
    sound(zhou)
    zhou.press("details:has([name=part][value=named]) button[type=submit]")
    expect(zhou.page.locator("#left-out")).to_contain_text(WHY_OUT)
    decide(zhou, "changed", "REQ-1", WHY_BACK, "button[formaction]")
    assert "CR-1" in zhou.text("body"), "which change it became is said"
    # And it stays said where the two lines differ, for whoever comes next.
    expect(zhou.page.locator('#changed a[href$="/CR-1"]')).to_be_visible()
    sound(zhou)
    zhou.press('[data-flash] a[href$="/CR-1"]')
    assert "Eleven" in zhou.text() and BROUGHT in zhou.text()

    # The business owner reads all of it and is offered nothing; what no button offers is refused. So is whoever only builds.
    chen.goto(BRANCHES)
    assert not chen.page.locator(f'main a[href$="{BRANCHES}/new"]').count()
    chen.press(f'main a[href$="{BRANCH}"]')
    said = chen.text()
    assert all(one in said for one in (BODY["name"], *TITLES, WHY_OUT))
    assert not chen.page.locator("main input[name=items], main [name=reason]").count()
    sound(chen)
    for reader in (chen, he):
        reader.not_offered(BRANCH, "/decisions", "/takeovers", "/closing")
        reader.kept_out(f"{BRANCHES}/new")
        reader.refused(BRANCHES, {**BODY, "from": "BL-1"})
        reader.refused(f"{BRANCH}/decisions", {"items": "REQ-2:1", "decision": "taken", "reason": "Mine.", "seen": "3"})
        reader.refused(f"{BRANCH}/closing", {"outcome": "given_up", "reason": "Mine.", "seen": "3"})
    for path in (BRANCHES, BRANCH):
        zhao.kept_out(path)

    # Closed, it stays to be read.
    zhou.goto(BRANCH)
    zhou.page.locator("main details:has([name=part][value=closing]) > summary").click()
    zhou.choose("outcome", "given_up")
    zhou.fill("details:has([name=part][value=closing])", reason=WHY_BACK)
    zhou.submit("/branches/1/closing")
    expect(zhou.page.locator("main input[name=items]")).to_have_count(0)
    assert WHY_BACK in zhou.text()
    sound(zhou)
