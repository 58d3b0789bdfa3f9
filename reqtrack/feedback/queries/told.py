"""How feedback stands, computed from what was made of it: nobody has to tell the sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased

from reqtrack.db import db
from reqtrack.feedback import policy
from reqtrack.feedback.models import Feedback
from reqtrack.interviews.queries import for_everybodys_eyes
from reqtrack.items import successions
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.requirements.models import Phase

_own = Feedback.__table__


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
    made = _made_of(head)
    standing = policy.standing(
        head.stage, head.outcome, (made.kind, made.stage) if made is not None else None, head.retired
    )
    phase = ""
    if standing in ("yes", "later") and made is not None and made.phase_id is not None:
        phase = db.session.get_one(Phase, made.phase_id).name
    reply = sent.reply or head.reply or ""
    return Told(standing, for_everybodys_eyes(sent.project_id, reply), phase, sent.created_at)


def _made_of(head: Feedback) -> Item | None:
    """The change or requirement that was made of it; what was merged or split meanwhile lives on in another."""
    found: Item | None = db.session.execute(
        with_made(select(Item).select_from(_own), Item, head.project_id).where(_own.c.id == head.id)
    ).scalar()
    return found


def with_made(wanted: Select[Any], made: Any, project_id: int) -> Select[Any]:
    """Join what was made of feedback (``made``: Item, or an alias of it) as it is now. Of two that it was split into, it is the one
    that is furthest from done: nobody reads "done" while something is still to come."""
    ends = successions.ends(project_id)
    heir = aliased(Item, flat=True)
    far = case(
        *(
            ((heir.kind == kind) & (heir.stage == stage), policy.FURTHEST.index(standing))
            for kind, table in policy.BY_MADE.items()
            for stage, standing in table.items()
        ),
        else_=0,
    )
    first = func.row_number().over(partition_by=ends.c.old_id, order_by=(far, heir.id)).label("place")
    ranked = select(ends.c.old_id, heir.id.label("now_id"), first).join(heir, heir.id == ends.c.new_id).subquery()
    return wanted.outerjoin(ranked, (ranked.c.old_id == _own.c.made_id) & (ranked.c.place == 1)).outerjoin(
        made, made.id == func.coalesce(ranked.c.now_id, _own.c.made_id)
    )


def for_api(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the API shows beside the fields: ``standing``, what was made of it, the link that brought it, its group."""
    made, head = aliased(Item, flat=True), aliased(Feedback, flat=True)
    rows = db.session.execute(
        with_made(
            select(
            _own.c.id, _own.c.outcome, _own.c.link_id, Item.stage, Item.retired, head.key.label("group"),
            made.key.label("made"), made.kind.label("made_kind"), made.stage.label("made_stage"),
            made.id.in_(select(Item.id).where(visible(actor, project_id))).label("seen"),
        )
        .select_from(_own)
        .join(Item, Item.id == _own.c.id)
        .outerjoin(head, head.id == _own.c.group_id)
        .where(_own.c.id.in_(ids)),
        made,
        project_id,
        )
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
