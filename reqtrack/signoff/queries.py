"""Sign-offs, what became of them, and the scope in force."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from reqtrack import clock
from reqtrack.accounts.models import Membership, Project, User
from reqtrack.audit.models import Event
from reqtrack.baselines.content import visible_keys
from reqtrack.baselines.models import Baseline
from reqtrack.baselines.queries import number_of
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.permissions import Actor
from reqtrack.signoff import scope, subjects
from reqtrack.signoff.models import Signature, Signoff, SignoffSigner
from reqtrack.signoff.policy import Facts, may_sign_at_all
from reqtrack.signoff.subjects import Outcome, Subject, Told
from reqtrack.workflow.waiting import Waiting


@dataclass(frozen=True)
class Signer:
    """One of those asked: the answer is None while it is waited for."""

    login: str
    name: str
    roles: tuple[str, ...]
    answer: Signature | None


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
    """A sign-off by its number or key (``1`` or ``SGN-1``), for who may read the project.

    Raises:
        NotFound: none, or not for the actor.
    """
    number = number_of(given, "SGN")
    found = None
    if number is not None and (actor.kind != "user" or actor.may("project.read", project_id)):
        found = db.session.execute(
            select(Signoff).where(Signoff.project_id == project_id, Signoff.number == number)
        ).scalar()
    if found is None:
        raise NotFound(str(given)[:40])
    return found


def answers(signoff_ids: Collection[int]) -> dict[int, list[Signature]]:
    """The signatures (and refusals) of sign-offs, by the sign-off's id, in order."""
    found: dict[int, list[Signature]] = {one: [] for one in signoff_ids}
    rows = db.session.execute(
        select(Signature).where(Signature.signoff_id.in_(found)).order_by(Signature.project_id, Signature.number)
    ).scalars()
    for row in rows:
        found[row.signoff_id].append(row)
    return found


def asked(signoff_ids: Collection[int]) -> dict[int, list[User]]:
    """Who is asked to sign, by the sign-off's id."""
    found: dict[int, list[User]] = {one: [] for one in signoff_ids}
    rows = db.session.execute(
        select(SignoffSigner.signoff_id, User)
        .join(User, User.id == SignoffSigner.user_id)
        .where(SignoffSigner.signoff_id.in_(found))
        .order_by(User.name, User.id)
    )
    for signoff_id, user in rows:
        found[signoff_id].append(user)
    return found


def facts_of(signoff: Signoff, *, with_subject: bool = True) -> Facts:
    """What bears on a signature now."""
    return Facts(
        signers=frozenset(user.login for user in asked([signoff.id])[signoff.id]),
        answered=frozenset(row.signer for row in answers([signoff.id])[signoff.id]),
        subject=subjects.load(signoff.project_id, signoff.subject) if with_subject else None,
    )


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
    given, people = answers(ids), asked(ids)
    roles = roles_of(project_id, {user.id for mine in people.values() for user in mine})
    judged = as_seen(actor, project_id, outcomes(signoffs, given))
    taken_back = withdrawals(project_id, [one for one in signoffs if one.state == "withdrawn"])
    return [
        Line(one, _signers(people[one.id], roles, given[one.id]), judged[one.id], taken_back.get(one.key))
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
    people: Sequence[User], roles: Mapping[int, tuple[str, ...]], given: Sequence[Signature]
) -> Sequence[Signer]:
    by_login = {row.signer: row for row in given}
    return [Signer(user.login, user.name, roles.get(user.id, ()), by_login.get(user.login)) for user in people]


def page_of(actor: Actor, signoff: Signoff) -> Page:
    """All that is told of a sign-off; what the actor may not see is left out of the reasons."""
    (line,) = lines(actor, signoff.project_id, [signoff])
    subject = subjects.load(signoff.project_id, signoff.subject)
    return Page(signoff, line.signers, line.outcome, line.withdrawal, subject)


def as_seen(actor: Actor, project_id: int, found: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Outcomes without the items that the actor may not see (one statement at most)."""
    told = {one.key for outcome in found.values() for one in outcome.told}
    seen = set(visible_keys(actor, project_id, sorted(told)))
    if seen == told:
        return dict(found)

    def kept(rows: Sequence[Told]) -> tuple[Told, ...]:
        return tuple(one for one in rows if one.key in seen)

    return {
        name: replace(one, fallen=kept(one.fallen), moved_since=kept(one.moved_since), stale=kept(one.stale))
        for name, one in found.items()
    }


def people(logins: Collection[str]) -> dict[str, User]:
    """Accounts by login."""
    rows = db.session.execute(select(User).where(User.login.in_(logins))).scalars()
    return {user.login: user for user in rows}


def roles_of(project_id: int, user_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The roles that users hold in a project now."""
    found: dict[int, tuple[str, ...]] = {}
    rows = db.session.execute(
        select(Membership.user_id, Membership.role)
        .where(Membership.project_id == project_id, Membership.user_id.in_(user_ids), Membership.ended_at.is_(None))
        .order_by(Membership.role)
    )
    for row in rows:
        found[row.user_id] = (*found.get(row.user_id, ()), row.role)
    return found


def possible_signers(project_id: int) -> list[tuple[User, tuple[str, ...]]]:
    """Active members whose roles let them sign, with those roles, business owners first."""
    rows = db.session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, Membership.ended_at.is_(None), User.active)
        .order_by(User.name, User.id, Membership.role)
    )
    held: dict[int, tuple[User, tuple[str, ...]]] = {}
    for user, role in rows:
        held[user.id] = (user, (*held.get(user.id, (user, ()))[1], role))
    able = [one for one in held.values() if may_sign_at_all(frozenset(one[1]))]
    return sorted(able, key=lambda one: "business_owner" not in one[1])


def listing(project_id: int, after: int = 0, limit: int = 50) -> Sequence[Signoff]:
    """A project's sign-offs, newest first; those numbered below ``after`` when given."""
    wanted = select(Signoff).where(Signoff.project_id == project_id)
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


def baseline_states(project_id: int, numbers: Sequence[int]) -> Mapping[int, str]:
    """The hook of ``baselines.queries.SIGNED``: the state of the newest sign-off of each baseline that has one,
    *carried* for one that changes carry."""
    told = of_subjects(project_id, [f"BL-{number}" for number in numbers])
    return {
        int(key.partition("-")[2]): "carried"
        if rows[0][1].state == "signed" and rows[0][1].carried_by
        else rows[0][1].state
        for key, rows in told.items()
        if rows
    }


@dataclass(frozen=True)
class InForce:
    """The scope in force: a signed baseline and the changes signed since, as one chain; what it does not cover, beside it."""

    baseline: Baseline
    signoff: Signoff
    outcome: Outcome
    unsigned: Sequence[Any]


def scope_in_force(actor: Actor, project_id: int) -> InForce | None:
    """The newest baseline whose signature was completed, with what carries it; None while nothing was signed."""
    signoff = scope.newest_signed(project_id)
    if signoff is None:
        return None
    baseline = scope.baseline_of(signoff)
    outcome = as_seen(actor, project_id, {signoff.id: outcome_of(signoff)})[signoff.id]
    new = scope.unsigned(project_id, baseline)
    seen = set(visible_keys(actor, project_id, [one.key for one in new]))
    return InForce(baseline, signoff, outcome, [one for one in new if one.key in seen])


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for the actor's signature, over all projects, the earliest due first."""
    mine = [project_id for project_id in actor.roles if actor.may("sign", project_id)]
    if not mine:
        return []
    answered = exists().where(Signature.signoff_id == Signoff.id, Signature.signer == actor.login)
    rows = db.session.execute(
        select(Signoff, Project.key.label("project_key"))
        .join(SignoffSigner, SignoffSigner.signoff_id == Signoff.id)
        .join(Project, Project.id == Signoff.project_id)
        .where(
            SignoffSigner.user_id == actor.id,
            Signoff.project_id.in_(mine),
            Signoff.state == "requested",
            ~answered,
            Project.archived_at.is_(None),
        )
        .order_by(Signoff.due_on.is_(None), Signoff.due_on, Signoff.requested_at)
    ).all()
    titles = subjects.titles((row.Signoff.project_id, row.Signoff.subject) for row in rows)
    return [
        _waiting(row.Signoff, row.project_key, titles.get((row.Signoff.project_id, row.Signoff.subject), ""))
        for row in rows
    ]


def _waiting(signoff: Signoff, project_key: str, title: str) -> Waiting:
    return Waiting(
        project_key=project_key,
        kind="sign",
        key=signoff.key,
        title=f"{signoff.subject} {title}",
        href_endpoint="signoff.show",
        href_args={"project": project_key, "number": signoff.number},
        since=signoff.requested_at,
        due_on=signoff.due_on,
        action=_l("Sign"),
    )


def as_dict(line: Line) -> dict[str, Any]:
    """A sign-off as the API shows it."""
    signoff, outcome = line.signoff, line.outcome
    return {
        "key": signoff.key,
        "version": signoff.version,
        "subject": signoff.subject,
        "meaning": signoff.meaning,
        "rule": signoff.rule,
        "due_on": signoff.due_on.isoformat() if signoff.due_on else None,
        "fingerprint": signoff.fingerprint,
        "state": outcome.state,
        "carried_by": list(outcome.carried_by),
        "to_confirm": list(outcome.to_confirm),
        "superseded_by": [{"key": one.key, "why": one.why, "row": one.number} for one in outcome.fallen],
        "moved_since": [one.key for one in outcome.moved_since],
        "stale_results": [{"key": one.key, "row": one.number} for one in outcome.stale],
        "requested_by": signoff.requested_by,
        "requested_at": clock.iso(signoff.requested_at),
        "settled_at": clock.iso(signoff.settled_at) if signoff.settled_at else None,
        "completed_at": clock.iso(line.completed_at) if line.completed_at else None,
        "withdrawn_at": clock.iso(line.withdrawal.at) if line.withdrawal else None,
        "signers": [one.login for one in line.signers],
        "signatures": [signature_dict(one.answer) for one in line.signers if one.answer is not None],
    }


def signature_dict(row: Signature) -> dict[str, Any]:
    """A signature (or refusal) as the API and the certificate show it; not where from: that is for auditors."""
    return {
        "number": row.number,
        "signer": row.signer,
        "signer_name": row.signer_name,
        "roles": row.roles.split(),
        "outcome": row.outcome,
        "meaning": row.meaning,
        "reason": (row.reason or None) if row.outcome == "declined" else None,
        "remarks": (row.reason or None) if row.outcome == "signed" else None,
        "fingerprint": row.fingerprint,
        "at": clock.iso(row.at),
        "zone": row.zone,
        "method": row.method,
        "seal": row.seal,
    }
