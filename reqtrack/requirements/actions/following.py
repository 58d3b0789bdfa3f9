"""What follows an item that was merged or split, and what of that is taken back: evidence, comments, files, what else was said of
it, and its key."""

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
from reqtrack.requirements.actions import carrying

DONE = ("merged", "split")


def succeed(entry: Entry, old: Item, heirs: Sequence[Item], way: str) -> None:
    """Let the old item's key lead to its heirs."""
    for heir in heirs:
        row = Succession(project_id=old.project_id, old_id=old.id, new_id=heir.id, way=way, since=entry.seq)
        db.session.add(row)


def follow(
    entry: Entry, old: Item, heirs: Sequence[Item], evidence: Sequence[Sequence[int]] | None = None
) -> dict[str, Any]:
    """Move what hangs on the old item. To an only heir all goes; of a split, the evidence goes where it was put, and comments,
    questions and files stay with the old one, whose page names both.

    Args:
        evidence: by heir, the excerpts that it is given; None: the only one gets all; empty: they have them already.

    Returns:
        What was moved, for the event.
    """
    alone = heirs[0] if len(heirs) == 1 else None
    told: dict[str, Any] = {"evidence": _quotes(entry, old, heirs, evidence, alone)}
    told |= carrying.carry(entry, old, heirs)
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
    carrying.carry_back(entry, done)
