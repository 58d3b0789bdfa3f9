"""The radar of a project: what its checks find for a reader, and what of that somebody lets stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.audit.kept import kept
from reqtrack.db import db, plain
from reqtrack.errors import NotFound
from reqtrack.items.models import Item
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.radar.checks import CHECKS, SEVERITIES, Check, Details, Facts
from reqtrack.radar.models import Acceptance
from reqtrack.requirements.queries import Load


class Subject(NamedTuple):
    """An item's key or what else a check names, with what is known of it. The name is "" where the reader may not be told it."""

    name: str
    details: Details


class Accepted(NamedTuple):
    """A finding that somebody lets stand: all of a check (``subject`` ""), or one of its subjects."""

    id: int
    check: str
    subject: str
    reason: str
    expires_on: date
    author: str
    at: datetime


@dataclass(frozen=True)
class Finding:
    """What a check found: ``subjects`` count; ``accepted`` are those that somebody lets stand."""

    check: Check
    subjects: tuple[Subject, ...]
    accepted: tuple[tuple[Subject, Accepted], ...] = ()

    @property
    def count(self) -> int:
        return len(self.subjects)

    @property
    def names(self) -> list[str]:
        """The subjects' names, as far as the reader may know them."""
        return [one.name for one in self.subjects if one.name]

    def each(self) -> list[Finding]:
        """As many findings as people count: one of each subject where these stand apart, else it."""
        return [Finding(self.check, (one,)) for one in self.subjects] if self.check.apart else [self]


@dataclass(frozen=True)
class Radar:
    """What is found, the serious first; and the figures that the checks looked at."""

    findings: Sequence[Finding]
    loads: Sequence[Load] = ()
    statuses: Mapping[str, int] = field(default_factory=dict)
    heard: Mapping[str, int] = field(default_factory=dict)  # stakeholders by level

    @property
    def open(self) -> list[Finding]:
        """What counts, a line each."""
        return [one for found in self.findings if found.subjects for one in found.each()]

    @property
    def accepted(self) -> list[tuple[Check, Subject, Accepted]]:
        """What somebody lets stand."""
        return [(found.check, subject, told) for found in self.findings for subject, told in found.accepted]

    def of(self, name: str) -> Finding:
        """What one check found."""
        nothing = Finding(CHECKS[name], ())
        return next((found for found in self.findings if found.check.name == name), nothing)


def radar(actor: Actor, project: Project) -> Radar:
    """What is found in a project, as far as the reader may see it. Computed once until something is written there."""
    name = f"radar for {profile(actor, project.id)}"
    found = kept(name, project.id, lambda: _compute(actor, project), clock.today(project.zone))
    mine = [_told(actor, project.id, one) for one in found.findings if actor.may(one.check.permission, project.id)]
    return Radar(mine, found.loads, found.statuses, found.heard)


def profile(actor: Actor, project_id: int) -> str:
    """Readers of the same profile are found the same."""
    if sees_all(actor, project_id):
        return "everybody who sees all"
    roles = actor.roles_in(project_id)
    alone = f" {actor.id}" if roles == {"implementer"} else ""  # sees what they are asked to assess
    return f"{' '.join(sorted(roles))}{alone}{' archived' if project_id in actor.archived else ''}"


def _compute(actor: Actor, project: Project) -> Radar:
    facts = Facts(actor, project)
    accepted = accepted_in(project)
    checks = [check for check in CHECKS.values() if actor.may(check.permission, project.id)]
    found = [_judged(check, check.find(facts), accepted) for check in checks]
    found.sort(key=lambda one: SEVERITIES.index(one.check.severity))
    statuses = Counter(status for _key, status, _imported in facts.statuses)
    return Radar(tuple(one for one in found if one.subjects or one.accepted), facts.loads, statuses, _heard(facts))


def _heard(facts: Facts) -> Mapping[str, int]:
    if not facts.actor.may("interview.read", facts.project.id):
        return {}
    return Counter(one.level for one in facts.people if one.id in facts.heard)


def accepted_in(project: Project) -> dict[tuple[str, str], Accepted]:
    """What is let stand today, by check and subject."""
    today = clock.today(project.zone)
    own = (
        Acceptance.id,
        Acceptance.name,
        Acceptance.subject,
        Acceptance.reason,
        Acceptance.expires_on,
        Acceptance.author,
    )
    rows = plain(
        select(*own, Acceptance.at)
        .where(Acceptance.project_id == project.id, Acceptance.until.is_(None), Acceptance.expires_on >= today)
        .order_by(Acceptance.id)
    )
    return {
        (row.name, row.subject): Accepted(row.id, row.name, row.subject, row.reason, row.expires_on, row.author, row.at)
        for row in rows
    }


def names_of(logins: Iterable[str]) -> dict[str, str]:
    """What accounts are called now, by login: that is written in the chain of the site, which the radar does not follow."""
    rows = plain(select(User.login, User.name).where(User.login.in_(sorted(set(logins)))))
    return {row.login: row.name for row in rows}


def _judged(check: Check, found: Mapping[str, Details], accepted: Mapping[tuple[str, str], Accepted]) -> Finding:
    """What was found, parted into what counts and what somebody lets stand."""
    wholly = accepted.get((check.name, ""))
    counted, let = [], []
    for name, details in found.items():
        told = accepted.get((check.name, name)) or wholly
        if told is None:
            counted.append(Subject(name, details))
        else:
            let.append((Subject(name, details), told))
    return Finding(check, tuple(counted), tuple(let))


def _told(actor: Actor, project_id: int, found: Finding) -> Finding:
    """A finding as the reader may be told it."""
    check = found.check
    if type(check).veiled is Check.veiled:
        return found

    def veil(one: Subject) -> Subject:
        hidden = check.veiled(actor, project_id, one.name, one.details)
        return Subject("", {**one.details, "veiled": True}) if hidden else one

    let = tuple((veil(one), told) for one, told in found.accepted)
    return Finding(check, tuple(veil(one) for one in found.subjects), let)


def find(actor: Actor, project: Project, name: str) -> Finding:
    """What one check finds now, for whoever is about to write: nothing is taken from memory, no other check is made.

    Raises:
        NotFound: there is no such check, or not for the reader.
    """
    check = CHECKS.get(name)
    if check is None or not actor.may(check.permission, project.id):
        raise NotFound(name[:60])
    return _told(actor, project.id, _judged(check, check.find(Facts(actor, project)), accepted_in(project)))


def finds(actor: Actor, project: Project, name: str, subject: str) -> bool:
    """Whether a check finds now what somebody wants to let stand (``subject`` "": anything), and they may know which it is.

    Raises:
        NotFound: the check is not for them.
    """
    check = CHECKS[name]
    if not actor.may(check.permission, project.id):
        raise NotFound(name[:60])
    return check.finds(Facts(actor, project), subject)


def acceptance_for(actor: Actor, project_id: int, number: int) -> Acceptance:
    """A finding that somebody let stand, and that was not taken back.

    Raises:
        NotFound: none, or of another project, or its check is not for the reader.
    """
    row = db.session.get(Acceptance, number)
    check = CHECKS.get(row.name) if row is not None else None
    if row is None or row.project_id != project_id or row.until is not None:
        raise NotFound(f"acceptance {number}")
    if check is not None and not actor.may(check.permission, project_id):
        raise NotFound(f"acceptance {number}")
    return row


def numbers(project: Project, actor: Actor) -> dict[str, int]:
    """How many subjects each check has found, those that count."""
    return {found.check.name: found.count for found in radar(actor, project).findings if found.count}


def titles(actor: Actor, project_id: int, keys: Sequence[str]) -> dict[str, Any]:
    """``key title tier`` of those items among ``keys`` that the reader may see."""
    if not keys:
        return {}
    rows = plain(select(Item.key, Item.title, Item.tier).where(visible(actor, project_id), Item.key.in_(keys)))
    return {row.key: row for row in rows}


def title(actor: Actor, project_id: int, key: str) -> str:
    """The title of an item, "" where there is none of that key."""
    found = titles(actor, project_id, [key]).get(key)
    return found.title if found is not None else ""
