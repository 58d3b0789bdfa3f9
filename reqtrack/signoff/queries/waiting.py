"""What waits for somebody's signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from reqtrack import clock, workdays
from reqtrack.accounts.models import Membership, Project, User
from reqtrack.db import db
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.signoff import subjects
from reqtrack.signoff.away import OUTSIDE
from reqtrack.signoff.models import Delegate, Signature, Signoff, SignoffSeat
from reqtrack.signoff.queries.away import about_now
from reqtrack.signoff.queries.handing import as_waiting, handed_to
from reqtrack.signoff.queries.seating import Taken, answered_seats, answers_at, rule_of
from reqtrack.signoff.seats import PAPER, missing, turn
from reqtrack.workflow.waiting import Waiting

# From so many working days before it is due, it is said how many are left.
NEAR_DAYS = 3
SIGNING = tuple(role for role, given in ROLE_PERMISSIONS.items() if "sign" in given)


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for the actor's signature, over all projects, the earliest due first; then what of others' signatures passes through
    their hands."""
    if actor.kind != "user" or not actor.roles:
        return []
    rows = [row for row in db.session.execute(_candidates(actor)).all() if _to_sign(actor, row)]
    ids = {row.Signoff.id for row in rows}
    taken, given = answered_seats(ids)
    once: dict[int, tuple[Any, str]] = {}
    for row in rows:
        if row.Signoff.id not in once and (way := _way(actor, row, taken[row.Signoff.id], given[row.Signoff.id])):
            once[row.Signoff.id] = (row, way)
    handed = handed_to(actor)
    places = [(row.Signoff.project_id, row.Signoff.subject) for row, _way in once.values()]
    titles = subjects.titles([*places, *((row.project_id, row.subject) for row in handed)])
    signing = [
        _waiting(actor, row, titles.get((row.Signoff.project_id, row.Signoff.subject), ""), way)
        for row, way in once.values()
    ]
    return signing + [as_waiting(row, titles.get((row.project_id, row.subject), "")) for row in handed]


def _way(actor: Actor, row: Any, taken: Sequence[Taken], given: Sequence[Signature]) -> str:
    """In which way the answer of who is asked (a row of ``_candidates``) is waited for now; "" where it is not: not their turn yet,
    answered by them or by another of their role."""
    rule, seats = rule_of(row.Signoff), [one.seat for one in taken]
    at = answers_at(given, seats)
    own = next((one for one in seats if one.login == row.login), None)
    seat = own or next((one for one in seats if one.position == row.position), None)
    if seat is None or seat not in turn(rule, seats, at):
        return ""
    left = [
        way for way in missing(rule, seat, at)
        if not any({row.login, actor.login} & one.people and one.way == way for one in at)
    ]  # fmt: skip
    return left[0] if left else ""


def _candidates(actor: Actor) -> Any:
    """What the actor, or somebody whom they may stand in for, is asked to sign, by name or in a role; with whoever stands in for the
    actor about now."""
    mine = [project_id for project_id in actor.roles if actor.may("sign", project_id)]
    able = exists().where(
        Membership.user_id == User.id, Membership.project_id == Signoff.project_id, Membership.ended_at.is_(None),
        Membership.role.in_(SIGNING),
    )  # fmt: skip
    in_role = exists().where(
        Membership.user_id == User.id, Membership.project_id == Signoff.project_id, Membership.ended_at.is_(None),
        Membership.role == SignoffSeat.role,
    )  # fmt: skip
    absent = select(Delegate.absent_id).where(Delegate.delegate_id == actor.id, Delegate.revoked_at.is_(None))
    asked = or_(
        User.id == SignoffSeat.user_id,
        and_(SignoffSeat.user_id.is_(None), SignoffSeat.outside_name.is_(None), in_role),
    )
    return (
        select(
            Signoff, Project.key.label("project_key"), Project.zone, Project.calendar, User.id.label("user_id"), User.login,
            User.name, SignoffSeat.position, Delegate.delegate_id, Delegate.starts_on, Delegate.ends_on,
        )
        .join(SignoffSeat, SignoffSeat.signoff_id == Signoff.id)
        .join(User, and_(or_(User.id == actor.id, User.id.in_(absent)), User.active, asked))
        .join(Project, Project.id == Signoff.project_id)
        .outerjoin(Delegate, _running())
        .where(
            or_(
                and_(User.id == actor.id, Signoff.project_id.in_(mine)),
                and_(Delegate.delegate_id == actor.id, Signoff.project_id.in_(list(actor.roles)), able),
            ),
            Signoff.state == "requested",
            Project.archived_at.is_(None),
        )
        .order_by(
            Signoff.due_on.is_(None), Signoff.due_on, Signoff.requested_at, Signoff.id, SignoffSeat.user_id.is_(None),
            SignoffSeat.position,
        )
    )  # fmt: skip


def _running() -> ColumnElement[bool]:
    """Whether somebody stands in about now for who is asked: an active member who is not asked beside them, and has not signed."""
    stand_in, asked, given = aliased(User), aliased(SignoffSeat), aliased(Signature)
    able = exists().where(
        stand_in.id == Delegate.delegate_id,
        stand_in.active,
        Membership.user_id == stand_in.id,
        Membership.project_id == Signoff.project_id,
        Membership.ended_at.is_(None),
        Membership.role.not_in(sorted(OUTSIDE)),
        ~exists().where(asked.signoff_id == Signoff.id, asked.user_id == stand_in.id),
        ~exists().where(given.signoff_id == Signoff.id, given.signer == stand_in.login),
    )
    return and_(
        Delegate.absent_id == User.id, Delegate.most_days.is_(None), *about_now(Signoff.project_id, "sign"), able
    )


def _to_sign(actor: Actor, row: Any) -> bool:
    """Whether it is the actor's now: their own while they are here, another's while they stand in."""
    away = row.delegate_id is not None and row.starts_on <= clock.today(row.zone) <= row.ends_on
    return bool(away == (row.user_id != actor.id))


def _waiting(actor: Actor, row: Any, title: str, way: str) -> Waiting:
    signoff, project_key = row.Signoff, row.project_key
    notes = [_l("For %(name)s, who is away.", name=row.name)] if row.user_id != actor.id else []
    notes += reminder(signoff.due_on, clock.today(row.zone), workdays.of(row.calendar))
    return Waiting(
        project_key=project_key,
        kind="sign",
        key=signoff.key,
        title=f"{signoff.subject} {title}",
        href_endpoint="signoff.show",
        href_args={"project": project_key, "number": signoff.number},
        since=signoff.requested_at,
        due_on=signoff.due_on,
        action=_l("Sign on paper") if way == PAPER else _l("Sign"),
        note=_joined(notes),
    )


def _joined(notes: Sequence[Any]) -> Any:
    if len(notes) < 2:
        return notes[0] if notes else ""
    return LazyString(lambda: " ".join(str(one) for one in notes))


def reminder(due_on: date | None, today: date, calendar: workdays.Calendar) -> list[Any]:
    """What is said of a date by which something is due, counted in working days: it is near, or past (nothing else: no line)."""
    if due_on is None:
        return []
    if due_on < today:
        late = calendar.after(due_on, today)
        return [_l("Late by %(days)s working days.", days=late)] if late else []
    left = calendar.within(today, due_on)
    return [_l("%(days)s working days are left, with today.", days=left)] if left <= NEAR_DAYS else []
