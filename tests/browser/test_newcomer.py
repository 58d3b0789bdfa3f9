"""A newcomer alone with an empty site: how many pages and fields it takes until the business owner is asked to sign."""

from __future__ import annotations

from collections.abc import Callable

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
