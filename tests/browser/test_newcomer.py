"""A newcomer alone with an empty site: how many pages and fields it takes until the business owner is asked to sign."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, Request, expect

from reqtrack.accounts.queries import set_up_path
from reqtrack.db import reading
from tests.browser.texts import STORIES
from tests.browser.walker import Walker
from tests.support.browser import EN_DESKTOP, ZH_PHONE, Device, Windows
from tests.support.world import PASSWORD

ROWS = 10
MOST_PAGES = 12
MOST_FIELDS = 6


class Counter:
    """The documents that a window loads, as the reader sees them: what redirects on the way is no page."""

    def __init__(self, page: Page) -> None:
        self.pages: list[str] = []
        self.main = page.main_frame
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.main and request.redirected_from is None:
            self.pages.append(f"{request.method} {request.url}")


def required(walker: Walker) -> int:
    """How many fields one must fill in before the page's form is taken, beside passwords and what is filled in already."""
    return walker.page.locator("main [required]:not([type=password])").evaluate_all(
        "all => all.filter((one) => one.checkVisibility() && !one.value).length"
    )


@pytest.mark.story
@pytest.mark.parametrize(
    "device", [pytest.param(ZH_PHONE, id="zh-390"), pytest.param(EN_DESKTOP, id="en-1280", marks=pytest.mark.full)]
)
def test_from_an_empty_site_to_a_scope_sent_for_signing(app: Flask, windows: Windows, device: Device) -> None:
    story = STORIES[device.locale[:2]]
    with app.test_request_context(), reading():
        link = set_up_path(app)
    me = Walker(
        windows.open(device),
        "zhou",
        story.language,
        [story.project, "zhou", "chen", *story.people.values()],
        "newcomer",
    )
    counter, fields = Counter(me.page), 0

    # Whoever started the server has this link in the window.
    me.goto(link)
    fields += required(me)
    me.fill(login="zhou", name=story.people["zhou"], password=PASSWORD)
    me.press("main form[method=post] button[type=submit]")
    fields += required(me)
    me.fill(name=story.project)
    me.submit("/projects")
    site = me.page.url.rstrip("/").split("/", 3)[3]
    me.press(f'.rq-first a.btn-primary[href$="/{site}/import/new"]')
    fields += 1  # the cells
    me.fill(text=story.sheet(ROWS))
    me.submit("/import/new")
    fields += required(me)
    me.submit("/import/1/items")
    expect(me.page.locator("main a.rq-key")).to_have_count(ROWS)
    me.submit("/scope/tiers")
    fields += required(me)
    me.submit("/baselines")
    owner = owner_invited(windows, me, device)
    fields += required(me)
    assert me.page.locator("[name=signers][value=chen]").is_checked()
    me.submit("/signoffs")
    assert me.page.url.endswith(f"/{site}/signoffs/1")

    assert len(counter.pages) <= MOST_PAGES, counter.pages
    assert fields <= MOST_FIELDS
    # It waits in the owner's work, on the phone too.
    owner.goto("/")
    owner.press(f'[data-item] a[href$="/{site}/signoffs/1"]')
    owner.submit(f"/{site}/signoffs/1", "signed")
    owner.goto(f"/{site}/requirements?stage=approved")
    expect(owner.page.locator("main tbody tr")).to_have_count(ROWS)


def owner_invited(windows: Windows, me: Walker, device: Device) -> Walker:
    """From the baseline's page: a link for the business owner, who joins by it; then back to where one was."""
    me.fill(name=STORIES[me.language].people["chen"])
    me.press('form[action$="/invitations"] button[type=submit]', 201)
    link = me.page.locator("#link").inner_text()
    owner = Walker(windows.open(device), "chen", me.language, me.own, "newcomer")
    owner.goto("/" + link.split("/", 3)[3])
    owner.fill(login="chen", name=STORIES[me.language].people["chen"], password=PASSWORD)
    owner.press("main form[method=post] button[type=submit]")
    me.press("main .rq-buttons a.btn-primary")
    return owner
