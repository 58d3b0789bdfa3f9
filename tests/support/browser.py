"""One headless Chromium for a process, and pages that notice what goes wrong in them."""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.support.world import PASSWORD

ROOT = Path(__file__).parents[2]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
AXE_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # where there are none, only their first element is told
    "preload": False,  # all styles are the page's own
}
# Contrast takes most of the time and hangs on styles alone: not measured again where nothing stands that was not looked at before.
KNOWN_COLOURS: dict[str, Any] = {**AXE_RULES, "rules": {"color-contrast": {"enabled": False}}}
# What a page is built of: its elements with their classes and roles, and with what else is said of them (a label or none).
PARTS = """() => {
    const value = (one, name) => (["class", "role", "type"].includes(name) ? one.getAttribute(name) : "");
    const sign = (one) => one.tagName + one.getAttributeNames().sort().map((name) => `[${name}=${value(one, name)}]`).join("");
    const all = [...document.querySelectorAll("body *")].filter((one) => !one.closest("dialog:not([open])"));
    return [...new Set(all.map(sign))];
}"""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
WAIT_MS = 10_000
# A page once main.js has built what it builds, or one without it.
ENHANCED = 'html[data-enhanced], html:not(:has(script[src*="js/main.js"]))'
# A machine on which much else runs is slow, and no defect: what a page shall come to show may take its time.
expect.set_options(timeout=2 * WAIT_MS)


@dataclass(frozen=True)
class Device:
    """What somebody looks through."""

    name: str
    width: int
    height: int
    locale: str
    phone: bool = False


ZH_PHONE = Device("zh_phone", 390, 844, "zh-CN", phone=True)
EN_DESKTOP = Device("en_desktop", 1280, 800, "en-US")
EN_PHONE = Device("en_phone", 390, 844, "en-US", phone=True)
ZH_DESKTOP = Device("zh_desktop", 1280, 800, "zh-CN")
DEVICES = (ZH_PHONE, EN_DESKTOP, EN_PHONE, ZH_DESKTOP)


def chromium() -> str | None:
    """The path of a Chromium of this machine."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def launch(program: str, folder: Path) -> Iterator[Browser]:
    """A headless browser that can draw Chinese: the fonts of our documents are lent to it."""
    fonts = folder / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{ROOT / "exports" / "fonts"}</dir></fontconfig>',
        "utf-8",
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(FLAGS), env={**os.environ, "FONTCONFIG_FILE": str(fonts)}
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Windows:
    """The windows that a test opens on one served app; each is a browser of its own, with its own cookies."""

    browser: Browser
    url: str
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    # Other servers that a test runs beside the app, to which its pages lead.
    besides: list[str] = field(default_factory=list)

    def open(self, device: Device = EN_DESKTOP, theme: str = "light") -> Page:
        """A fresh window, signed in as nobody."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": device.width, "height": device.height},
            locale=device.locale,
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=device.phone,
            is_mobile=device.phone,
            reduced_motion="reduce",
        )
        context.set_default_timeout(WAIT_MS)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        self.contexts.append(context)
        return _patient(context.new_page())

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:", *self.besides)):
            self.complaints.append(f"asked elsewhere: {request.url[:200]}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.complaints.append(f"{response.request.method} {response.url} → {response.status}")

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal (403, 409, 422) is an answer; Chromium calls every one an error. 5xx are heard above.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text[:400]}")

    def pictures(self, folder: Path, name: str) -> list[Path]:
        """Take a picture of every open page."""
        folder.mkdir(parents=True, exist_ok=True)
        taken = []
        for number, page in enumerate(page for context in self.contexts for page in context.pages):
            taken.append(folder / f"{name}-{number}.png")
            page.screenshot(path=taken[-1], full_page=True)
        return taken

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def _arrived(page: Page) -> None:
    """Wait for the page that a press leads to: "not there any more" holds in its still empty document, too. It is there with what its
    scripts build, which are asked for after the document has loaded."""
    page.wait_for_load_state("load")
    page.locator(ENHANCED).wait_for(state="attached")


def _patient(page: Page) -> Page:
    """The page, of which nothing is pressed before its scripts listen."""
    goto, reload = page.goto, page.reload

    @wraps(goto)
    def go(*args: Any, **options: Any) -> Response | None:
        answer = goto(*args, **options)
        _arrived(page)
        return answer

    @wraps(reload)
    def again(**options: Any) -> Response | None:
        answer = reload(**options)
        _arrived(page)
        return answer

    page.goto, page.reload = go, again  # type: ignore[method-assign]
    return page


# What contrast was measured of, in this process, for each theme and width.
_measured: defaultdict[tuple[str, int], set[str]] = defaultdict(set)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.0 to 2.2, A and AA: one line for each rule, with the elements."""
    _arrived(page)
    scheme, width = page.evaluate("[getComputedStyle(document.body).colorScheme, innerWidth]")
    parts, measured = set(page.evaluate(PARTS)), _measured[scheme, width]
    found = Axe().run(page, options=KNOWN_COLOURS if parts <= measured else AXE_RULES).response["violations"]
    measured |= parts
    return [
        f"{one['id']}: {one['help']}: "
        + " | ".join(str(node["target"]) + " " + node["html"][:120] for node in one["nodes"][:5])
        for one in found
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 when one need not scroll sideways."""
    _arrived(page)
    # Not compared with clientWidth: a phone zooms out, and its layout grows with what overflows.
    window = page.viewport_size or {"width": 0}
    return max(0, int(page.evaluate("document.documentElement.scrollWidth")) - window["width"])


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Sign somebody in, as quickly as the forms of the front door allow: no page of it is drawn (the journeys draw it)."""
    token = TOKEN.search(page.request.get("/sign-in").text())
    assert token is not None
    sent = {"csrf_token": token[1], "login": login, "password": password}
    answer = page.request.post("/sign-in", form=sent, max_redirects=0)
    assert answer.status == 303, answer.text()
