"""What a branch holds: versions of the items of the main line. It has no texts of its own, it says which ones hold in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import and_, or_, select

from reqtrack.audit.record import newest_seq
from reqtrack.baselines.content import (
    Print,
    contents_at,
    fingerprint,
    keys_now,
    links_at,
    prints_at,
    scope_kinds,
)
from reqtrack.branches.models import BranchChoice, ScopeBranch
from reqtrack.db import db
from reqtrack.items.models import Item, Version

CHUNK = 400
# In place of a version: the item is left out; it is taken as the main line has it now.
OUT, NEWEST = 0, -1


def newest(choices: Iterable[BranchChoice]) -> dict[str, BranchChoice]:
    """Of each item the choice that holds; ``choices`` by number."""
    return {one.item: one for one in choices}


def held(branch: ScopeBranch, choices: Iterable[BranchChoice]) -> dict[str, Print]:
    """What a branch holds by key, after these choices (two statements, and one for each 400 items that were decided on)."""
    began = set(branch.keys)
    found = {one.key: one for one in prints_at(branch.project_id, branch.seq).values() if one.key in began}
    chosen = newest(choices)
    for key in chosen:
        found.pop(key, None)
    taken = {key: one.version for key, one in chosen.items() if one.version is not None}
    return found | versions_of(branch.project_id, taken)


def versions_of(project_id: int, wanted: Mapping[str, int]) -> dict[str, Print]:
    """These versions of items of the scope kinds by key, as far as there are such."""
    found: dict[str, Print] = {}
    keys = sorted(wanted)
    gone = Version.content.like('%"retired":true%')
    for at in range(0, len(keys), CHUNK):
        rows = db.session.execute(
            select(
                Item.id, Item.key, Item.kind, Item.number, Version.number, Version.text_print, Version.scope_print, gone
            )
            .join(Version, Version.item_id == Item.id)
            .where(
                Item.project_id == project_id,
                Item.kind.in_(scope_kinds()),
                or_(*(and_(Item.key == key, Version.number == wanted[key]) for key in keys[at : at + CHUNK])),
            )
        )
        found.update((row[1], Print(*row)) for row in rows)
    return found


def print_of(prints: Mapping[str, Print]) -> str:
    """The fingerprint of what a branch holds: as a baseline's, over its items; their links are part of what is pinned."""
    return fingerprint(sorted([one.key, one.scope_print] for one in prints.values()), [])


def main_line(project_id: int) -> dict[str, Print]:
    """What the main line holds now by key: what a baseline taken now would."""
    keys = set(keys_now(project_id))
    return {one.key: one for one in prints_at(project_id, newest_seq(project_id)).values() if one.key in keys}


def phase_now(project_id: int, phase_id: int) -> set[str]:
    """The keys of what belongs to a phase on the main line now."""
    rows = select(Item.id, Item.key).where(Item.project_id == project_id, Item.kind.in_(scope_kinds()))
    keys = {row.id: row.key for row in db.session.execute(rows)}
    mine = select(Item.key).where(Item.project_id == project_id, Item.kind == "requirement", Item.phase_id == phase_id)
    return along(set(db.session.execute(mine).scalars()), links_at(project_id, newest_seq(project_id), keys))


def phase_at(project_id: int, seq: int, keys: Collection[str], phase_id: int) -> set[str]:
    """The same among these keys, at a point of the history."""
    wanted = set(keys)
    prints = [one for one in prints_at(project_id, seq).values() if one.key in wanted]
    told = contents_at(project_id, [one for one in prints if one.kind == "requirement"])
    mine = {key for key, one in told.items() if one.content.get("phase") == phase_id}
    return along(mine, links_at(project_id, seq, {one.item_id: one.key for one in prints}))


def along(requirements: Collection[str], links: Sequence[tuple[str, str, str]]) -> set[str]:
    """Requirements with the scenarios that they arise from, the processes of these, and what accepts them."""
    found = set(requirements)
    found |= {one for kind, one, other in links if kind == "accepts" and other in requirements}
    scenarios = {one for kind, one, other in links if kind == "gives_rise_to" and other in requirements}
    return found | scenarios | {other for kind, one, other in links if kind == "part_of" and one in scenarios}
