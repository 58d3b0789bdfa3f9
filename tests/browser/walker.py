"""Somebody at a window: goes where links lead, types, presses; every screen come to is looked at."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page

from tests.support.browser import TOKEN, overflow, sign_in
from tests.support.world import PASSWORD

# Where pictures of all screens are wanted (a folder), for looking at them by eye.
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
# What is chrome, not content: what one presses, what fields and columns are called, where one is.
CHROME = """() => [...document.querySelectorAll(
    "main button, main summary, main legend, main label.form-label, main th[scope=col], main .form-hint, main h1, main h2, "
    + ".rq-nav a, .rq-tabs a, .rq-menu span"
)].filter((one) => one.checkVisibility() && !one.closest("[lang]:not(html), .rq-text, .rq-redline, .rq-tree, .rq-run-card ol"))
  .map((one) => one.innerText.trim()).filter(Boolean)"""
# Words in Latin letters that stand in Chinese chrome too: names of languages, keys, products, roles' data.
LATIN = re.compile(
    r"English|Excel|Gherkin|Markdown|CSV|PDF|Ctrl|Esc|Enter|\bQR\b|[A-Z]{2,}-\d+|\bCRM\b|Ada Miller", re.I
)
_taken = count(1)


@dataclass
class Walker:
    """``language`` is zh or en; ``own`` are words that the story brings (titles, names), which are no chrome."""

    page: Page
    login: str
    language: str
    own: list[str] = field(default_factory=list)
    picture: str = ""
    # Whether every word of the chrome is looked at; not where what people wrote is in another language.
    strict: bool = True
    token: str = ""

    # -- coming to a screen ----------------------------------------------------------------------------------------

    def goto(self, path: str, *statuses: int) -> None:
        """Open an address; it must answer as told (200)."""
        answer = self.page.goto(path)
        assert answer is not None and answer.status in (statuses or (200,)), (
            f"{self.login} {path}: {answer and answer.status}"
        )
        self.look()

    def press(self, target: str | Locator, status: int = 200) -> None:
        """Press what leads to another page."""
        found = self.page.locator(target).locator("visible=true").first if isinstance(target, str) else target
        # Playwright reaches a button under the tab bar of a phone by scrolling, as a thumb does.
        with self.page.expect_navigation() as waited:
            found.click()
        answer = waited.value
        assert answer is not None and answer.status == status, (
            f"{self.login} {answer and answer.url}: {answer and answer.status}"
        )
        self.look()

    def submit(self, action: str, value: str = "", status: int = 200) -> None:
        """Press the button of the form that is sent to an address (its end); ``value``: the button's, where there are several."""
        button = f"button[type=submit][value={value}]" if value else "button[type=submit]"
        self.press(f'form[action$="{action}"] {button}', status)

    def look(self) -> None:
        """The screen stands in the reader's language and does not scroll sideways."""
        page = self.page
        where = f"{self.login} at {page.url}"
        language = page.evaluate("document.documentElement.lang")
        assert language.startswith(self.language), f"{where}: {language}"
        wide = overflow(page)
        if PICTURES:
            self._draw()
        assert wide == 0, f"{where} is {wide} px too wide"
        for words in page.evaluate(CHROME) if self.strict else ():
            told = LATIN.sub("", words)
            for known in sorted(self.own, key=len, reverse=True):
                told = told.replace(known, "")
            stranger = (
                re.search(r"[A-Za-z]{3,}", told)
                if self.language == "zh"
                else re.search(r"[\u4e00-\u9fff]+", told.replace("中文", ""))
            )
            assert stranger is None, f"{where}: “{words}” is not in its language"

    def _draw(self) -> None:
        folder = Path(PICTURES) / self.picture
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", self.page.url.split("/", 3)[-1])[:60]
        self.page.screenshot(path=folder / f"{next(_taken):03}-{self.login}-{name}.png", full_page=True)

    # -- doing -----------------------------------------------------------------------------------------------------

    def sign_in(self, password: str = PASSWORD, *, drawn: bool = True) -> Walker:
        """Come in by the front door; ``drawn``: in the window, else as quickly as its forms allow."""
        if drawn:
            self.goto("/sign-in")
            self.fill(login=self.login, password=password)
            self.submit("/sign-in")
            assert "/sign-in" not in self.page.url
            return self
        sign_in(self.page, self.login, password)
        return self

    def fill(self, inside: str = "main", /, **fields: str) -> None:
        """Type into the visible fields of these names."""
        for name, value in fields.items():
            self.page.locator(f"{inside} [name={name}]:not([type=hidden])").locator("visible=true").first.fill(value)

    def fill_all(self, name: str, values: list[str], inside: str = "main") -> None:
        """Type into repeated fields, adding lines as needed."""
        rows = self.page.locator(f'{inside} [data-rows="{name}"]')
        for at, value in enumerate(values):
            lines = rows.locator(f"[name={name}]")
            if at >= lines.count():
                rows.locator("[data-row-add]").click()
            lines.nth(at).fill(value)

    def choose(self, name: str, value: str, inside: str = "main") -> None:
        """Choose in a drop-down, or tick a radio or check box, by its value."""
        drop = self.page.locator(f"{inside} select[name={name}]").locator("visible=true")
        if drop.count():
            drop.first.select_option(value)
        else:
            # What one presses is the words beside it: the input itself may be drawn away.
            box = (
                self.page.locator(f'{inside} label:has(input[name={name}][value="{value}"])')
                .locator("visible=true")
                .first
            )
            if not box.locator("input").is_checked():
                box.click()

    def unfold(self, inside: str = "main") -> None:
        """Open what is folded."""
        folded = self.page.locator(f"{inside} details:not([open]) > summary").locator("visible=true")
        while folded.count():
            folded.first.click()

    def text(self, inside: str = "main") -> str:
        """What stands there to be read."""
        return self.page.locator(inside).first.inner_text()

    # -- refused ---------------------------------------------------------------------------------------------------

    def kept_out(self, path: str, *, drawn: bool = False) -> None:
        """A page that is not for this person: refused, in their language. ``drawn``: look at it, too."""
        if drawn:
            self.goto(path, 403, 404)
            return
        # What is asked beside the page says no language of itself.
        answer = self.page.request.get(path, headers={"Accept-Language": self.language})
        assert answer.status in (403, 404), f"{self.login} {path}: {answer.status}"
        assert f'<html lang="{self.language}' in answer.text()

    def refused(
        self, path: str, fields: Mapping[str, Any] | None = None, statuses: tuple[int, ...] = (403, 404)
    ) -> None:
        """What no button offers, sent all the same with this browser's form token: refused."""
        if not self.token:
            found = TOKEN.search(self.page.request.get("/").text())
            assert found is not None
            self.token = found[1]
        pairs = [
            (name, one)
            for name, value in (fields or {}).items()
            for one in (value if isinstance(value, list) else [value])
        ]
        answer = self.page.request.post(
            path,
            data=urlencode([("csrf_token", self.token), *pairs]),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            max_redirects=0,
        )
        assert answer.status in statuses, f"{self.login} POST {path}: {answer.status}"

    def not_offered(self, path: str, *actions: str) -> None:
        """A page that this person may read has no form and no link that ends in these."""
        answer = self.page.request.get(path)
        assert answer.status == 200, f"{self.login} {path}: {answer.status}"
        for action in actions:
            assert f'{action}"' not in answer.text(), f"{self.login} is offered {action} at {path}"

    def offered(self, action: str) -> bool:
        """Whether a form on the page is sent there."""
        return self.page.locator(f'form[action$="{action}"]').count() > 0
