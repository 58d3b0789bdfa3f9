"""Whom a change concerns that is put into effect, and what has to be tested again: kept with the event, read by whoever must react."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reqtrack.acceptance.queries import testers_of
from reqtrack.changes.filed import Dossier
from reqtrack.changes.impact import Impact
from reqtrack.items.models import Item

ByLogin = dict[str, list[str]]


@dataclass(frozen=True)
class Fell:
    """What was so when a change took effect: how many results turned stale, which signatures were carried on or fell, by key; and
    by login, which acceptance scenarios its testers were told of."""

    stale: int
    carried: tuple[str, ...]
    superseded: tuple[str, ...]
    testers: Mapping[str, list[str]]


def fell(after: Mapping[str, Any]) -> Fell:
    """The same from what the event tells that put it into effect; later the graph and the results tell something else."""
    return Fell(
        int(after.get("stale_results") or 0),
        tuple(after.get("carried") or ()),
        tuple(after.get("superseded") or ()),
        (after.get("told") or {}).get("testers") or {},
    )


def of(found: Dossier, touched: Impact, made: Iterable[Item], by: str) -> dict[str, Any]:
    """``told``: by login, the keys of what they own (``owners``) and of what they test (``testers``) that is edited, made or
    touched; ``acceptance``: the keys of the acceptance scenarios that verify it.

    Args:
        by: the login of who puts it into effect: they know.
    """
    acceptance = acceptance_ids(touched, made)
    told = {
        "owners": owners(found, touched, made),
        "testers": testers(acceptance),
    }
    return {
        "told": {
            name: {login: keys for login, keys in sorted(who.items()) if login != by} for name, who in told.items()
        },
        "acceptance": sorted(acceptance.values()),
    }


def acceptance_ids(touched: Impact, made: Iterable[Item] = ()) -> dict[int, str]:
    """The acceptance scenarios among what is edited, made and touched: their keys by id."""
    concerned: list[Any] = [*touched.starts.values(), *touched.affected, *made]
    return {one.id: one.key for one in concerned if one.kind == "acceptance"}


def owners(found: Dossier, touched: Impact, made: Iterable[Item] = ()) -> ByLogin:
    """The members who own something of what is edited, made or touched, with its keys."""
    logins = {one.id: one.login for one in found.people}
    told: ByLogin = {}
    concerned: list[Any] = [*touched.starts.values(), *made, *touched.affected]
    for one in concerned:
        if one.owner_id in logins:
            told.setdefault(logins[one.owner_id], []).append(one.key)
    return told


def testers(acceptance: Mapping[int, str]) -> ByLogin:
    """The testers of these acceptance scenarios, by the newest round that holds each."""
    told: ByLogin = {}
    for item_id, people in testers_of(acceptance).items():
        for one in people:
            told.setdefault(one.login, []).append(acceptance[item_id])
    return {login: sorted(keys) for login, keys in told.items()}
