"""Verbs of the overview: leaving out a line of the first week, the capacity of a new project's first phase, letting a finding stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import Select, select

from reqtrack import clock
from reqtrack.accounts.actions import change_project
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, NotFound, Reason, invalid, no
from reqtrack.permissions import Actor
from reqtrack.radar import policy
from reqtrack.radar.checks import CHECKS
from reqtrack.radar.models import Acceptance, Tally
from reqtrack.radar.policy import LINES
from reqtrack.radar.queries.findings import accepted_in, finds, names_of
from reqtrack.radar.queries.history import TOTAL
from reqtrack.requirements import actions, forms, queries
from reqtrack.requirements.actions import reasons
from reqtrack.requirements.queries.duplicates import CHECK

# Two that are not one will not become one by waiting.
FOR_GOOD = timedelta(days=3650)


def skip_line(actor: Actor, project: Project, line: str) -> None:
    """Leave a line of the first week out; once more changes nothing.

    Raises:
        NotFound: there is no such line. Refused: no permission.
    """
    if line not in LINES:
        raise NotFound(line[:40])
    skipped = set(project.first_week_skipped.split()) | {line}
    change_project(actor, project, {"first_week_skipped": " ".join(one for one in LINES if one in skipped)})


def take_capacity(actor: Actor, project: Project, form: Mapping[str, str]) -> None:
    """Take ``capacity_days`` of a new project's form for its first phase, where it was given.

    Raises:
        Invalid: it is no number.
    """
    given = form.get("capacity_days", "").strip()
    if given:
        values = forms.phase_values(project, {"capacity_days": given})
        actions.change_phase(actor, project, queries.phases(project.id)[0], values)


def accept(actor: Actor, project: Project, name: str, subject: str, reason: str, expires_on: date | None) -> Acceptance:
    """Let a finding stand until a day, with a reason: all of a check (``subject`` ""), or one of its subjects.

    Raises:
        Refused: no permission (403); it is let stand already (409).
        Invalid: no such check or finding, no reason, one that names an interviewee, a day that is past.
    """
    policy.may_accept(actor, project.id).require()
    if name not in CHECKS:
        raise invalid("check", "There is no check %(name)s.", name=name[:60])
    accepted = accepted_in(project)
    told = accepted.get((name, subject)) or accepted.get((name, ""))
    if told is not None:
        message = "%(name)s accepted it until %(day)s already: take that back first."
        name = names_of([told.author]).get(told.author, told.author)
        no("accepted", message, name=name, day=told.expires_on.isoformat()).require(409)
    said = _checked(project, reason, expires_on)
    if not finds(actor, project, name, subject):
        raise invalid("subject", "The radar does not find this now.")
    with recorded(actor, project.id, "finding.accepted", f"check:{name}", reason=said) as entry:
        for old in _standing(project.id, name, subject):
            old.until = entry.seq  # its day is past
        db.session.flush()
        row = Acceptance(
            project_id=project.id, name=name, subject=subject, reason=said, expires_on=expires_on, author=actor.login,
            at=entry.at, since=entry.seq,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        # Not the subject: a job role that few people hold may not be told to everybody who reads the chain.
        entry.after = {"check": name, "acceptance": row.id, "expires_on": str(expires_on)}
    return row


def keep_apart(actor: Actor, project: Project, subject: str, reason: str) -> None:
    """Keep that the two of a subject are two, and why, for as long as both are there.

    Raises:
        As ``accept``.
    """
    accept(actor, project, CHECK, subject, reason, clock.today(project.zone) + FOR_GOOD)


def _checked(project: Project, reason: str, expires_on: date | None) -> str:
    """The reason as it is kept."""
    said, wrong = reasons.read(project.id, reason, "Say why it is acceptable.")
    if expires_on is None:
        wrong.append(Reason("required", "Say until when it is accepted.", field="expires_on"))
    elif expires_on < clock.today(project.zone):
        wrong.append(Reason("past", "This day is past.", field="expires_on"))
    if wrong:
        raise Invalid(wrong)
    return said


def _standing(project_id: int, name: str, subject: str) -> list[Acceptance]:
    wanted = select(Acceptance).where(
        Acceptance.project_id == project_id, Acceptance.name == name, Acceptance.subject == subject,
        Acceptance.until.is_(None),
    )  # fmt: skip
    return list(db.session.execute(wanted).scalars())


def end_acceptance(actor: Actor, project: Project, acceptance: Acceptance) -> None:
    """Take back that a finding may stand: it counts again.

    Raises:
        Refused: no permission.
    """
    policy.may_accept(actor, project.id).require()
    with recorded(actor, project.id, "finding.counts_again", f"check:{acceptance.name}") as entry:
        acceptance.until = entry.seq
        entry.before = {"check": acceptance.name, "acceptance": acceptance.id, "reason": acceptance.reason}


def keep_tally(project: Project, day: date, numbers: Mapping[str, int]) -> None:
    """Keep how many findings each check had on a day; what was kept of that day before is replaced."""
    kept = {row.name: row for row in db.session.execute(_tallies(project.id, day)).scalars()}
    told = {**dict.fromkeys(kept, 0), **numbers, TOTAL: sum(numbers.values())}
    for name, number in told.items():
        if name in kept:
            kept[name].number = number
        else:
            db.session.add(Tally(project_id=project.id, day=day, name=name, number=number))


def _tallies(project_id: int, day: date) -> Select[Tally]:
    return select(Tally).where(Tally.project_id == project_id, Tally.day == day)
