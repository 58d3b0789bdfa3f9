"""Who is away, and who acts for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from reqtrack import clock
from reqtrack.accounts.models import Membership, Project, User
from reqtrack.audit.models import Event
from reqtrack.db import Base, db
from reqtrack.errors import NotFound
from reqtrack.items.models import Item
from reqtrack.permissions import Actor
from reqtrack.signoff.away import OUTSIDE, Signing, Span, Who
from reqtrack.signoff.models import Delegate, Signature, Signoff

# How long what is over is told of.
TOLD_DAYS = 30
MOST_TOLD = 200
SEEN = "delegate.seen"


@dataclass(frozen=True)
class Away:
    """One absence: who, who acts for them, from when to when, for what; ``state``: coming, running, over."""

    id: int
    absent: str
    absent_name: str
    delegate: str
    delegate_name: str
    starts_on: date
    ends_on: date
    scope: str
    most_days: Decimal | None
    project_id: int | None
    project_key: str
    reason: str
    set_by: str
    set_at: datetime
    revoked_at: datetime | None
    state: str


def stands_in(user_id: int, project_id: Any, scope: str) -> ColumnElement[bool]:
    """Whether somebody may act for another about today, to ``decide`` or ``sign`` in a project, in SQL; which day it is in the
    project's zone is seen to later."""
    return exists().where(Delegate.delegate_id == user_id, *about_now(project_id, scope))


def about_now(project_id: Any, scope: str) -> tuple[ColumnElement[bool], ...]:
    """What holds of an absence that is about today, to ``decide`` or ``sign`` in a project, in SQL."""
    today = clock.now().date()
    return (
        Delegate.revoked_at.is_(None),
        Delegate.scope.in_(("", scope)),
        or_(Delegate.project_id.is_(None), Delegate.project_id == project_id),
        Delegate.starts_on <= today + timedelta(days=1),
        Delegate.ends_on >= today - timedelta(days=1),
    )


def absences(actor: Actor, project_id: int | None = None) -> list[Away]:
    """Whose absence concerns the actor, as the absent one or as who acts for them; in a project, everybody's there. The newest
    first (one statement)."""
    absent, delegate = aliased(User), aliased(User)
    if project_id is None:
        whose = or_(Delegate.absent_id == actor.id, Delegate.delegate_id == actor.id)
    else:
        member = select(Membership.user_id).where(Membership.project_id == project_id, Membership.ended_at.is_(None))
        everywhere = and_(
            Delegate.project_id.is_(None), Delegate.absent_id.in_(member), Delegate.delegate_id.in_(member)
        )
        whose = or_(Delegate.project_id == project_id, everywhere)
    since = clock.now().date() - timedelta(days=TOLD_DAYS)
    rows = db.session.execute(
        select(
            Delegate, absent.login, absent.name, delegate.login.label("delegate"), delegate.name.label("delegate_name"),
            Project.key, zone_of(),
        )
        .join(absent, absent.id == Delegate.absent_id)
        .join(delegate, delegate.id == Delegate.delegate_id)
        .outerjoin(Project, Project.id == Delegate.project_id)
        .where(whose, Delegate.ends_on >= since)
        .order_by(Delegate.starts_on.desc(), Delegate.id.desc())
        .limit(200)
    )  # fmt: skip
    return [_away(row) for row in rows]


def zone_of() -> ColumnElement[str]:
    """In whose zone an absence begins and ends, in SQL: its project's; of one everywhere that of a project of who is away."""
    row, project = Delegate.__table__, Project.__table__.alias("place")
    own = Membership.__table__.alias("place_of")
    theirs = and_(own.c.project_id == project.c.id, own.c.user_id == row.c.absent_id, own.c.ended_at.is_(None))
    found = select(func.max(project.c.zone)).where(
        or_(project.c.id == row.c.project_id, and_(row.c.project_id.is_(None), exists().where(theirs)))
    )
    return func.coalesce(found.correlate(row).scalar_subquery(), "UTC").label("zone")


def _away(row: Any) -> Away:
    one = row[0]
    today = clock.today(row.zone)
    over = one.revoked_at is not None or one.ends_on < today
    return Away(
        one.id, row.login, row.name, row.delegate, row.delegate_name, one.starts_on, one.ends_on, one.scope, one.most_days,
        one.project_id, row.key or "", one.reason, one.set_by, one.set_at, one.revoked_at,
        "over" if over else "coming" if one.starts_on > today else "running",
    )  # fmt: skip


def absence_for(actor: Actor, number: int, project_id: int | None = None) -> Delegate:
    """One absence that concerns the actor, or is of a project.

    Raises:
        NotFound: none, or not theirs.
    """
    row = db.session.get(Delegate, number)
    if row is None or number not in {one.id for one in absences(actor, project_id)}:
        raise NotFound(str(number))
    return row


def as_who(users: Sequence[User]) -> dict[int, Who]:
    """Accounts as the policy sees them, by id (one statement)."""
    rows = db.session.execute(
        select(Membership.user_id, Membership.project_id, Membership.role).where(
            Membership.user_id.in_([one.id for one in users]), Membership.ended_at.is_(None)
        )
    )
    places: dict[int, set[int]] = {}
    acts: dict[int, set[int]] = {}
    for row in rows:
        places.setdefault(row.user_id, set()).add(row.project_id)
        if row.role not in OUTSIDE:
            acts.setdefault(row.user_id, set()).add(row.project_id)
    return {
        one.id: Who(
            one.id,
            one.login,
            one.name,
            bool(one.active),
            frozenset(places.get(one.id, ())),
            frozenset(acts.get(one.id, ())),
        )
        for one in users
    }


def spans_of(user_id: int) -> list[Span]:
    """When others act for somebody, now or later."""
    rows = db.session.execute(
        select(Delegate).where(
            Delegate.absent_id == user_id,
            Delegate.revoked_at.is_(None),
            Delegate.ends_on >= clock.now().date() - timedelta(days=1),
        )
    ).scalars()
    return [Span(one.starts_on, one.ends_on, one.scope, one.project_id) for one in rows]


def signing_for(actor: Actor, project: Project) -> list[Signing]:
    """For whom the actor may sign in a project today: those who named them (or for whom a sponsor did), are active, and still hold
    a role there (one statement)."""
    rows = db.session.execute(
        select(User.login, User.name, Membership.role, Delegate.starts_on, Delegate.ends_on, Delegate.most_days)
        .select_from(Delegate)
        .join(User, User.id == Delegate.absent_id)
        .join(Membership, and_(Membership.user_id == User.id, Membership.project_id == project.id))
        .where(
            Delegate.delegate_id == actor.id,
            User.active,
            Membership.ended_at.is_(None),
            *about_now(project.id, "sign"),
        )
        .order_by(Delegate.id)
    )
    today = clock.today(project.zone)
    held: dict[str, tuple[str, set[str]]] = {}
    for row in rows:
        # A signature is measured by no days: who may act up to a limit alone does not sign.
        if row.starts_on <= today <= row.ends_on and row.most_days is None:
            held.setdefault(row.login, (row.name, set()))[1].add(row.role)
    return [Signing(login, name, frozenset(roles)) for login, (name, roles) in held.items()]


@dataclass(frozen=True)
class Given:
    """What somebody gave for another: a decision on a change or a signature, with its outcome, by whom and when.

    Or that somebody stands in now: ``away`` for the actor, ``acting`` the actor for somebody; then ``by`` is the other one,
    ``outcome`` the last day, ``key`` for what (as an absence's scope), ``title`` up to how many days ("" any).
    """

    project_key: str
    key: str
    title: str
    kind: str
    number: int
    outcome: str
    by: str
    at: datetime

    @property
    def standing(self) -> bool:
        """Whether it tells of an absence that runs, not of something given."""
        return self.kind in STANDING


# Away oneself, and acting for somebody who is.
STANDING = ("away", "acting")


def given_for(actor: Actor) -> list[Given]:
    """What was decided and signed for the actor, the newest first, until they say that they have seen it (one statement); above
    it a line for each absence that runs: their own, and those of others for whom they act."""
    if actor.kind != "user" or not actor.roles:
        return []
    rows = [one for one in (_told(row) for row in db.session.execute(_given(actor)).all()) if one is not None]
    return sorted(rows, key=lambda one: (not one.standing, one.kind, -one.at.timestamp()))


def _told(row: Any) -> Given | None:
    """A row of ``_given``; None for an absence that does not run, by the day of its own zone."""
    one = Given(*row)
    if not one.standing:
        return one
    since, _to, until = one.outcome.partition("/")
    runs = since <= clock.today(one.project_key).isoformat() <= until
    return replace(one, project_key="", outcome=until) if runs else None


def _given(actor: Actor) -> Any:
    """Changes are an area above this one: their table is read by its name."""
    decisions, own = Base.metadata.tables["decisions"], Delegate.__table__
    today = clock.now().date()
    lately = select(func.min(own.c.set_at)).where(
        own.c.absent_id == actor.id, own.c.ends_on >= today - timedelta(days=TOLD_DAYS)
    )
    first, seen, places = lately.scalar_subquery(), func.coalesce(_seen_at(actor), ""), list(actor.roles)
    made = (
        select(Project.key.label("project"), Item.key, Item.title, literal("decision").label("kind"), literal(0).label("number"),
               decisions.c.outcome, decisions.c.decider_name.label("by"), decisions.c.at)
        .join(Item, Item.id == decisions.c.change_id)
        .join(Project, Project.id == decisions.c.project_id)
        .where(decisions.c.behalf == actor.login, decisions.c.at >= first, decisions.c.at > seen, Project.id.in_(places))
    )  # fmt: skip
    signed = (
        select(Project.key, Signoff.subject, Signoff.meaning, literal("signature"), Signoff.number, Signature.outcome,
               Signature.signer_name, Signature.at)
        .join(Signoff, Signoff.id == Signature.signoff_id)
        .join(Project, Project.id == Signature.project_id)
        .where(Signature.behalf == actor.login, Signature.at >= first, Signature.at > seen, Project.id.in_(places))
    )  # fmt: skip
    limit = func.coalesce(cast(own.c.most_days, String), "")
    span = cast(own.c.starts_on, String) + "/" + cast(own.c.ends_on, String)
    near = (own.c.starts_on <= today + timedelta(days=1), own.c.ends_on >= today - timedelta(days=1))
    away, acting = [
        select(zone_of(), own.c.scope, limit, literal(kind), own.c.id, span, User.name, own.c.set_at)
        .join(User, User.id == other)
        .where(me == actor.id, own.c.revoked_at.is_(None), *near)
        for kind, me, other in (("away", own.c.absent_id, own.c.delegate_id), ("acting", own.c.delegate_id, own.c.absent_id))
    ]  # fmt: skip
    return union_all(made, signed, away, acting).order_by("at").limit(MOST_TOLD)


def _seen_at(actor: Actor) -> Any:
    seen = select(func.max(Event.at)).where(Event.project_id == 0, Event.subject == actor.login, Event.action == SEEN)
    return seen.scalar_subquery()


def who_may_act(actor: Actor, project_ids: Iterable[int]) -> list[tuple[str, str]]:
    """Who may be chosen to act for somebody: ``(login, name)`` of the active members of these projects who see all of one and
    write in it, by name."""
    rows = db.session.execute(
        select(User.login, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.project_id.in_(list(project_ids)),
            Membership.ended_at.is_(None),
            User.active,
            Membership.role.not_in(sorted(OUTSIDE)),
        )
        .distinct()
        .order_by(User.name, User.login)
    )
    return [(row.login, row.name) for row in rows]
