"""What was edited is looked at again by those who had passed it on."""

from __future__ import annotations

from collections.abc import Sequence

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes.models import Change
from reqtrack.changes.queries.again import back_to
from reqtrack.changes.queries.flows import flows_for
from reqtrack.db import db
from reqtrack.items import store
from reqtrack.items.models import Item
from reqtrack.permissions import Actor

# What of a request's own content is part of what is decided.
IN_PACKAGE = ("title", "reason")


def look_again(actor: Actor, change: Change) -> None:
    """Send a change that was edited back to the first of the added stages from which it had been passed on: what they looked at is
    not what it proposes any more. Asked back, it comes back there once it is answered; put off, it is taken up again there.

    It is for those who write a package to call this after each edit (no statement more where the project added no stages).
    """
    flow = flows_for(db.session.get_one(Project, change.project_id)).of(change.change_kind)
    first = back_to(change, flow)
    if first is None:
        return
    after = {"from": change.sub_stage, "sub_stage": first.code, "edited": True}
    if change.stage == "needs_information":
        with recorded(actor, change.project_id, "change.restaged", change.key) as entry:
            entry.before = {"stage": change.came_from}
            change.came_from, change.sub_stage = first.category, first.code
            entry.after = {**after, "came_from": first.category}
        return
    columns = {"sub_stage": first.code, "deferred_until": None, "back_on": None, "back_phase_id": None}
    store.move(actor, change, first.category, columns=columns, after=after)


def edited(actor: Actor, item: Item, changed: Sequence[str]) -> None:
    """The hook of ``Kind.saved``."""
    if isinstance(item, Change) and set(changed) & set(IN_PACKAGE):
        look_again(actor, item)
