"""What a change concerns beside what was computed: items put in and taken out by hand; and who has seen what it meant for them."""

from __future__ import annotations

from sqlalchemy import select

from reqtrack.audit.record import recorded
from reqtrack.changes import dossier, facts, hands, policy, reach
from reqtrack.changes.dossier import Dossier
from reqtrack.changes.models import Change, Touch
from reqtrack.changes.package import editable
from reqtrack.db import clean_text, db
from reqtrack.errors import invalid, no
from reqtrack.items import successions
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.queries import items_by_key
from reqtrack.permissions import Actor

LONGEST = 2_000


def touch(actor: Actor, change: Change, key: str, reason: str = "") -> None:
    """Put an item into what a change touches, or put back what was taken out.

    Raises:
        Refused: decided, or neither written nor assessed by them. Invalid: no such item, or it is touched already.
    """
    found = _opened(actor, change)
    item = _item(actor, change, key)
    known = found.by_hand.get(item.key)
    if known is not None and not known.added:
        _end(actor, change, item, reason, "change.touched")
        return
    if item.key in found.items or known is not None or item.id in _walked(actor, change, found):
        raise invalid("item", "%(key)s is touched already.", key=item.key)
    _begin(actor, change, item, True, _reason(reason))


def leave_out(actor: Actor, change: Change, key: str, reason: str) -> None:
    """Take an item out of what a change touches, with a reason; it stays listed as taken out.

    Raises:
        Refused: as ``touch``; 409 where the change edits it, or it is not touched. Invalid: no reason.
    """
    found = _opened(actor, change)
    item = _item(actor, change, key)
    if item.key in found.items:
        message = "%(item)s is what %(key)s is about: take it out there."
        no("edited_here", message, field="item", item=item.key, key=change.key).require(409)
    why = _reason(reason)
    if not why:
        raise invalid("reason", "Say why %(key)s is not touched.", "required", key=item.key)
    known = found.by_hand.get(item.key)
    if known is not None and known.added:
        _end(actor, change, item, why, "change.untouched")
    elif known is None and item.id in _walked(actor, change, found):
        _begin(actor, change, item, False, why)
    else:
        message = "%(item)s is not touched by %(key)s any more: load the page again."
        no("not_touched", message, field="item", item=item.key, key=change.key).require(409)


def see(actor: Actor, change: Change) -> None:
    """Say that one has seen what a change in effect meant for oneself.

    Raises:
        Refused: 409, it is not in effect.
    """
    if change.applied_at is None:
        no(
            "wrong_stage", "%(key)s is %(stage)s: this cannot be done from there.", key=change.key, stage=change.stage
        ).require(409)
    with recorded(actor, change.project_id, "change.seen", change.key):
        pass


def _opened(actor: Actor, change: Change) -> Dossier:
    found = dossier.load(change)
    asked = facts.assessors(found)
    policy.require(policy.may_touch(actor, change.project_id, change.key, change.stage, found.origin, asked))
    return found


def _item(actor: Actor, change: Change, key: str) -> Item:
    wanted = key.strip().upper()
    item = items_by_key(actor, change.project_id, [wanted]).get(wanted)
    if item is None or not editable(KINDS[item.kind]):
        raise invalid("item", "There is no %(key)s in this project.", key=wanted[:40])
    return successions.now(item)


def _walked(actor: Actor, change: Change, found: Dossier) -> set[int]:
    """The ids of what links lead to, but for what only leads through what was taken out."""
    starts = [one.id for one in found.items.values()]
    return set(reach.downstream(actor, change.project_id, starts, ends=hands.ends(found)))


def _reason(given: str) -> str:
    text = clean_text(given).strip()
    if "\x00" in text or len(text) > LONGEST:
        raise invalid("reason", "This must be a text of at most %(longest)s characters.", longest=LONGEST)
    return text


def _begin(actor: Actor, change: Change, item: Item, added: bool, reason: str) -> None:
    action = "change.touched" if added else "change.untouched"
    with recorded(actor, change.project_id, action, change.key, reason=reason) as entry:
        db.session.add(
            Touch(
                project_id=change.project_id, change_id=change.id, item_id=item.id, added=added, reason=reason,
                author=actor.login, at=entry.at, since=entry.seq,
            )
        )  # fmt: skip
        entry.after = {"item": item.key}


def _end(actor: Actor, change: Change, item: Item, reason: str, action: str) -> None:
    live = select(Touch).where(Touch.change_id == change.id, Touch.item_id == item.id, Touch.until.is_(None))
    row = db.session.execute(live).scalar_one()
    with recorded(actor, change.project_id, action, change.key, reason=_reason(reason)) as entry:
        row.until = entry.seq
        entry.after = {"item": item.key}
