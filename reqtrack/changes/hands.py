"""What people put into what a change touches, and what they took out of what was computed: laid over what the walk found.

What is taken out takes along whatever is reached through it alone: list, tree, picture, paper, counts and fingerprint agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reqtrack.changes.filed import Dossier, ItemNow
from reqtrack.changes.reach import Reached
from reqtrack.items.queries import items_by_key, sees_all
from reqtrack.permissions import Actor


def added(actor: Actor, dossier: Dossier, reached: Mapping[int, Reached]) -> dict[int, Reached]:
    """What the walk found, and what was put in by hand (parent 0, no link), as far as it is in force and no start."""
    more = _more(dossier, reached)
    if not more:
        return dict(reached)
    project_id = dossier.change.project_id
    seen: Collection[str] = {one.key for one in more}
    if not sees_all(actor, project_id):
        seen = items_by_key(actor, project_id, seen)
    return {**reached, **{one.id: _by_hand(one, one.key in seen) for one in more}}


def ends(dossier: Dossier) -> frozenset[int]:
    """The ids of what was taken out: a way ends there, so that what only it leads to is not touched either."""
    return frozenset(one.item.id for one in dossier.by_hand.values() if not one.added)


def left_out(dossier: Dossier, reached: Mapping[int, Reached]) -> frozenset[int]:
    """The ids of what was taken out, of what is there to be taken out."""
    return frozenset(one for one in ends(dossier) if one in reached)


def without(reached: Mapping[int, Reached], out: Collection[int]) -> dict[int, Reached]:
    """What is left."""
    return {item_id: one for item_id, one in reached.items() if item_id not in out}


def affected(dossier: Dossier, reached: Mapping[int, Reached]) -> dict[int, Reached]:
    """What the walk found with all that was done by hand, whoever looks."""
    whole = {**reached, **{one.id: _by_hand(one, True) for one in _more(dossier, reached)}}
    return without(whole, left_out(dossier, whole))


def _more(dossier: Dossier, reached: Mapping[int, Reached]) -> list[ItemNow]:
    return [
        one.item
        for key, one in dossier.by_hand.items()
        if one.added and key not in dossier.items and one.item.id not in reached and not one.item.retired
    ]


def _by_hand(one: ItemNow, seen: bool) -> Reached:
    return Reached(
        one.id, one.key, one.kind, one.number, one.title, one.stage, one.tier, one.phase_id, one.owner_id, one.scope_print,
        parent=0, link="", depth=0, seen=seen,
    )  # fmt: skip
