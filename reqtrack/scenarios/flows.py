"""The special flows that every project is asked about: what happens to each main scenario when a day is not as usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Shipped:
    """A prompt that comes with the program: what to ask, and what kind of scenario tells it."""

    code: str
    text: Any
    kind: str


SHIPPED = (
    Shipped("duplicate", _l("It is there already: the same customer, order or record a second time"), "alternative"),
    Shipped("hand_over", _l("Somebody else takes over half-way: hand-over to a colleague"), "alternative"),
    Shipped("return", _l("It goes back: return, refund, reversal"), "alternative"),
    Shipped("absence", _l("Whoever must act is not there: absence, stand-in"), "alternative"),
    Shipped("exception", _l("Outside of the rule: a special price, an approval that nobody foresaw"), "alternative"),
    Shipped("offline", _l("No network, or the system is down"), "exception"),
    Shipped("correction", _l("Found wrong after it was closed: correction afterwards"), "exception"),
    Shipped("partial", _l("Only a part of it: partial delivery, split"), "alternative"),
    Shipped("cancelled", _l("Called off half-way"), "exception"),
    Shipped("wrong_data", _l("Wrong or missing data from elsewhere"), "exception"),
    Shipped("peak", _l("Ten times as many at once: month-end, peak season"), "alternative"),
    Shipped("newcomer", _l("A new colleague who has no rights yet, or does not know how"), "exception"),
)
BY_CODE = {one.code: one for one in SHIPPED}
OWN = "own-"


@dataclass(frozen=True)
class Prompt:
    """A prompt as a project has it. ``own``: written by the project; ``changed``: the shipped one in other words."""

    code: str
    text: str
    kind: str
    own: bool = False
    changed: bool = False
    left_out: bool = False
    version: int = 0
