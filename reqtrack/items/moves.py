"""The moves between stages that an item's page offers. The areas that own the stages register how they are listed and made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reqtrack.errors import Verdict
from reqtrack.items.models import Item
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Move:
    """One move as a page shows it: greyed with every reason when ``verdict`` says no. ``asks``: reason, until, or nothing.
    ``seen``: what its form sends back where it is about more than the stage, so that it is made of what was seen."""

    name: str
    label: Any
    to: str
    verdict: Verdict
    asks: str = ""
    seen: str = ""


# kind → the moves open from where an item is.
LISTERS: dict[str, Callable[[Actor, Any], Sequence[Move]]] = {}
# kind → make one: (actor, item, move name, {"reason", "until", "seen_stage", "seen"}).
MAKERS: dict[str, Callable[[Actor, Any, str, dict[str, str]], None]] = {}


def of(actor: Actor, item: Item) -> Sequence[Move]:
    """The moves of an item's page."""
    lister = LISTERS.get(item.kind)
    return lister(actor, item) if lister else ()
