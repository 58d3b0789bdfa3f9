"""What else was said of an item that was merged or split, and is said of its heirs: answers to special flows, and what lets its
text stand. Each heir gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.audit.record import Entry
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.requirements.models import Silence
from reqtrack.requirements.queries import folded
from reqtrack.scenarios.models import FlowReply


def carry(entry: Entry, old: Item, heirs: Sequence[Item]) -> dict[str, Any]:
    """Let it hold of the heirs; returns what was done, for the event."""
    told: dict[str, Any] = {}
    if old.kind == "scenario":
        told["replies"], told["replies_added"] = _replies(entry, old, heirs)
    told["silences"], told["silences_added"] = _silences(entry, old, heirs)
    return told


def carry_back(entry: Entry, old: Item, done: Mapping[str, Any]) -> None:
    """Let it hold of the old item again, but for what somebody took back since."""
    copies: dict[str, Any] = {"replies_added": FlowReply, "silences_added": Silence}
    for name, model in copies.items():
        for number in done.get(name, ()):
            copy = db.session.get_one(model, number)
            copy.until = copy.until or entry.seq
    for number in done.get("silences", ()):
        silence = db.session.get_one(Silence, number)
        silence.item_id = old.id
        if silence.until == done["since"]:
            silence.until = None
    for number, scenario, by in done.get("replies", ()):
        reply = db.session.get_one(FlowReply, number)
        reply.scenario_id, reply.told_by_id = scenario, by
        if reply.until == done["since"]:
            reply.until = None


def _replies(entry: Entry, old: Item, heirs: Sequence[Item]) -> tuple[list[list[Any]], list[int]]:
    """What is known of special flows: said of the old scenario, it is said of its heirs; told by the old one, told by the heirs.

    Returns:
        How the answers stood before, and the numbers of those that a second heir needs.
    """
    ids = [heir.id for heir in heirs]
    rows = _live_replies([old.id])
    known = {(row.scenario_id, row.code, row.told_by_id) for row in _live_replies(ids)}
    before, added = [], []
    for row in rows:
        before.append([row.id, row.scenario_id, row.told_by_id])
        wanted = [
            (scenario, by)
            for scenario in (ids if row.scenario_id == old.id else [row.scenario_id])
            for by in (ids if row.told_by_id == old.id else [row.told_by_id])
            if scenario != by and (scenario, row.code, by) not in known
        ]
        if not wanted:
            row.until = entry.seq
            continue
        row.scenario_id, row.told_by_id = wanted[0]
        added += [_said_too(entry, row, *ends) for ends in wanted[1:]]
    db.session.flush()
    return before, [row.id for row in added]


def _live_replies(ids: Sequence[int]) -> list[FlowReply]:
    """What is known of special flows of some scenarios, and told by them."""
    theirs = FlowReply.scenario_id.in_(ids) | FlowReply.told_by_id.in_(ids)
    return list(
        db.session.execute(select(FlowReply).where(FlowReply.until.is_(None), theirs).order_by(FlowReply.id)).scalars()
    )


def _said_too(entry: Entry, row: FlowReply, scenario: int, by: int | None) -> FlowReply:
    """The same answer, of or by another scenario."""
    made = FlowReply(
        project_id=row.project_id, scenario_id=scenario, code=row.code, told_by_id=by, stakeholder_id=row.stakeholder_id,
        asked=row.asked, asked_on=row.asked_on, author=row.author, at=row.at, since=entry.seq,
    )  # fmt: skip
    db.session.add(made)
    return made


def _silences(entry: Entry, old: Item, heirs: Sequence[Item]) -> tuple[list[int], list[int]]:
    """What somebody let stand of the old item's words may stand at its heirs.

    Returns:
        The numbers of what moved, or ended because the only heir has it already; and of what a second heir needs.
    """
    live = list(
        db.session.execute(
            select(Silence)
            .where(Silence.until.is_(None), Silence.item_id.in_([old.id, *(heir.id for heir in heirs)]))
            .order_by(Silence.id)
        ).scalars()
    )
    rows = [row for row in live if row.item_id == old.id]
    known = {(row.item_id, row.rule, folded(row.words)) for row in live}
    added = []
    for row in rows:
        wanted = [heir for heir in heirs if (heir.id, row.rule, folded(row.words)) not in known]
        if not wanted:
            row.until = entry.seq
            continue
        row.item_id = wanted[0].id
        for heir in wanted[1:]:
            added.append(
                Silence(
                    project_id=row.project_id, rule=row.rule, item_id=heir.id, words=row.words, reason=row.reason,
                    author=row.author, at=row.at, since=entry.seq,
                )
            )  # fmt: skip
    db.session.add_all(added)
    db.session.flush()
    return [row.id for row in rows], [row.id for row in added]
