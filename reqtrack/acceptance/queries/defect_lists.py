"""Many defects: the board, how long mending and testing again take, what waits for whom."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from sqlalchemy import ColumnElement, and_, exists, func, literal, select, union_all

from reqtrack import workdays
from reqtrack.acceptance.defect_policy import OVER, RETESTED
from reqtrack.acceptance.models import SEVERITIES, Acceptance, Defect, DefectRow, Round, RoundScenario
from reqtrack.acceptance.queries.defects import SEVERITY_RANK, of_scenario, testable, untested
from reqtrack.accounts.models import Project, User
from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.workflow.tables import DEFECT
from reqtrack.workflow.waiting import Waiting

OF_EACH = 30
_own = Defect.__table__
_scenario = Acceptance.__table__
_mended = Item.__table__.alias("mended_items")
RANKS = {"blocking": 0, "normal": 1, "cosmetic": 2}


@dataclass(frozen=True)
class Filter:
    """What a board shows: of a severity, of somebody (login; ``none``: nobody's), what was due before a day and is not mended."""

    severity: str = ""
    assignee: str = ""
    due_before: date | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.severity:
            found.append(_own.c.severity == self.severity)
        if self.assignee == "none":
            found.append(_own.c.assignee_id.is_(None))
        elif self.assignee:
            found.append(_own.c.assignee_id.in_(select(User.id).where(User.login == self.assignee)))
        if self.due_before is not None:
            found += [_own.c.due_on < self.due_before, Item.stage.not_in(OVER)]
        return found


def board(actor: Actor, project_id: int, wanted: Filter) -> tuple[list[Any], dict[str, int]]:
    """Defects by stage, the worst first and at most ``OF_EACH`` of each, and how many there are by stage (two statements)."""
    conditions = [visible(actor, project_id), Item.kind == "defect", Item.retired.is_(False), *wanted.clauses()]
    joined = Item.__table__.join(_own, _own.c.id == Item.id)
    place = func.row_number().over(
        partition_by=Item.stage, order_by=(SEVERITY_RANK, _own.c.due_on.is_(None), _own.c.due_on, Item.number.desc())
    )
    ranked = select(Item.id, place.label("place")).select_from(joined).where(*conditions).subquery()
    rows = db.session.execute(
        select(
            Item.key,
            Item.title,
            Item.stage,
            _own.c.severity,
            _own.c.due_on,
            User.name.label("assignee"),
            ranked.c.place,
        )
        .select_from(
            joined.join(ranked, ranked.c.id == Item.id).outerjoin(User.__table__, User.id == _own.c.assignee_id)
        )
        .where(ranked.c.place <= OF_EACH)
        .order_by(SEVERITY_RANK, _own.c.due_on.is_(None), _own.c.due_on, Item.number.desc())
    ).all()
    counted = (
        select(Item.stage, func.count().label("number")).select_from(joined).where(*conditions).group_by(Item.stage)
    )
    return list(rows), {row.stage: row.number for row in db.session.execute(counted)}


# -- how long it takes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Took:
    """How long a step took, in working days: the median and the longest, of how many, and which took longest."""

    number: int
    median: float | None
    longest: int
    key: str


def times(actor: Actor, project: Project) -> dict[str, Took]:
    """How long mending took (raised or opened again → fixed), and testing again (fixed → closed), from the events."""
    seen = select(Item.key).where(visible(actor, project.id), Item.kind == "defect")
    events = db.session.execute(
        select(Event.subject, Event.action, Event.at, Event.after)
        .where(
            Event.project_id == project.id,
            Event.action.in_(("defect.created", "defect.moved")),
            Event.subject.in_(seen),
        )
        .order_by(Event.seq)
    )
    took = spans([(one.subject, one.action, one.at, one.after) for one in events], project.calendar, project.zone)
    return {name: _took(found) for name, found in took.items()}


def spans(
    events: Sequence[tuple[str, str, datetime, str]], calendar: Mapping[str, Any] | None, zone: str
) -> dict[str, list[tuple[int, str]]]:
    """``{"mend": [(working days, key), …], "retest": …}`` of ``(key, action, when, after as JSON)`` in their order."""
    days, where = workdays.of(calendar), ZoneInfo(zone)
    found: dict[str, list[tuple[int, str]]] = {"mend": [], "retest": []}
    began: dict[tuple[str, str], datetime] = {}
    for key, action, at, after in events:
        stage = DEFECT.first if action == "defect.created" else json.loads(after or "{}").get("stage", "")
        if stage == "open":
            began[key, "mend"] = at
            began.pop((key, "retest"), None)
        ended = {"fixed": "mend", "closed": "retest"}.get(stage)
        if ended and (key, ended) in began:
            first = began.pop((key, ended)).astimezone(where).date()
            found[ended].append((days.after(first, at.astimezone(where).date()), key))
        if stage == "fixed":
            began[key, "retest"] = at
    return found


def _took(found: list[tuple[int, str]]) -> Took:
    longest = max(found, default=(0, ""))
    return Took(len(found), float(median([one for one, _key in found])) if found else None, longest[0], longest[1])


# -- what waits ----------------------------------------------------------------------------------------------------------


def waiting_for(actor: Actor) -> list[Waiting]:
    """Open defects that the actor is to mend, by severity and due date; and where the project manager is needed: somebody for what
    nobody mends, a round for what is mended (two statements)."""
    if actor.kind != "user" or not actor.roles:
        return []
    managed = [one for one in actor.roles if actor.may("round.manage", one)]
    return [*_open(actor, managed), *_rounds_needed(managed)]


def _open(actor: Actor, managed: Sequence[int]) -> list[Waiting]:
    """One for each open defect of the actor; and one for each managed project that has some of nobody's: else whoever raised one
    waits for somebody who was never told."""
    joined = Item.__table__.join(_own, _own.c.id == Item.id).join(Project.__table__, Project.id == Item.project_id)
    still_open = and_(Item.stage == "open", Item.retired.is_(False), Project.archived_at.is_(None))
    mine = (
        select(
            Project.key.label("project"), Item.key, Item.title, Item.number, Item.updated_at.label("since"),
            SEVERITY_RANK.label("rank"), _own.c.due_on, literal(0).label("nobodys"),
        )
        .select_from(joined)
        .where(still_open, _own.c.assignee_id == actor.id, Item.project_id.in_(list(actor.roles)))
    )  # fmt: skip
    nobodys = (
        select(
            Project.key, func.min(Item.key), literal(""), func.min(Item.number), func.min(Item.updated_at),
            func.min(SEVERITY_RANK), func.min(_own.c.due_on), func.count(),
        )
        .select_from(joined)
        .where(still_open, _own.c.assignee_id.is_(None), Item.project_id.in_(managed))
        .group_by(Project.key)
    )  # fmt: skip
    rows = db.session.execute(union_all(mine, nobodys) if managed else mine).all()
    late_last = sorted(rows, key=lambda row: (row.rank, row.due_on is None, row.due_on or date.max, row.number))
    return [_of_nobody(row) if row.nobodys else _to_mend(row) for row in late_last]


def _to_mend(row: Any) -> Waiting:
    severity = next((name for name, rank in RANKS.items() if rank == row.rank), "")
    return Waiting(
        project_key=row.project, kind="fix", key=row.key, title=row.title, href_endpoint="items.show",
        href_args={"project": row.project, "key": row.key}, since=row.since, due_on=row.due_on, action=_l("Open"),
        note=SEVERITIES.get(severity, ""), holds=severity == "blocking", rank=row.rank,
    )  # fmt: skip


def _of_nobody(row: Any) -> Waiting:
    return Waiting(
        project_key=row.project, kind="assess", key=row.key, href_endpoint="defects.board",
        href_args={"project": row.project, "assignee": "none"}, since=row.since, action=_l("See the defects"),
        title=_ln("%(num)s defect is nobody’s to mend", "%(num)s defects are nobody’s to mend", row.nobodys),
        note=_l("Say who mends it and by when."), rank=row.rank,
    )  # fmt: skip


def _unplaced(projects: Sequence[int]) -> list[Any]:
    """``(project, id, key, updated_at, scenario)`` for each row that wants to be tested again, and whose scenario no open round
    holds: of the defect, with the scenario's key."""
    held = (
        exists()
        .where(RoundScenario.acceptance_id == _scenario.c.id, Round.id == RoundScenario.round_id)
        .where(Round.stage != "closed")
        .correlate(_scenario)
    )
    rows = db.session.execute(
        select(
            Project.key.label("project"), _mended.c.id, _mended.c.key, _mended.c.updated_at,
            of_scenario.c.key.label("scenario"),
        )
        .select_from(DefectRow)
        .join(_mended, _mended.c.id == DefectRow.defect_id)
        .join(_scenario, _scenario.c.id == DefectRow.acceptance_id)
        .join(of_scenario, of_scenario.c.id == DefectRow.acceptance_id)
        .join(Project, Project.id == _mended.c.project_id)
        .where(_mended.c.project_id.in_(projects), _mended.c.stage.in_(RETESTED), _mended.c.retired.is_(False))
        .where(Project.archived_at.is_(None), testable, ~held, untested(DefectRow.acceptance_id, DefectRow.row))
        .order_by(_mended.c.number, of_scenario.c.number)
    )  # fmt: skip
    return list(rows)


def scenarios_to_place(project_id: int) -> list[str]:
    """The keys of the acceptance scenarios that no open round holds although a defect in them is mended, in order."""
    return list(dict.fromkeys(row.scenario for row in _unplaced([project_id])))


def _rounds_needed(projects: Sequence[int]) -> list[Waiting]:
    found: dict[str, list[Any]] = {}
    for row in _unplaced(projects) if projects else ():
        found.setdefault(row.project, []).append(row)
    return [_round_needed(project, rows) for project, rows in found.items()]


def _round_needed(project: str, rows: Sequence[Any]) -> Waiting:
    defects = len({row.id for row in rows})
    return Waiting(
        project_key=project, kind="test", key=rows[0].key, href_endpoint="defects.board", href_args={"project": project},
        title=_ln("%(num)s mended defect waits for a round", "%(num)s mended defects wait for a round", defects),
        since=min(row.updated_at for row in rows), action=_l("Plan a round"), holds=True,
        note=_l("No round runs that holds what is to be tested again."),
    )  # fmt: skip
