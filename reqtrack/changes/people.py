"""Who is around a change: members with their roles, who stands in for whom, the lines by which they decide, who asked for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from reqtrack import clock
from reqtrack.accounts.models import Membership, Project, User
from reqtrack.changes.delegation import DELEGATION, Line, Person, StandIn, Table
from reqtrack.changes.filed import STAKEHOLDER
from reqtrack.changes.models import (
    Change,
    DelegationLine,
    Workflow,
)
from reqtrack.db import db, whole_number
from reqtrack.interviews.models import Stakeholder
from reqtrack.permissions import ADMINISTRATOR
from reqtrack.signoff.models import Delegate

# The statement is made once: to make it took longer than to ask it.
PROJECTS: BindParameter[Any] = bindparam("projects", expanding=True)


def _told_lines(project_id: Any) -> ColumnElement[str]:
    """The lines of a project's delegation table as one text, so that they come along with the members."""
    row = DelegationLine.__table__
    limits = [func.coalesce(cast(one, String), "") for one in (row.c.position, row.c.most_days, row.c.most_cost)]
    flags = [case((one, "1"), else_="") for one in (row.c.must, row.c.over)]
    told: Any = literal("", String)
    for one in (*limits, *flags, row.c.change_kind, row.c.seats):
        told = told + one + "|"
    wanted = select(func.aggregate_strings(told, ";")).where(row.c.project_id == project_id)
    return wanted.correlate_except(row).scalar_subquery()


def _read_lines(text: str | None) -> Table:
    """The table that such a text tells; the default where there is none."""
    found: dict[int, Line] = {}
    for one in (text or "").split(";"):
        if one:
            position, days, cost, must, over, kind, seats, _rest = one.split("|")
            limits = [Decimal(int(limit)) / 100 if limit else None for limit in (days, cost)]
            found[int(position)] = Line(limits[0], bool(must), bool(over), tuple(seats.split()), limits[1], kind)
    return tuple(found[at] for at in sorted(found)) or DELEGATION


@cache
def _ask_people() -> Any:
    who = (User.id, User.login, User.name)
    lines = _told_lines(Membership.project_id).label("lines")
    members = (
        select(*who, Membership.role, Membership.project_id, Stakeholder.id.label("stakeholder"), lines)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(
            Stakeholder,
            and_(Stakeholder.user_id == User.id, Stakeholder.id.in_(bindparam("stakeholders", expanding=True))),
        )
        .where(Membership.project_id.in_(PROJECTS), Membership.ended_at.is_(None), User.active)
    )
    administrators = (
        select(*who, literal(ADMINISTRATOR), Project.id, null(), _told_lines(Project.id))
        .join(Project, Project.id.in_(PROJECTS))
        .where(User.is_admin, User.active)
    )
    own = Workflow.__table__
    flows = select(
        null().label("id"), own.c.change_kind, cast(own.c.body, String), literal(""), own.c.project_id, null(), null()
    ).where(own.c.project_id.in_(PROJECTS))
    return union_all(members, administrators, _away(), flows)


def around(
    changes: Sequence[Change],
) -> tuple[
    dict[int, tuple[Person, ...]],
    dict[int, str],
    dict[int, Table],
    dict[int, tuple[StandIn, ...]],
    dict[int, dict[str, Any]],
]:
    """The active members with their roles, and the administrators of the site, to whom decisions fall at last, by project; by
    change, the login of the stakeholder who asked for it, where that one is a member; the projects' delegation tables; who
    decides for whom today, by project; and the projects' own flows, by kind of change."""
    asked = {change.id: stakeholder_of(change) for change in changes}
    projects = {change.project_id for change in changes}
    today = clock.now().date()
    found: Sequence[Any] = db.session.execute(
        _ask_people(),
        {
            "projects": sorted(projects),
            "stakeholders": sorted({one for one in asked.values() if one}),
            "tomorrow": today + timedelta(days=1),
            "yesterday": today - timedelta(days=1),
        },
    ).all()
    rows = [row for row in found if row.id is not None]
    logins = {row.stakeholder: row.login for row in rows if row.stakeholder is not None}
    held: dict[int, dict[int, tuple[Any, set[str]]]] = {}
    away = [row for row in rows if row.role == AWAY]
    rows = [row for row in rows if row.role != AWAY]
    for row in sorted(rows, key=lambda one: (one.name, one.id)):
        held.setdefault(row.project_id, {}).setdefault(row.id, (row, set()))[1].add(row.role)
    people = {
        project_id: tuple(Person(row.id, row.login, row.name, frozenset(roles)) for row, roles in mine.values())
        for project_id, mine in held.items()
    }
    tables = {row.project_id: _read_lines(row.lines) for row in rows}
    stood = _stand_ins(away, {change.project_id: db.session.get_one(Project, change.project_id) for change in changes})
    askers = {change_id: logins.get(number, "") for change_id, number in asked.items() if number}
    bodies: dict[int, dict[str, Any]] = {}
    for row in found:
        if row.id is None:
            bodies.setdefault(row.project_id, {})[row.login] = json.loads(row.name)
    return people, askers, tables, stood, bodies


# Rows of those who stand in for somebody come along with the members.
AWAY = "\x1faway"


def _away() -> Any:
    """Who may stand in for somebody to decide, about today: ``lines`` tells for whom, from when to when, how far, by whose word."""
    row = Delegate.__table__
    told: Any = cast(row.c.absent_id, String)
    for one in (cast(row.c.starts_on, String), cast(row.c.ends_on, String)):
        told = told + "|" + one
    told = told + "|" + func.coalesce(cast(row.c.most_days, String), "") + "|" + row.c.set_by
    return (
        select(row.c.delegate_id, literal(""), literal(""), literal(AWAY), Project.id, null(), told)
        .select_from(row)
        .join(Project, or_(row.c.project_id.is_(None), row.c.project_id == Project.id))
        .where(
            Project.id.in_(PROJECTS), row.c.revoked_at.is_(None), row.c.scope.in_(("", "decide")),
            row.c.starts_on <= bindparam("tomorrow"), row.c.ends_on >= bindparam("yesterday"),
        )
    )  # fmt: skip


def _stand_ins(rows: Sequence[Any], projects: Mapping[int, Project]) -> dict[int, tuple[StandIn, ...]]:
    """Those that run today, by the calendar of the project."""
    found: dict[int, tuple[StandIn, ...]] = {}
    for row in sorted(rows, key=lambda one: one.id):
        absent, since, until, most, set_by = row.lines.split("|", 4)
        today = clock.today(projects[row.project_id].zone).isoformat()
        if since <= today <= until:
            limit = Decimal(int(most)) / 100 if most else None
            found[row.project_id] = (
                *found.get(row.project_id, ()), StandIn(int(absent), row.id, set_by, limit)
            )  # fmt: skip
    return found


def stakeholder_of(change: Change) -> int:
    """The id of the stakeholder who asked for a change; 0 when a member did."""
    given = change.asked_by or ""
    return (whole_number(given.removeprefix(STAKEHOLDER)) or 0) if given.startswith(STAKEHOLDER) else 0


def asker_of(change: Any) -> str:
    """The login of who asked for a change; "" for a stakeholder without an account."""
    number = stakeholder_of(change)
    if not number:
        return str(change.asked_by or change.created_by)
    joined = select(User.login).join(Stakeholder, Stakeholder.user_id == User.id).where(Stakeholder.id == number)
    return db.session.execute(joined).scalar() or ""


def known_asker(project_id: int, text: str) -> str | None:
    """Who may have asked for a change, as it is kept: a member's login, or ``stakeholder:<id>`` (the id alone will do); None
    when there is no such person here."""
    member = (
        select(User.login)
        .join(Membership, Membership.user_id == User.id)
        .where(User.login == text, Membership.project_id == project_id, Membership.ended_at.is_(None))
        .limit(1)
    )
    if db.session.execute(member).scalar() is not None:
        return text
    number = whole_number(text.removeprefix(STAKEHOLDER))
    if number is not None:
        found = db.session.get(Stakeholder, number)
        if found is not None and found.project_id == project_id:
            return f"{STAKEHOLDER}{found.id}"
    return None
