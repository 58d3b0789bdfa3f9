"""The journey's second half: a change from wish to effect, and a round of acceptance in which what was tested moves."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import expect

from reqtrack.acceptance import queries as acceptance
from reqtrack.items.queries import item_for
from tests.browser.conftest import Company
from tests.browser.opening import ask_to_sign, later, sign
from tests.browser.walker import Walker
from tests.support.world import PASSWORD

P = "/p/CRM"


# -- 5: a change of what was signed ---------------------------------------------------------------------------------------


def first_change(company: Company) -> None:
    """Asked for by somebody who does the work, priced, decided by the owner: a must item is touched. The signature goes on."""
    company.he.not_offered(f"{P}/changes", "/changes/new")
    company.he.kept_out(f"{P}/changes/new")
    company.he.refused(f"{P}/changes/new", {"title": "x", "reason": "x"})
    asked_for(company, 1)
    assessed(company, 1, "2")
    for login in ("li", "zhou", "lin"):
        other: Walker = getattr(company, login)
        other.not_offered(f"{P}/changes/CR-1", "/CR-1/decisions")
        other.refused(f"{P}/changes/CR-1/decisions", {"outcome": "approved", "tier": "must", "password": PASSWORD})
    chen = company.chen
    later(company, chen)
    seen_from_the_box(chen, 1)
    decided(chen, 1, password=True)
    chen.goto(f"{P}/i/REQ-1")
    assert company.story.changes[0][2] in chen.text()
    chen.goto(f"{P}/signoffs/1")
    expect(chen.page.locator('main a[href$="/i/CR-1"]').first).to_be_visible()
    expect(chen.page.locator(".rq-sign--void")).to_have_count(0)
    chen.goto(f"{P}/baselines")
    expect(chen.page.locator('.rq-box a[href$="/i/CR-1"]')).to_be_visible()


def asked_for(company: Company, number: int) -> None:
    """Title and reason are enough to save; what should be different is written on a copy; the draft is submitted."""
    story, li, key = company.story, company.li, f"CR-{number}"
    title, reason, statement = story.changes[number - 1]
    li.goto(f"{P}/changes")
    li.page.locator("[data-create] summary").locator("visible=true").first.click()
    li.press('[data-create] a[href$="/changes/new"]')
    li.fill(title=title, reason=reason)
    li.submit("/changes/new")
    assert li.page.url.endswith(key)
    assert li.page.locator("[aria-disabled=true]:visible .rq-tip").count(), (
        "not submitted before an item is picked, and it says so"
    )
    li.refused(f"{P}/changes/{key}/submission", {}, (409,))
    li.fill(item=f"REQ-{number}")
    li.submit(f"/{key}/items", "edit")
    li.fill(statement=statement)
    li.submit(f"/{key}/items/REQ-{number}")
    shown = li.page.locator("#package .rq-redline")
    expect(shown.locator("ins").first).to_be_visible()
    expect(shown.locator("del")).to_have_count(1 if number == 1 else 0)  # the second adds words, and strikes none
    li.goto(f"{P}/i/REQ-{number}")
    assert statement not in li.text(), "the requirement stands as it was"
    li.goto(f"{P}/changes/{key}")
    if number == 1:
        company.shen.not_offered(f"{P}/changes/{key}", "/submission")
        company.shen.refused(f"{P}/changes/{key}/submission", {})
    li.submit(f"/{key}/submission")


def assessed(company: Company, number: int, days: str) -> None:
    """The analyst finds it in My work and says one number; who was not asked may not."""
    lin, key = company.lin, f"CR-{number}"
    company.zhao.refused(f"{P}/changes/{key}/assessments", {"likely": "1"})
    lin.goto("/")
    lin.press(f'[data-item] a[href*="{key}"]')
    impact = lin.page.locator("#impact")
    expect(impact.locator('a[href$="/i/ACC-1"]').first).to_be_visible()
    lin.unfold("#impact")
    path = impact.locator("table tbody tr", has=lin.page.locator('a[href$="/i/ACC-1"]')).locator("td").last.inner_text()
    assert path.split(" → ") == [f"REQ-{number}", "ACC-1"]
    lin.fill(likely=days)
    lin.submit(f"/{key}/assessments")


def seen_from_the_box(walker: Walker, number: int) -> None:
    """What it costs, with the phases before and after, and what falls stand on one page, come to from My work."""
    walker.goto("/")
    walker.press(f'[data-item] a[href*="CR-{number}"]')
    for part in ("package", "impact", "cost", "falls", "told"):
        expect(walker.page.locator(f"#{part}")).to_be_visible()
    expect(walker.page.locator("#cost .rq-cap").first).to_be_visible()


def decided(walker: Walker, number: int, password: bool) -> None:
    """One sentence to read, tier and phase chosen beforehand, one button (and the password above the limit)."""
    place = f"/CR-{number}/decisions"
    form = f'form[action$="{place}"]:visible'
    assert walker.page.locator(f"{form} [name=tier]:checked").count() == 1
    assert walker.page.locator(f"{form} [name=phase]:checked").count() == 1
    assert (walker.page.locator(f"{form} [name=password]").count() == 1) == password
    if password:
        walker.press(f"{form} button[value=approved]", 403)
        walker.fill(form, password=PASSWORD)
    walker.press(f"{form} button[value=approved]")
    assert not walker.offered(place)


# -- 6: a round of acceptance ------------------------------------------------------------------------------------------------


def acceptance_round(company: Company) -> None:
    """Tested row by row on real data; a change makes the results stale; tested again, closed, signed."""
    story, zhou, he = company.story, company.zhou, company.he
    he.not_offered(f"{P}/accept", "/rounds/new")
    he.kept_out(f"{P}/rounds/new")
    company.li.refused(f"{P}/rounds", {"acceptance": "ACC-1", "testers": "li"})
    zhou.goto(f"{P}/accept")
    zhou.press('main a[href$="/rounds/new"]')
    zhou.choose("testers", "he")
    zhou.fill(environment=story.environment)
    zhou.submit("/rounds")
    for login in ("lin", "zhou"):
        getattr(company, login).kept_out(f"{P}/rounds/1/run")
        getattr(company, login).refused(
            f"{P}/rounds/1/results", {"acceptance": "ACC-1", "row": "0", "verdict": "passed"}
        )
    he.goto("/")
    he.press('[data-item] a[href*="/rounds/1"]')
    if not he.page.url.endswith("/run"):
        he.press('main a[href$="/rounds/1/run"]')
    tested(company, ["passed", "failed"])
    zhou.goto(f"{P}/rounds/1")
    assert story.seen in zhou.text()
    he.goto(f"{P}/rounds/1/run?at=ACC-1.1")
    verdict(he, "passed")
    he.goto(f"{P}/accept")
    until(company, ["passed", "passed"])
    second_change(company)
    until(company, ["stale", "stale"])
    he.goto(f"{P}/i/ACC-1")
    expect(he.page.locator("#results tbody tr")).to_have_count(2)
    he.goto(f"{P}/rounds/1/run")
    tested(company, ["passed", "passed"])
    company.he.refused(f"{P}/rounds/1/closing", {"seen": "1"})
    zhou.goto(f"{P}/rounds/1")
    zhou.submit("/rounds/1/closing")
    ask_to_sign(zhou, "RND-1")
    later(company, company.chen)
    company.he.refused(f"{P}/signoffs/2", {"outcome": "signed", "password": PASSWORD})
    sign(company.chen, "/signoffs/2")


def tested(company: Company, verdicts: list[str]) -> None:
    """Row by row: one tap to pass, what was seen where it did not."""
    he = company.he
    for one in verdicts:
        card = he.page.locator("[data-run-card]:visible")
        expect(card).to_have_count(1)
        if one == "failed":
            verdict(he, one)
            card.locator("[name=note]").fill(company.story.seen)
        verdict(he, one)
    expect(he.page.locator("[data-run-done]")).to_be_visible()
    he.look()
    he.press("[data-run-done] a")  # leaving sends what was not sent yet
    until(company, verdicts)


def verdict(walker: Walker, code: str) -> None:
    """Press one of the four."""
    card = walker.page.locator("[data-run-card]:visible")
    expect(card).to_have_count(1)
    card.locator(f"button[name=verdict][value={code}]").click()


def until(company: Company, rows: list[str]) -> None:
    """Wait until the rows of the acceptance scenario stand as told."""
    found: Any = None
    for _ in range(100):
        with company.world.read() as scene:
            item = item_for(scene.actor, scene.project.id, "ACC-1", "acceptance")
            found = acceptance.statuses(scene.actor, scene.project.id, [item.id])[item.id]["rows"]
        if list(found.values()) == rows:
            return
        time.sleep(0.1)
    raise AssertionError(f"{found} is not {rows}")


def second_change(company: Company) -> None:
    """Small, and no must item is touched: the project manager decides it alone. The impact names the results that turn stale."""
    zhou = company.zhou
    asked_for(company, 2)
    assessed(company, 2, "0.5")
    company.chen.refused(f"{P}/changes/CR-2/decisions", {"outcome": "approved", "tier": "should"})
    seen_from_the_box(zhou, 2)
    expect(zhou.page.locator("#falls li").first).to_be_visible()
    decided(zhou, 2, password=False)
    zhou.goto(f"{P}/i/REQ-2")
    assert company.story.changes[1][2] in zhou.text()
