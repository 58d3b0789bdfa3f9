"""The deeds of the demo story that are about business records, what they showed, and the branch for the pilot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from reqtrack.acceptance import actions
from reqtrack.acceptance.actions import defects
from reqtrack.acceptance.data.taking import take
from reqtrack.acceptance.models import Result
from reqtrack.acceptance.queries import dictionary
from reqtrack.acceptance.queries.results import result_for
from reqtrack.baselines.queries import baseline_for
from reqtrack.branches import actions as branches
from reqtrack.branches import queries as branch_queries
from reqtrack.branches.content import OUT
from reqtrack.db import db
from reqtrack.demo.content import BY_REF
from reqtrack.demo.content import model as told
from reqtrack.permissions import Actor

if TYPE_CHECKING:
    from reqtrack.demo.telling import Telling


def define_field(telling: Telling, actor: Actor, one: told.Field) -> None:
    """Add a field to the data dictionary."""
    given = {name: telling.text(getattr(one, name)) for name in ("name", "meaning", "type", "format", "allowed")}
    actions.add_entries(actor, telling.here(), [{**given, "required": one.required, "unique": one.unique}])


def take_records(telling: Telling, actor: Actor, one: told.DataSet) -> None:
    """Take records in, typed by the dictionary, with what is personal masked."""
    rules = {row.name: dictionary.as_rule(row) for row in dictionary.entries(telling.here().id)}
    mapping = {at: rules[telling.text(BY_REF[ref].name)] for at, ref in enumerate(one.fields) if ref}
    masks = {at: kind for at, kind in enumerate(one.masks) if kind}
    facts = {name: telling.text(getattr(one, name)) for name in ("name", "system", "owner", "note")}
    taken = take(telling.text(one.header), telling.text(one.rows), masks, mapping, facts)
    found = actions.take_in(actor, telling.here(), taken, {**facts, "taken_on": date.fromisoformat(one.taken_on)})
    telling.keys[one.ref] = found.key


def raise_defect(telling: Telling, actor: Actor, one: told.Defect) -> None:
    """Raise a defect of the newest result of a row."""
    project, scenario = telling.here(), telling.item(actor, one.acceptance)
    newest = db.session.execute(
        select(Result.number)
        .where(Result.project_id == project.id, Result.acceptance_id == scenario.id, Result.row == one.row)
        .order_by(Result.number.desc())
        .limit(1)
    ).scalar_one()
    found = result_for(actor, project.id, newest)
    given = {
        "title": telling.text(one.title), "severity": one.severity, "assignee": telling.login(one.assignee), "due_on": one.due_on,
        "observed": found.result.note,
    }  # fmt: skip
    telling.keys[one.ref] = defects.raise_of(actor, project, found, given).key


def fix_defect(telling: Telling, actor: Actor, one: told.Defect) -> None:
    """Say that it is mended: its row waits for a tester."""
    defects.make_move(actor, telling.item(actor, one.ref), "fix", {})


def open_branch(telling: Telling, actor: Actor, one: told.Branch) -> None:
    """Open the branch of a pilot from a baseline, and leave out what the pilot does without."""
    project = telling.here()
    baseline = baseline_for(actor, project.id, telling.keys[one.baseline])
    made = branches.open_branch(
        actor, project, name=telling.text(one.name), purpose="pilot", pilot=telling.text(one.pilot), owner=telling.login(one.owner),
        reason=telling.text(one.reason), baseline=baseline,
    )  # fmt: skip
    found = branch_queries.standing(made)
    branches.choose(actor, found, {telling.keys[ref]: OUT for ref in one.without}, telling.text(one.because))
    telling.keys[one.ref] = made.key


VERBS: dict[str, Callable[[Any, Actor, Any], None]] = {
    "define_field": define_field,
    "take_records": take_records,
    "raise_defect": raise_defect,
    "fix_defect": fix_defect,
    "open_branch": open_branch,
}
