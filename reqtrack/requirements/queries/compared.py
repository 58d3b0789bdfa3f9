"""The texts of a project's requirements and scenarios, held in memory to be compared with one another.

What is held follows the project's chain: what was written since is read before anything is asked, so the answers are those of the
transaction that asks. Where the chain is another one (a backup was restored), all is read anew.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import current_app
from sqlalchemy import Select, bindparam, func, select

from reqtrack.audit.kept import kept
from reqtrack.audit.models import Event
from reqtrack.db import mode, plain
from reqtrack.items.likeness import Index, Likeness, Thing
from reqtrack.items.models import Item, Version
from reqtrack.requirements.models import Requirement
from reqtrack.scenarios.models import Scenario

KINDS = ("requirement", "scenario")
# Of one project the newest, and of all projects together: what is held has an end.
MOST = 20_000
MOST_OF_ALL = 40_000
RECENT = 100  # heads of the chain by which the held index came


@dataclass
class Held:
    """An index, with the place in the chain up to which it knows everything."""

    index: Index = field(default_factory=Index)
    seq: int = -1
    hash: str = ""
    passed: Collection[tuple[int, str]] = ()  # where it came by, and who began to read there is answered as well
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class _Shelf:
    held: OrderedDict[int, Held] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def compared(project_id: int) -> Iterator[Index]:
    """The index of a project, nobody else's while the block lasts."""
    now = mode()
    if now is None or now.writing:
        # What is written here may yet be undone: it is read for this once.
        yield _read(project_id)
        return
    held = _on_shelf(project_id)
    with held.lock:
        heads, mine = _heads(project_id, held.seq)
        if heads[0] in held.passed:
            yield held.index
            return
        if held.seq < 0 or mine != held.hash or len(held.index.things) >= MOST:
            held.index = _read(project_id)
        else:
            _follow(project_id, held)
        held.seq, held.hash = heads[0]
        held.passed = frozenset(heads)
        yield held.index


def pairs_of(project_id: int) -> list[tuple[int, int, Likeness]]:
    """All pairs that are alike. Whoever asks for a hint does not wait for it."""
    with compared(project_id) as index:
        snapshot = index.snapshot()
    found = snapshot.pairs()
    index.learn(snapshot)
    return found


def things_of(project_id: int, ids: Collection[int]) -> list[Thing]:
    """Some things alone, as they stand now, for whoever writes."""
    wanted = _texts().where(Item.__table__.c.id.in_(ids), Item.__table__.c.retired.is_(False))
    return [_thing(row) for row in plain(wanted, {"project": project_id})]


def whole_of(project_id: int) -> int:
    """How many things of a project there are to compare: of more than ``MOST`` the newest are."""
    wanted = select(func.count()).where(Item.project_id == project_id, Item.kind.in_(KINDS), Item.retired.is_(False))
    return int(kept("things to compare", project_id, lambda: plain(wanted).scalar_one()))


def _on_shelf(project_id: int) -> Held:
    shelf: _Shelf = current_app.extensions.setdefault("reqtrack_compared", _Shelf())
    with shelf.lock:
        found = shelf.held.setdefault(project_id, Held())
        shelf.held.move_to_end(project_id)
        while len(shelf.held) > 1 and sum(len(one.index.things) for one in shelf.held.values()) > MOST_OF_ALL:
            shelf.held.popitem(last=False)
    return found


def _heads(project_id: int, seq: int) -> tuple[list[tuple[int, str]], str | None]:
    """The newest events' numbers and hashes, the newest first, and the hash of the event up to which the index knows."""
    rows = plain(_newest(), {"project": project_id, "seq": seq}).all()
    return [(row.seq, row.hash) for row in rows] or [(0, "")], rows[0].mine if rows else None


@cache
def _newest() -> Select[Any]:
    other = Event.__table__.alias("mine")
    mine = select(other.c.hash).where(other.c.project_id == bindparam("project"), other.c.seq == bindparam("seq"))
    return (
        select(Event.seq, Event.hash, mine.scalar_subquery().label("mine"))
        .where(Event.project_id == bindparam("project"))
        .order_by(Event.seq.desc())
        .limit(RECENT)
    )


@cache
def _texts() -> Select[Any]:
    items, requirements, scenarios = Item.__table__, Requirement.__table__, Scenario.__table__
    return (
        select(
            items.c.id, items.c.kind, items.c.title, items.c.retired, requirements.c.statement, scenarios.c.actor,
            scenarios.c.trigger, scenarios.c.steps.cast(Scenario.__table__.c.trigger.type).label("steps"),
            scenarios.c.outcome,
        )
        .select_from(
            items.outerjoin(requirements, requirements.c.id == items.c.id).outerjoin(
                scenarios, scenarios.c.id == items.c.id
            )
        )
        .where(items.c.project_id == bindparam("project"), items.c.kind.in_(KINDS))
    )  # fmt: skip


def _read(project_id: int) -> Index:
    index = Index()
    items = Item.__table__
    wanted = _texts().where(items.c.retired.is_(False)).order_by(items.c.id.desc()).limit(MOST)
    for row in plain(wanted, {"project": project_id}):
        index.put(_thing(row))
    return index


def _follow(project_id: int, held: Held) -> None:
    """Take in what got a version since."""
    written = select(Version.item_id).where(Version.project_id == project_id, Version.since > held.seq)
    for row in plain(_texts().where(Item.__table__.c.id.in_(written)), {"project": project_id}):
        if row.retired:
            held.index.drop(row.id)
        else:
            held.index.put(_thing(row))


def _thing(row: Any) -> Thing:
    if row.kind == "requirement":
        return Thing(row.id, row.kind, row.title, row.statement or "")
    steps = "\n".join(json.loads(row.steps)) if row.steps else ""
    parts = (row.actor, row.trigger, steps, row.outcome)
    return Thing(row.id, row.kind, row.title, "\n".join(part for part in parts if part), by_title=True)
