"""How an upper area shows itself on a lower page: one query a panel, one template a panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reqtrack.items.models import Item
from reqtrack.permissions import Actor

Query = Callable[[Actor, Any], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """Shown at ``place`` (main or rail) of the pages of ``kind``; ``query`` answers None where there is nothing to show."""

    kind: str
    place: str
    query: Query
    template: str
    order: int = 50


_panels: list[Panel] = []


def register(kind: str, place: str, query: Query, template: str, order: int = 50) -> None:
    """Show a panel on item pages of a kind ("*" is every kind). Registering the same panel again changes nothing."""
    panel = Panel(kind, place, query, template, order)
    if panel not in _panels:
        _panels.append(panel)
        _panels.sort(key=lambda one: one.order)


def of(actor: Actor, item: Item, place: str) -> list[tuple[str, Mapping[str, Any]]]:
    """``(template, context)`` of the panels to show on an item's page at a place."""
    shown = []
    for panel in _panels:
        if panel.kind in ("*", item.kind) and panel.place == place:
            context = panel.query(actor, item)
            if context is not None:
                shown.append((panel.template, context))
    return shown
