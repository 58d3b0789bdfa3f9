"""Stakeholders from a sheet: made, and taken back while nobody has to do with them."""

from __future__ import annotations

from collections.abc import Sequence

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.errors import Invalid, Reason, no
from reqtrack.exchange import queries
from reqtrack.exchange.models import ImportRow, ImportRun
from reqtrack.interviews import actions
from reqtrack.interviews.models import Stakeholder
from reqtrack.interviews.queries import people
from reqtrack.permissions import Actor

KIND = "stakeholder"
FIELDS = ("name", "department", "job_role", "level", "region")


def make(actor: Actor, project: Project, rows: Sequence[ImportRow]) -> dict[ImportRow, Stakeholder | None]:
    """The stakeholder of each row; None (and a problem at the row) where somebody of that name stands in the department already,
    or the values do not fit."""
    # Nobody learns here that a name is known which they may not read.
    there = {_same(one.name, one.department) for one in people(actor, project.id) if one.name}
    made: dict[ImportRow, Stakeholder | None] = dict.fromkeys(rows)
    names = []
    for row in rows:
        given = {name: row.fields[name] for name in FIELDS if row.fields.get(name)}
        same = _same(given.get("name", ""), given.get("department", ""))
        if given.get("name") and same in there:
            message = "Somebody of this name stands in this department already."
            _tell(row, (Reason("same_person", message, {}, "name"),))
            continue
        try:
            person = actions.add_stakeholder(actor, project, given, look=False)
        except Invalid as error:
            _tell(row, error.reasons)
            continue
        there.add(same)
        row.stakeholder_id, row.item_version = person.id, person.version
        made[row] = person
        names.append(given.get("name", ""))
    actions.take_out(project.id, names)
    return made


def _same(name: str, department: str) -> tuple[str, str]:
    return " ".join(name.split()).casefold(), " ".join(department.split()).casefold()


def _tell(row: ImportRow, reasons: Sequence[Reason]) -> None:
    row.problems = [*(row.problems or []), *[queries.problem_of(row, reason) for reason in reasons]]


def undo(actor: Actor, run: ImportRun) -> list[str]:
    """Take back the stakeholders that a run made.

    Raises:
        Refused: 409, naming the rows of those whom somebody has to do with since.
    """
    touched = queries.touched_people(run)
    if touched:
        message = "The people of these rows were heard, asked or changed since: %(rows)s. Nobody is taken back."
        no("touched", message, rows=touched[:20]).require(409)
    found = queries.made_people(run)
    with recorded(actor, run.project_id, "import.undone", f"IMP-{run.number}") as entry:
        for one in found:
            actions.remove_stakeholder(actor, one)
        run.state = "undone"
        entry.after = {"stakeholders": [str(one.id) for one in found]}
    return [str(one.id) for one in found]
