"""An eye on pages as they stand in a browser: what axe finds in what is shown, folded and called up; what is too wide."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.support.browser import AXE_RULES, PARTS, overflow

# Where pictures of all that was looked at are wanted (a folder).
PICTURES = os.environ.get("LOOKS", "")
# The frame is the same on many pages; each of its parts is looked at once for each state it is in.
FRAME = (".rq-side", ".rq-topbar", ".rq-tabs")
# Opens all folds; answers what the parts of the frame say, and where one is in them.
OPEN = """(frame) => {
    scrollTo(0, 0);
    for (const fold of document.querySelectorAll("details:not([data-menu])")) fold.open = true;
    const words = (one) => [one, ...one.querySelectorAll("[aria-current]")].map((part) => part.textContent).join("|");
    return frame.map((part) => [...document.querySelectorAll(part)].map(words).join("|").replace(/\\s+/g, " "));
}"""
RUN = """async ([context, rules]) => {
    const why = (node) => [...node.any, ...node.all, ...node.none].map((one) => one.message).join("; ").slice(0, 300);
    const where = (node) => `${node.target} ${node.html.slice(0, 140)} ${why(node)}`;
    const found = await axe.run(context, rules);
    return found.violations.map((one) => `${one.id}: ${one.help}: ` + one.nodes.slice(0, 4).map(where).join(" | "));
}"""
DIALOGS = "[...document.querySelectorAll('dialog[id]:not([open])')].map((one) => [one.id, one.textContent.replace(/\\s+/g, ' ').trim()])"
SHOW = "(id) => document.getElementById(id).showModal()"
HIDE = "(id) => document.getElementById(id).close()"


@dataclass
class Eye:
    """Looks through one page of a browser, and keeps what is wrong.

    One that is ``thrifty`` asks axe only where something stands that it has not looked at on an earlier page: what a page is built
    of is what axe looks at, its words apart.
    """

    page: Page
    called: str = ""
    thrifty: bool = False
    complaints: list[str] = field(default_factory=list)
    looked: int = 0
    _parts: set[str] = field(default_factory=set)
    _frames: set[tuple[str, str]] = field(default_factory=set)
    _dialogs: set[tuple[str, str]] = field(default_factory=set)

    def look(self, name: str) -> None:
        """Look at what stands there now; ``name`` is told with each complaint."""
        page = self.page
        self._wide(name)
        state = list(zip(FRAME, page.evaluate(OPEN, list(FRAME)), strict=True))
        self._wide(f"{name}, unfolded")
        self._draw(name)
        self.looked += 1
        parts = set(page.evaluate(PARTS))
        known, self._parts = parts <= self._parts, self._parts | parts
        dialogs = [one for one in map(tuple, page.evaluate(DIALOGS)) if one not in self._dialogs]
        if self.thrifty and known and not dialogs:
            return
        page.evaluate(AXE_SCRIPT)
        seen = [[part] for part, words in state if (part, words) in self._frames and words]
        self._frames |= set(state)
        if not (self.thrifty and known):
            self._axe(name, {"exclude": seen} if seen else {"include": [["html"]]})
        for identity, words in dialogs:
            self._dialogs.add((identity, words))
            self._dialog(f"{name}, dialog {identity}", identity)

    def floating(self, name: str, part: str) -> None:
        """Look at something that was called up and lies over the page, and at nothing else."""
        self._wide(name)
        self._draw(name)
        self.page.evaluate(AXE_SCRIPT)
        self._axe(name, {"include": [[part]]})
        self.looked += 1

    def _dialog(self, name: str, identity: str) -> None:
        self.page.evaluate(SHOW, identity)
        self._wide(name)
        self._draw(name)
        self._axe(name, {"include": [[f"[id='{identity}']"]]})
        self.page.evaluate(HIDE, identity)

    def _axe(self, name: str, context: dict[str, Any]) -> None:
        self.complaints += [f"{name}: {one}" for one in self.page.evaluate(RUN, [context, AXE_RULES])]

    def _wide(self, name: str) -> None:
        if wide := overflow(self.page):
            self.complaints.append(f"{name}: {wide} px too wide")

    def _draw(self, name: str) -> None:
        if PICTURES:
            folder = Path(PICTURES) / self.called
            folder.mkdir(parents=True, exist_ok=True)
            plain = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:90]
            self.page.screenshot(path=folder / f"{plain or 'home'}.png", full_page="dialog" not in name)
