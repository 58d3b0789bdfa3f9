"""Planning that a round walks a business process with one business record."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from reqtrack.acceptance import policy
from reqtrack.acceptance.actions.rounds import change_round, create_round
from reqtrack.acceptance.models import Round, RoundWalk
from reqtrack.acceptance.queries import walks
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, invalid
from reqtrack.items.models import Item
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor


def plan_walk(
    actor: Actor,
    project: Project,
    process: str,
    record: str,
    found: Round | None = None,
    testers: Sequence[str] = (),
) -> RoundWalk:
    """Plan that a record is walked along a process: in a new round of the scenarios that carry it, or in one that is not closed,
    which gets those that it lacks. Planned again, the same walk is answered.

    Args:
        process: the key of a business process.
        record: the name of a record that its rows carry (``queries.records``).
        testers: of the new round, by login.

    Raises:
        NotFound: no such process. Refused: no permission; 409 the round is closed. Invalid: no row along the process carries the
            record, or none does at some step.
    """
    policy.may_manage(actor, project.id).require()
    item = item_for(actor, project.id, process, "process")
    keys, label = _carrying(actor, project.id, item, record)
    if found is None:
        name = f"{item.key} {item.title}"[:200]
        found = create_round(actor, project, name, keys, testers)
    else:
        change_round(actor, found, add=keys)
    wanted = select(RoundWalk).where(
        RoundWalk.round_id == found.id, RoundWalk.process_id == item.id, RoundWalk.record == record
    )
    known: RoundWalk | None = db.session.execute(wanted).scalar()
    if known is not None:
        return known
    with recorded(actor, project.id, "round.walk_planned", found.key) as entry:
        made = RoundWalk(
            round_id=found.id, process_id=item.id, record=record, label=label, created_at=entry.at,
            created_by=actor.login,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        entry.after = {"target": item.key, "record": record, "acceptance": keys}
    return made


def _carrying(actor: Actor, project_id: int, item: Item, record: str) -> tuple[list[str], str]:
    """The keys of the acceptance scenarios that carry a record, in the order of the steps, and what the record is called."""
    one = walks.of_process(actor, project_id, item.id)
    label = next((each.label for each, _steps in one.records if each.name == record), None) if one else None
    if one is None or label is None:
        raise invalid("record", "No example row along %(key)s carries this record: choose another.", key=item.key)
    carrying = {scenario for scenario, _row in one.rows[record]}
    without = [
        step for step in one.steps
        if not carrying & set(step.scenarios) and not (step.by_hand and not step.scenarios)
    ]  # fmt: skip
    if without:
        message = "At step %(number)s (%(step)s) of %(key)s no acceptance scenario carries this record: the walk would break there."
        raise Invalid(
            [
                Reason("no_row", message, {"number": one.number, "step": one.name, "key": item.key}, "record")
                for one in without
            ]
        )
    ids = [scenario for step in one.steps for scenario in step.scenarios if scenario in carrying]
    named = db.session.execute(select(Item.id, Item.key).where(Item.id.in_(ids)))
    keys = {row.id: row.key for row in named}
    return [keys[one] for one in dict.fromkeys(ids)], label
