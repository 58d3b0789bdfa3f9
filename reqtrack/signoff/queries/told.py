"""Sign-offs and what became of them, one or many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.audit.models import Event
from reqtrack.baselines.content import visible_keys
from reqtrack.baselines.queries import number_of
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.items.brought import HIDDEN, visible_changes
from reqtrack.permissions import Actor
from reqtrack.signoff import subjects
from reqtrack.signoff.away import signs_for
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.policy import Facts
from reqtrack.signoff.queries.away import signing_for
from reqtrack.signoff.queries.people import answers, roles_of
from reqtrack.signoff.queries.seating import Taken, answers_at, rule_of, seats_of
from reqtrack.signoff.seats import ELECTRONIC, Seat, missing, seat_of, turn
from reqtrack.signoff.subjects import Outcome, Subject, Told

# Of one who was not asked by seats.
NOWHERE = Seat(0)


@dataclass(frozen=True)
class Signer:
    """One answer that is asked for: the answer is None while it is waited for.

    ``login`` and ``name`` are "" for a seat that any holder of a role may take, and the login for one of somebody outside.
    ``way``: how it is to be given, "" where that is as they like.
    """

    login: str
    name: str
    roles: tuple[str, ...]
    answer: Signature | None
    seat: Seat = NOWHERE
    organisation: str = ""
    way: str = ELECTRONIC
    asked: bool = True


@dataclass(frozen=True)
class Withdrawal:
    """That a sign-off was withdrawn: when, by whom (name), why; and when it had been completed, if it ever was."""

    at: datetime
    by: str
    reason: str
    completed_at: datetime | None


@dataclass(frozen=True)
class Line:
    """What a list tells of one sign-off; of its outcome what the actor may see."""

    signoff: Signoff
    signers: Sequence[Signer]
    outcome: Outcome
    withdrawal: Withdrawal | None

    @property
    def completed_at(self) -> datetime | None:
        """When the last signature that was needed was given, whatever became of it."""
        if self.withdrawal is not None:
            return self.withdrawal.completed_at
        return self.signoff.settled_at if self.signoff.state == "signed" else None

    @property
    def signatures(self) -> list[Signature]:
        """Those who signed, in the order in which they did."""
        given = [one.answer for one in self.signers if one.answer is not None and one.answer.outcome == "signed"]
        return sorted(given, key=lambda one: one.number)


@dataclass(frozen=True)
class Page(Line):
    """All that is told of one sign-off."""

    subject: Subject


def signoff_for(actor: Actor, project_id: int, given: int | str) -> Signoff:
    """A sign-off by its number or key (``1`` or ``SGN-1``), for who may read the project, and in it what is signed.

    Raises:
        NotFound: none, or not for the actor.
    """
    number = number_of(given, "SGN")
    found = None
    if number is not None and (actor.kind != "user" or actor.may("project.read", project_id)):
        found = db.session.execute(
            select(Signoff).where(Signoff.project_id == project_id, Signoff.number == number)
        ).scalar()
    if found is None or subjects.kind_of(found.subject).prefix in subjects.hidden_from(actor, project_id):
        raise NotFound(str(given)[:40])
    return found


def facts_of(actor: Actor, project: Project, signoff: Signoff, *, with_subject: bool = True) -> Facts:
    """What bears on the actor's signature now."""
    return facts_from(
        actor, project, signoff, seats_of([signoff.id])[signoff.id], answers([signoff.id])[signoff.id],
        subjects.load(signoff.project_id, signoff.subject) if with_subject else None,
    )  # fmt: skip


def facts_from(
    actor: Actor,
    project: Project,
    signoff: Signoff,
    taken: Sequence[Taken],
    given: Sequence[Signature],
    subject: Subject | None,
) -> Facts:
    """The same, where the seats and their answers are known; one statement more where it waits and the actor is not asked
    themselves."""
    seats = tuple(one.seat for one in taken)
    rule, at = rule_of(signoff), answers_at(given, seats)
    names = {one.seat.position: one.name or str(ROLE_NAMES[one.seat.role]) for one in taken}

    def sits(login: str, roles: frozenset[str]) -> bool:
        return seat_of(login, roles, rule, seats, at) is not None

    outside = (
        signoff.state == "requested" and actor.kind == "user" and not sits(actor.login, actor.roles_in(project.id))
    )
    absent = [one for one in signing_for(actor, project) if sits(one.login, one.roles)] if outside else []
    answered = {login for one in at for login in one.people}
    behalf = signs_for(actor.login, [one.login for one in absent], answered, absent)
    return Facts(rule, seats, at, subject, behalf, names)


def outcomes(signoffs: Iterable[Signoff], given: Mapping[int, Sequence[Signature]]) -> dict[int, Outcome]:
    """What became of sign-offs, by id: a completed one is judged, any other is what its column says. In as many statements for
    many as for one of each kind and project."""
    by_kind: dict[tuple[str, int], list[tuple[Signoff, Sequence[Signature]]]] = {}
    for one in signoffs:
        kind = subjects.kind_of(one.subject)
        by_kind.setdefault((kind.prefix, one.project_id), []).append((one, given[one.id]))
    found: dict[int, Outcome] = {}
    for (prefix, project_id), together in by_kind.items():
        found.update(subjects.KINDS[prefix].outcomes(project_id, together))
    return found


def outcome_of(signoff: Signoff) -> Outcome:
    """What became of one."""
    return outcomes([signoff], answers([signoff.id]))[signoff.id]


def lines(actor: Actor, project_id: int, signoffs: Sequence[Signoff]) -> list[Line]:
    """What a list tells of a project's sign-offs; what the actor may not see is left out of the reasons."""
    if not signoffs:
        return []
    ids = [one.id for one in signoffs]
    given, taken = answers(ids), seats_of(ids)
    roles = roles_of(project_id, {one.user_id for mine in taken.values() for one in mine if one.user_id is not None})
    judged = as_seen(actor, project_id, outcomes(signoffs, given))
    taken_back = withdrawals(project_id, [one for one in signoffs if one.state == "withdrawn"])
    return [
        Line(one, _signers(one, taken[one.id], roles, given[one.id]), judged[one.id], taken_back.get(one.key))
        for one in signoffs
    ]


def withdrawals(project_id: int, signoffs: Sequence[Signoff]) -> dict[str, Withdrawal]:
    """How sign-offs were withdrawn, by key, as the events tell (one statement where there are any)."""
    if not signoffs:
        return {}
    rows = db.session.execute(
        select(Event)
        .where(
            Event.project_id == project_id,
            Event.subject.in_([one.key for one in signoffs]),
            Event.action.in_(("signoff.signed", "signoff.withdrawn")),
        )
        .order_by(Event.seq)
    ).scalars()
    found: dict[str, Withdrawal] = {}
    completed: dict[str, datetime] = {}
    for row in rows:
        if row.action == "signoff.withdrawn":
            found[row.subject] = Withdrawal(row.at, row.actor_name, row.reason, completed.get(row.subject))
        elif json.loads(row.after).get("state") == "signed":
            completed[row.subject] = row.at
    return found


def _signers(
    signoff: Signoff, taken: Sequence[Taken], roles: Mapping[int, tuple[str, ...]], given: Sequence[Signature]
) -> Sequence[Signer]:
    """Of each seat the answers that were given, and those that are waited for."""
    seats, rule = [one.seat for one in taken], rule_of(signoff)
    at = answers_at(given, seats)
    now = {one.position for one in turn(rule, seats, at)}
    found = []
    for one in taken:
        seat = one.seat
        held = (seat.role,) if one.user_id is None else roles.get(one.user_id, ())
        rows = [row for row, answer in zip(given, at, strict=True) if answer.seat == seat.position]
        left = missing(rule, seat, at)
        if rule.ways == "either":
            left = ("",) if left else ()
        waits = [(None, way) for way in left]
        for answer, way in [*((row, row.way) for row in rows), *waits]:
            login = seat.login or seat.outsider
            found.append(Signer(login, one.name, held, answer, seat, one.organisation, way, seat.position in now))
    return found


def page_of(actor: Actor, signoff: Signoff) -> Page:
    """All that is told of a sign-off; what the actor may not see is left out of the reasons."""
    (line,) = lines(actor, signoff.project_id, [signoff])
    subject = subjects.load(signoff.project_id, signoff.subject)
    return Page(signoff, line.signers, line.outcome, line.withdrawal, subject)


def as_seen(actor: Actor, project_id: int, found: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Outcomes without the items that the actor may not see; of a change that carries, which they may not see, stands ``HIDDEN``
    (one statement at most for items, one for changes)."""
    told = {one.key for outcome in found.values() for one in outcome.told}
    seen = set(visible_keys(actor, project_id, sorted(told)))
    carrying = {key for outcome in found.values() for key in outcome.carried_by}
    known = visible_changes(actor, project_id, carrying)
    if (seen, known) == (told, carrying):
        return dict(found)

    def kept(rows: Sequence[Told]) -> tuple[Told, ...]:
        return tuple(one for one in rows if one.key in seen)

    def named(keys: Sequence[str]) -> tuple[str, ...]:
        return tuple(key if key in known else HIDDEN for key in keys)

    return {
        name: replace(
            one, fallen=kept(one.fallen), moved_since=kept(one.moved_since), stale=kept(one.stale),
            carried_by=named(one.carried_by), to_confirm=named(one.to_confirm),
        )
        for name, one in found.items()
    }  # fmt: skip


def listing(project_id: int, after: int = 0, limit: int = 50, *, reader: Actor | None = None) -> Sequence[Signoff]:
    """A project's sign-offs, newest first; those numbered below ``after`` when given, of what a ``reader`` reads."""
    unread = subjects.hidden_from(reader, project_id) if reader is not None else ()
    wanted = select(Signoff).where(
        Signoff.project_id == project_id, *(Signoff.subject.not_like(f"{prefix}-%") for prefix in unread)
    )
    if after:
        wanted = wanted.where(Signoff.number < after)
    return db.session.execute(wanted.order_by(Signoff.number.desc()).limit(limit)).scalars().all()


def of_subjects(project_id: int, keys: Sequence[str]) -> dict[str, list[tuple[Signoff, Outcome, Sequence[Signature]]]]:
    """The sign-offs of subjects with what became of them and their signatures, newest first."""
    found: dict[str, list[tuple[Signoff, Outcome, Sequence[Signature]]]] = {key: [] for key in keys}
    rows = (
        db.session.execute(
            select(Signoff)
            .where(Signoff.project_id == project_id, Signoff.subject.in_(keys))
            .order_by(Signoff.number.desc())
        )
        .scalars()
        .all()
    )
    given = answers([row.id for row in rows])
    judged = outcomes(rows, given)
    for row in rows:
        found[row.subject].append((row, judged[row.id], given[row.id]))
    return found


def approved_by(signoff: Signoff) -> int:
    """How many requirements the completion of a sign-off approved."""
    found = db.session.execute(
        select(Event.after).where(Event.project_id == signoff.project_id, Event.seq == signoff.settled_seq)
    ).scalar()
    return int(json.loads(found).get("approved", 0)) if found else 0
