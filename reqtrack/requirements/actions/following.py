"""What follows an item that was merged or split, and what of that is taken back: evidence, comments, files, answers to special
flows, words that may stand, and its key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.audit.models import Event
from reqtrack.audit.record import Entry
from reqtrack.db import db
from reqtrack.interviews.models import Evidence
from reqtrack.items import present, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Attachment, Comment, Item, Succession
from reqtrack.items.queries import version_content
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Silence
from reqtrack.requirements.queries import folded
from reqtrack.scenarios.models import FlowReply

DONE = ("merged", "split")


def succeed(entry: Entry, old: Item, heirs: Sequence[Item], way: str) -> None:
    """Let the old item's key lead to its heirs."""
    for heir in heirs:
        row = Succession(project_id=old.project_id, old_id=old.id, new_id=heir.id, way=way, since=entry.seq)
        db.session.add(row)


def follow(
    entry: Entry, old: Item, heirs: Sequence[Item], evidence: Sequence[Sequence[int]] | None = None
) -> dict[str, Any]:
    """Move what hangs on the old item. To an only heir all goes. Of a split, the evidence goes where it was put; what is known of
    special flows, and what of the words may stand, goes to both; comments and files stay.

    Args:
        evidence: by heir, the excerpts that it is given; None: the only one gets all; empty: they have them already.

    Returns:
        What was moved, for the event.
    """
    alone = heirs[0] if len(heirs) == 1 else None
    told: dict[str, Any] = {"evidence": _quotes(entry, old, heirs, evidence, alone)}
    if old.kind == "scenario":
        told["replies"], told["replies_added"] = _replies(entry, old, heirs)
    told["silences"], told["silences_added"] = _silences(entry, old, heirs)
    if alone is None:
        return told
    for name, model in (("comments", Comment), ("attachments", Attachment)):
        rows: Iterable[Any] = db.session.execute(select(model).where(model.item_id == old.id)).scalars()
        told[name] = [_hang(row, alone) for row in rows]
    alone.updated_at = entry.at
    return told


def _hang(row: Any, item: Item) -> int:
    row.item_id = item.id
    return int(row.id)


def _quotes(
    entry: Entry, old: Item, heirs: Sequence[Item], given: Sequence[Sequence[int]] | None, alone: Item | None
) -> dict[str, list[list[Any]]]:
    live = list(
        db.session.execute(
            select(Evidence).where(Evidence.item_id == old.id, Evidence.until.is_(None)).order_by(Evidence.id)
        ).scalars()
    )
    for row in live:
        row.until = entry.seq
    told: dict[str, list[list[Any]]] = {"ended": [[old.key, row.excerpt_id] for row in live], "added": []}
    wanted = [(alone, [row.excerpt_id for row in live])] if alone else list(zip(heirs, given or (), strict=False))
    for heir, excerpts in wanted:
        there = set(
            db.session.execute(
                select(Evidence.excerpt_id).where(Evidence.item_id == heir.id, Evidence.until.is_(None))
            ).scalars()
        )
        for number in excerpts:
            if number not in there:
                _back(entry, heir, number)
                told["added"].append([heir.key, number])
    return told


def _back(entry: Entry, item: Item, excerpt: int) -> None:
    db.session.add(Evidence(project_id=item.project_id, excerpt_id=excerpt, item_id=item.id, since=entry.seq))


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


# -- taking it back ----------------------------------------------------------------------------------------------------


def successions(old: Item) -> list[Succession]:
    """The rows by which an item's key leads on."""
    wanted = select(Succession).where(Succession.old_id == old.id).order_by(Succession.id)
    return list(db.session.execute(wanted).scalars())


def heirs_of(old: Item) -> list[str]:
    """The keys of an item's heirs."""
    wanted = select(Item.key).join(Succession, Succession.new_id == Item.id).where(Succession.old_id == old.id)
    return list(db.session.execute(wanted.order_by(Item.number)).scalars())


def done_to(old: Item) -> dict[str, Any] | None:
    """What the newest event says of how an item was merged or split; None when it is not so now."""
    rows = successions(old)
    if not rows:
        return None
    found = db.session.execute(
        select(Event.before, Event.after).where(Event.project_id == old.project_id, Event.seq == rows[0].since)
    ).one()
    before = json.loads(found.before) if found.before else {}
    told = {"versions": [], "made": [], "links": {"added": [], "ended": []}, "evidence": {"added": [], "ended": []}}
    return {**told, "stage": before.get("stage", old.stage), "since": rows[0].since, **json.loads(found.after)}


def ends_of(done: Mapping[str, Any]) -> set[str]:
    """The keys of all items that what was done names."""
    links = [*done["links"]["added"], *done["links"]["ended"]]
    quotes = [*done["evidence"]["added"], *done["evidence"]["ended"]]
    return {key for _kind, *ends in links for key in ends} | {key for key, _number in quotes}


def moved_since(old: Item, done: Mapping[str, Any], items: Mapping[str, Item]) -> list[str]:
    """The keys of what was worked on since, so that it cannot be put back."""
    wanted = [
        *((key, after) for key, _before, after in done["versions"]),
        *((key, after) for key, after in done["made"]),
    ]
    if "old" in done:
        wanted.append((old.key, done["old"][1]))
    made = {key for key, _version in done["made"]}
    worked = [key for key, after in wanted if key not in items or items[key].version != after]
    for key in made & set(items):
        talk = select(Comment.id).where(Comment.item_id == items[key].id).limit(1)
        if items[key].retired or db.session.execute(talk).scalar() is not None:
            worked.append(key)
    return list(dict.fromkeys(worked))


def said_in(actor: Actor, project: Project, item: Item, number: int) -> dict[str, Any]:
    """The field values of a version of an item, as the store takes them."""
    kind = KINDS[item.kind]
    content = version_content(item.id, number)
    return values.parse(kind, project, present.Shown.load(actor, project.id, kind, [content]).fields(content))


def unfollow(entry: Entry, old: Item, done: Mapping[str, Any], items: Mapping[str, Item]) -> None:
    """Put back what followed, as far as it is where it went."""
    for key, number in done["evidence"]["added"]:
        row = db.session.execute(
            select(Evidence).where(
                Evidence.item_id == items[key].id, Evidence.excerpt_id == number, Evidence.until.is_(None)
            )
        ).scalar()
        if row is not None:
            row.until = entry.seq
    for _key, number in done["evidence"]["ended"]:
        _back(entry, old, number)
    for name, model in (("comments", Comment), ("attachments", Attachment)):
        for number in done.get(name, ()):
            _hang(db.session.get_one(model, number), old)
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
        # One that somebody took back since stays so.
        if reply.until == done["since"]:
            reply.until = None
