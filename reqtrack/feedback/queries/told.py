"""How feedback stands, computed from what was made of it: nobody has to tell the sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from reqtrack.db import db
from reqtrack.feedback import policy
from reqtrack.feedback.models import Feedback
from reqtrack.interviews.queries import for_everybodys_eyes
from reqtrack.items.models import Item, Succession
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase

# One that was merged into another may have been merged again.
MOST_MERGES = 5


@dataclass(frozen=True)
class Told:
    """What the sender is told, and nothing else of the project."""

    standing: str
    reply: str
    phase: str
    sent_at: datetime


def what_became(sent: Feedback) -> Told:
    """How feedback stands for its sender; one that belongs to another stands as that one does."""
    head = db.session.get_one(Feedback, sent.group_id) if sent.group_id else sent
    made = made_of(head.made_id)
    standing = policy.standing(
        head.stage, head.outcome, (made.kind, made.stage) if made is not None else None, head.retired
    )
    phase = ""
    if standing in ("yes", "later") and made is not None and made.phase_id is not None:
        phase = db.session.get_one(Phase, made.phase_id).name
    reply = sent.reply or head.reply or ""
    return Told(standing, for_everybodys_eyes(sent.project_id, reply), phase, sent.created_at)


def made_of(made_id: int | None) -> Item | None:
    """The change or requirement that was made of it; what was merged meanwhile lives on in another."""
    if made_id is None:
        return None
    item = db.session.get_one(Item, made_id)
    for _ in range(MOST_MERGES):
        if not item.retired:
            break
        wanted = select(Item).join(Succession, Succession.new_id == Item.id)
        following = db.session.execute(wanted.where(Succession.old_id == item.id, Succession.way == "merged")).scalar()
        if following is None:
            break
        item = following
    return item


def for_api(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the API shows beside the fields: ``standing``, what was made of it, the link that brought it, its group."""
    made, head = aliased(Item, flat=True), aliased(Feedback, flat=True)
    own = Feedback.__table__
    rows = db.session.execute(
        select(
            own.c.id, own.c.outcome, own.c.link_id, Item.stage, Item.retired, head.key.label("group"),
            made.key.label("made"), made.kind.label("made_kind"), made.stage.label("made_stage"),
            made.id.in_(select(Item.id).where(visible(actor, project_id))).label("seen"),
        )
        .select_from(own)
        .join(Item, Item.id == own.c.id)
        .outerjoin(made, made.id == own.c.made_id)
        .outerjoin(head, head.id == own.c.group_id)
        .where(own.c.id.in_(ids))
    )  # fmt: skip
    triages = bool(policy.may_triage(actor, project_id))
    return {
        row.id: {
            "standing": policy.standing(
                row.stage, row.outcome, (row.made_kind, row.made_stage) if row.made else None, row.retired
            ),
            "made": row.made if row.seen else None,
            "group": row.group,
            "feedback_link": row.link_id if triages else None,
        }
        for row in rows
    }


def done(made: Any) -> Any:
    """The clause for what counts as closed by itself: what was made of it (an alias of Item, joined) is done or refused."""
    return or_(*((made.kind == kind) & made.stage.in_(stages) for kind, stages in policy.DONE_BY.items()))
