"""What else was said of an item that was merged or split, and is said of its heirs: answers to special flows, and what lets its
text stand. Each heir gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.audit.record import Entry
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.requirements import queries
from reqtrack.requirements.models import Silence
from reqtrack.scenarios.models import FlowReply


def carry(entry: Entry, old: Item, heirs: Sequence[Item]) -> dict[str, Any]:
    """Let it hold of the heirs; returns what was done, for the event."""
    if old.kind == "scenario":
        return _replies(entry, old, heirs)
    return _silences(entry, old, heirs) if old.kind == "requirement" else {}


def carry_back(entry: Entry, done: Mapping[str, Any]) -> None:
    """Let it hold of the old item again."""
    for name, model in (("replies_made", FlowReply), ("silences_made", Silence)):
        for number in done.get(name, ()):
            made: Any = db.session.get_one(model, number)
            made.until = made.until or entry.seq
    db.session.flush()
    for number, scenario, by in done.get("replies", ()):
        reply = db.session.get_one(FlowReply, number)
        reply.until, reply.scenario_id, reply.told_by_id = None, scenario, by
    for number in done.get("silences", ()):
        db.session.get_one(Silence, number).until = None


def _replies(entry: Entry, old: Item, heirs: Sequence[Item]) -> dict[str, Any]:
    """Said of the old scenario, it is said of its heirs; told by the old one, told by each heir. The first takes the rows over."""
    first, *others = heirs
    rows = _of(old)
    known = {(row.scenario_id, row.code, row.told_by_id) for heir in heirs for row in _of(heir)}
    moved, made = [], []
    for row in rows:
        moved.append([row.id, row.scenario_id, row.told_by_id])
        for other in others:
            place = _place(row, old, other)
            if place not in known:
                made.append(_same_of(entry, row, place))
        place = _place(row, old, first)
        if place[0] == place[2] or place in known:
            row.until = entry.seq
        else:
            row.scenario_id, _code, row.told_by_id = place
    db.session.add_all(made)
    db.session.flush()
    return {"replies": moved, "replies_made": [row.id for row in made]}


def _of(scenario: Item) -> list[FlowReply]:
    """The answers that are about a scenario, or told by it."""
    about = (FlowReply.scenario_id == scenario.id) | (FlowReply.told_by_id == scenario.id)
    return list(db.session.execute(select(FlowReply).where(FlowReply.until.is_(None), about)).scalars())


def _place(row: FlowReply, old: Item, heir: Item) -> tuple[int, str, int | None]:
    """``(scenario, code, told by)`` of an answer when the heir stands in the old one's place."""
    scenario, by = (heir.id if one == old.id else one for one in (row.scenario_id, row.told_by_id))
    return int(scenario or 0), row.code, by


def _same_of(entry: Entry, row: FlowReply, place: tuple[int, str, int | None]) -> FlowReply:
    return FlowReply(
        project_id=row.project_id, scenario_id=place[0], code=row.code, told_by_id=place[2],
        stakeholder_id=row.stakeholder_id, asked=row.asked, asked_on=row.asked_on, author=row.author, at=row.at,
        since=entry.seq,
    )  # fmt: skip


def _silences(entry: Entry, old: Item, heirs: Sequence[Item]) -> dict[str, Any]:
    rows = _at(old)
    made = []
    for heir in heirs:
        known = {(row.rule, queries.folded(row.words)) for row in _at(heir)}
        for row in rows:
            if (row.rule, queries.folded(row.words)) not in known:
                made.append(
                    Silence(
                        project_id=row.project_id, rule=row.rule, item_id=heir.id, words=row.words, reason=row.reason,
                        author=row.author, at=row.at, since=entry.seq,
                    )
                )  # fmt: skip
    for row in rows:
        row.until = entry.seq
    db.session.add_all(made)
    db.session.flush()
    return {"silences": [row.id for row in rows], "silences_made": [row.id for row in made]}


def _at(item: Item) -> list[Silence]:
    wanted = select(Silence).where(Silence.item_id == item.id, Silence.until.is_(None)).order_by(Silence.id)
    return list(db.session.execute(wanted).scalars())
