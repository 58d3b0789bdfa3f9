"""A company at its windows: one signed-in browser for each person, opened when first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.browser.texts import STORIES, Story
from tests.browser.walker import Walker
from tests.support.browser import Device, Windows
from tests.support.world import World

# Of the story's people: what each is for. Accounts of those named here are there before; the others come by invitation.
ROLES = {
    "zhou": "project_manager", "chen": "business_owner", "lin": "analyst", "he": "tester", "li": "contributor", "zhao": "implementer",
    "fang": "sponsor", "shen": "auditor",
}  # fmt: skip
INVITED = ("chen", "he")
# A machine on which much else runs is slow, and no defect.
PATIENCE_MS = 40_000


@dataclass
class Company:
    """The people of one journey, all with the same device and language."""

    world: World
    windows: Windows
    story: Story
    device: Device
    walkers: dict[str, Walker] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)

    def stranger(self, login: str) -> Walker:
        """Somebody who has not signed in."""
        page = self.windows.open(self.device)
        page.set_default_timeout(PATIENCE_MS)
        return Walker(page, login, self.story.language, self.own, self.device.name)

    def __getattr__(self, login: str) -> Walker:
        """Somebody by login, signed in."""
        if login not in ROLES and login != "outsider":
            raise AttributeError(login)
        if login not in self.walkers:
            # The first by the front door; the page need not be drawn anew for each.
            self.walkers[login] = self.stranger(login).sign_in(drawn=not self.walkers)
        return self.walkers[login]


@pytest.fixture
def company(windows: Windows, world: World) -> Callable[[Device], Company]:
    """Makes the company for a device, whose language is the story's."""

    def make(device: Device) -> Company:
        story = STORIES[device.locale[:2]]
        locale = "zh_Hans_CN" if story.language == "zh" else "en"
        for login in ROLES:
            if login not in INVITED:
                world.user(login, story.people[login], locale=locale)
        world.user("outsider", "Ou Tesaida", locale=locale)
        return Company(world, windows, story, device, own=["Ou Tesaida", story.row, *ROLES, *story.people.values()])

    return make
