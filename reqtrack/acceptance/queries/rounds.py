"""Rounds: loaders, lists with their progress, the matrix of one, what may be put into one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union,
)

from reqtrack.acceptance.models import (
    NO_ROW,
    STATUSES,
    VERDICTS,
    Acceptance,
    Result,
    Round,
    RoundScenario,
    RoundTester,
    ScenarioStanding,
    Standing,
)
from reqtrack.acceptance.policy import Asked
from reqtrack.acceptance.queries.counting import in_table, not_revoked
from reqtrack.acceptance.queries.status import data_of, needed, rows_of, status_of, worst
from reqtrack.acceptance.queries.tallies import tested
from reqtrack.accounts.models import Membership, User
from reqtrack.db import db, one_of, plain, whole_number
from reqtrack.errors import NotFound
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor

_own = Acceptance.__table__
PAGE = 100


def round_for(actor: Actor, project_id: int, given: str | int) -> Round:
    """A round by its number or its key (``2``, ``RND-2``).

    Raises:
        NotFound: the project has none such, or the actor is no member of it.
    """
    number = whole_number(str(given).upper().removeprefix("RND-"))
    found = None
    if number is not None and actor.may("project.read", project_id):
        wanted = select(Round).where(Round.project_id == project_id, Round.number == number)
        found = db.session.execute(wanted).scalar()
    if found is None:
        raise NotFound(str(given)[:40])
    return found


@dataclass(frozen=True)
class RoundRow:
    """A round in a list: how many scenarios and results it needs, and how many of those have which status."""

    id: int
    number: int
    name: str
    stage: str
    environment: str
    created_at: datetime
    closed_at: datetime | None
    scenarios: int
    rows: int
    due_on: date | None = None
    group_name: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"RND-{self.number}"

    @property
    def left(self) -> int:
        """Rows that still want a tester: never tested, or tested on a text that moved since."""
        return self.counts["untested"] + self.counts["stale"]


def list_rounds(
    actor: Actor, project_id: int, *, stages: Sequence[str] = (), only: int | None = None
) -> list[RoundRow]:
    """The rounds of a project, newest first, with their progress (two queries). ``only``: that round alone, by id."""
    conditions: list[ColumnElement[bool]] = [Round.project_id == project_id]
    if stages:
        conditions.append(Round.stage.in_(stages))
    if only is not None:
        conditions.append(Round.id == only)
    counts = _counts(actor, project_id, conditions)
    shown = and_(Item.id == RoundScenario.acceptance_id, Item.retired.is_(False), visible(actor, project_id))
    totals = db.session.execute(
        select(
            Round,
            func.count(Item.id).label("scenarios"),
            func.sum(case((Item.id.is_(None), 0), else_=needed)).label("rows"),
        )
        .outerjoin(RoundScenario, RoundScenario.round_id == Round.id)
        .outerjoin(Item.__table__, shown)
        .outerjoin(_own, _own.c.id == Item.id)
        .where(*conditions)
        .group_by(Round.id)
        .order_by(Round.number.desc())
    )
    return [_round_row(row.Round, row.scenarios, int(row.rows or 0), counts.get(row.Round.id, {})) for row in totals]


def round_names(project_id: int, limit: int = 50) -> Sequence[Round]:
    """The newest rounds of a project, to choose from."""
    wanted = select(Round).where(Round.project_id == project_id).order_by(Round.number.desc()).limit(limit)
    return db.session.execute(wanted).scalars().all()


def _counts(actor: Actor, project_id: int, conditions: Sequence[ColumnElement[bool]]) -> dict[int, dict[str, int]]:
    """Rows by status of each round, those with a result only."""
    stale = Item.text_seq > ScenarioStanding.seq
    numbers = [
        func.sum(case((stale, 0), else_=getattr(ScenarioStanding, verdict))).label(verdict) for verdict in VERDICTS
    ]
    stales = func.sum(case((stale, tested), else_=ScenarioStanding.older)).label("stale")
    rows = db.session.execute(
        select(Round.id, stales, *numbers)
        .join(ScenarioStanding, ScenarioStanding.round_id == Round.id)
        .join(
            RoundScenario,
            and_(RoundScenario.round_id == Round.id, RoundScenario.acceptance_id == ScenarioStanding.acceptance_id),
        )
        .join(Item, Item.id == ScenarioStanding.acceptance_id)
        .where(*conditions, Item.retired.is_(False), visible(actor, project_id))
        .group_by(Round.id)
    ).mappings()
    return {row["id"]: {code: int(row[code]) for code in ("stale", *VERDICTS)} for row in rows}


def _round_row(found: Round, scenarios: int, rows: int, counts: Mapping[str, int]) -> RoundRow:
    all_counts = {code: counts.get(code, 0) for code in STATUSES}
    all_counts["untested"] = max(rows - sum(counts.values()), 0)
    return RoundRow(
        found.id, found.number, found.name, found.stage, found.environment, found.created_at, found.closed_at, scenarios,
        rows, found.due_on, found.group_name, all_counts,
    )  # fmt: skip


def progress(actor: Actor, found: Round) -> RoundRow:
    """One round with its progress."""
    return list_rounds(actor, found.project_id, only=found.id)[0]


# -- one round -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One row of a scenario in a round: its data, its status, and who gave the newest result when, with what note."""

    row: int | None
    status: str
    verdict: str = ""
    note: str = ""
    tester_name: str = ""
    at: datetime | None = None
    number: int | None = None
    data: Sequence[str] = ()
    affirms: int | None = None
    machine_run: int | None = None
    flaky: int | None = None


@dataclass(frozen=True)
class Line:
    """One scenario of a round with all its rows."""

    id: int
    key: str
    title: str
    position: int
    retired: bool
    cells: Sequence[Cell]

    @property
    def status(self) -> str:
        return worst(cell.status for cell in self.cells)


def matrix(actor: Actor, found: Round, *, after: int = -1, limit: int = PAGE) -> list[Line]:
    """The scenarios of a round in their order, each with its rows, those beyond position ``after`` (two queries)."""
    chosen = db.session.execute(
        select(
            Item.id,
            Item.key,
            Item.title,
            Item.retired,
            Item.text_seq,
            _own.c.row_count,
            _own.c.examples,
            RoundScenario.position,
        )
        .join(RoundScenario, RoundScenario.acceptance_id == Item.id)
        .join(_own, _own.c.id == Item.id)
        .where(RoundScenario.round_id == found.id, RoundScenario.position > after, visible(actor, found.project_id))
        .order_by(RoundScenario.position)
        .limit(limit)
    ).all()
    newest = _newest(found.id, [row.id for row in chosen])
    return [_line(row, newest) for row in chosen]


def _line(row: Any, newest: Mapping[tuple[int, int], Result]) -> Line:
    cells = [
        _cell(one, [value for _column, value in data_of(row.examples, one)], row.text_seq, newest.get((row.id, one)))
        for one in rows_of(row.row_count)
    ]
    return Line(row.id, row.key, row.title, row.position, row.retired, cells)


def _newest(round_id: int, ids: Sequence[int]) -> dict[tuple[int, int], Any]:
    """The newest results of scenarios in a round, by scenario and row."""
    rows = db.session.execute(
        select(Standing.acceptance_id, Standing.row, Result)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(Standing.round_id == round_id, Standing.acceptance_id.in_(ids))
    )
    return {(row.acceptance_id, row.row): row.Result for row in rows}


def _cell(row: int, data: Sequence[str], text_seq: int, result: Result | None) -> Cell:
    shown = None if row == NO_ROW else row
    if result is None:
        return Cell(shown, "untested", data=data)
    status = status_of(text_seq, result.verdict, result.seq)
    return Cell(
        shown, status, result.verdict, result.note, result.tester_name, result.at, result.number, data, result.affirms,
        result.machine_run, result.flaky,
    )  # fmt: skip


def not_passed(actor: Actor, found: Round, limit: int = 50) -> list[dict[str, Any]]:
    """The rows of a round that failed or are blocked, with what was seen (one query)."""
    rows = db.session.execute(
        select(Item.key, Item.title, Item.text_seq, Result)
        .select_from(Standing)
        .join(Item, Item.id == Standing.acceptance_id)
        .join(_own, _own.c.id == Item.id)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(
            Standing.round_id == found.id,
            Standing.verdict.in_(("failed", "blocked")),
            Standing.seq >= Item.text_seq,
            Item.retired.is_(False),
            in_table,
            visible(actor, found.project_id),
        )
        .order_by(case((Standing.verdict == "failed", 0), else_=1), Item.number, Standing.row)
        .limit(limit)
    )
    return [{"key": row.key, "title": row.title, "result": row.Result} for row in rows]


def tests_in(user: Any) -> ColumnElement[bool]:
    """The clause for rounds where somebody tests: named, or by a role that they hold. ``user``: an id, or what stands for one."""
    named = exists().where(RoundTester.round_id == Round.id, RoundTester.user_id == user).correlate(Round)
    by_role = (
        exists()
        .where(
            Membership.project_id == Round.project_id,
            Membership.user_id == user,
            Membership.ended_at.is_(None),
            _has_role(Membership.role),
        )
        .correlate(Round)
    )
    return or_(named, and_(Round.tester_roles != "", by_role))


def _has_role(role: Any) -> ColumnElement[bool]:
    spaced: ColumnElement[str] = literal(" ") + Round.tester_roles + literal(" ")
    return spaced.contains(literal(" ") + role + literal(" "))


def testers(round_ids: Sequence[int]) -> dict[int, list[User]]:
    """Who tests in rounds, by round: those named, and those who hold one of its roles now (one statement)."""
    by_role = (
        select(Round.id.label("round_id"), Membership.user_id)
        .join(Membership, and_(Membership.project_id == Round.project_id, Membership.ended_at.is_(None)))
        .where(Round.id.in_(round_ids), Round.tester_roles != "", _has_role(Membership.role))
    )
    named = select(RoundTester.round_id, RoundTester.user_id).where(RoundTester.round_id.in_(round_ids))
    people = union(named, by_role).subquery()
    found: dict[int, list[User]] = {}
    for round_id, user in db.session.execute(
        select(people.c.round_id, User).join(User, User.id == people.c.user_id).order_by(User.name, User.id)
    ):
        found.setdefault(round_id, []).append(user)
    return found


def named_testers(found: Round) -> Sequence[User]:
    """Who was named to test in a round, whatever their role."""
    wanted = select(User).join(RoundTester, RoundTester.user_id == User.id).where(RoundTester.round_id == found.id)
    return db.session.execute(wanted.order_by(User.name, User.id)).scalars().all()


def testers_of(acceptance_ids: Iterable[int]) -> dict[int, list[User]]:
    """Who tests these acceptance scenarios, by the newest round that holds each."""
    newest = (
        select(RoundScenario.acceptance_id, func.max(RoundScenario.round_id).label("round_id"))
        .where(one_of(RoundScenario.acceptance_id, acceptance_ids))
        .group_by(RoundScenario.acceptance_id)
        .subquery()
    )
    rows = db.session.execute(
        select(newest.c.acceptance_id, User)
        .join(RoundTester, RoundTester.round_id == newest.c.round_id)
        .join(User, User.id == RoundTester.user_id)
        .where(User.active)
        .order_by(User.name, User.id)
    )
    found: dict[int, list[User]] = {}
    for acceptance_id, user in rows:
        found.setdefault(acceptance_id, []).append(user)
    return found


def keys_in(found: Round, actor: Actor | None = None) -> list[str]:
    """The keys of a round's scenarios in their order; with an ``actor`` those that they may see."""
    rows = select(Item.key).join(RoundScenario, RoundScenario.acceptance_id == Item.id)
    if actor is not None:
        rows = rows.where(visible(actor, found.project_id))
    return list(
        db.session.execute(rows.where(RoundScenario.round_id == found.id).order_by(RoundScenario.position)).scalars()
    )


def with_results(found: Round, ids: Sequence[int]) -> list[str]:
    """The keys of those scenarios that have a result in the round already, also one that counts for nothing: a machine's may."""
    rows = select(Item.key).where(
        Item.id.in_(ids), exists().where(Result.acceptance_id == Item.id, Result.round_id == found.id, not_revoked())
    )
    return list(db.session.execute(rows.order_by(Item.number)).scalars())


@cache
def _about_statement() -> Select[Any, Any]:
    """Whether somebody tests in a round, and whether it holds a scenario: put together once, for each result asks."""
    mine: BindParameter[int] = bindparam("round")
    own: BindParameter[int] = bindparam("scenario")
    tester = exists().where(Round.id == mine, tests_in(bindparam("person")))
    inside = exists().where(RoundScenario.round_id == mine, RoundScenario.acceptance_id == own)
    return select(tester.label("tester"), inside.label("inside"))


def asked(actor: Actor, found: Round, scenario: Acceptance, row: int | None) -> Asked:
    """What the policy wants to know before a result is recorded (one query)."""
    about = {"round": found.id, "person": actor.id, "scenario": scenario.id}
    db.session.flush()  # who plans a round and tests in it at once is one of its testers
    facts = plain(_about_statement(), about).one()
    return Asked(
        project_id=found.project_id, round=found.key, stage=found.stage, is_tester=bool(facts.tester), key=scenario.key,
        inside=bool(facts.inside), retired=scenario.retired, row=row, row_count=scenario.row_count,
    )  # fmt: skip
