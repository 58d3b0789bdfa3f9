"""A job of several people, each at the same kind of device, in its language: the walks of issue 5 begin here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from tests.browser.walker import Walker
from tests.support.browser import DEVICES, ZH_PHONE, Device, Windows, violations
from tests.support.world import NAMES

# In `make test` a phone in Chinese; the other languages and widths in `make check-all`.
WALKED = pytest.mark.parametrize(
    "device",
    [
        pytest.param(one, id=f"{one.locale[:2]}-{one.width}", marks=[] if one is ZH_PHONE else [pytest.mark.full])
        for one in DEVICES
    ],
)


@dataclass
class Party:
    """Those who take part, signed in when first needed. ``own``: words that the walk brings (titles, notes), which are no chrome."""

    windows: Windows
    device: Device
    own: Sequence[str] = ()
    theme: str = "light"
    there: dict[str, Walker] = field(default_factory=dict)

    def __call__(self, login: str) -> Walker:
        """Somebody of the cast."""
        if login not in self.there:
            self.there[login] = self.stranger(login).sign_in(drawn=False)
        return self.there[login]

    def stranger(self, login: str = "") -> Walker:
        """Somebody who has not signed in."""
        own = ["CRM 推广", "第 1 轮验收", *NAMES.values(), *self.own]
        return Walker(self.windows.open(self.device, self.theme), login, self.device.locale[:2], own, self.device.name)


def sound(walker: Walker) -> None:
    """Nobody is kept from reading or pressing what stands on the screen; asked in `make check-all`, for it takes a second each time."""
    if walker.picture != ZH_PHONE.name:
        found = violations(walker.page)
        assert not found, f"{walker.page.url}: {found}"
