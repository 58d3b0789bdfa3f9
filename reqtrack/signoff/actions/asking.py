"""Asking for signatures: of whom, by which rule, in which order and ways."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reqtrack.accounts.models import Project, User
from reqtrack.audit.record import recorded
from reqtrack.baselines.actions import take
from reqtrack.baselines.queries import Prepared
from reqtrack.db import clean_text, db
from reqtrack.errors import Invalid, NotFound, Reason, every, invalid
from reqtrack.items import store
from reqtrack.permissions import Actor
from reqtrack.signoff import policy, queries, subjects
from reqtrack.signoff.models import Signoff, SignoffSeat
from reqtrack.signoff.queries.waiting import SIGNING
from reqtrack.signoff.seats import OUTSIDE_ROLE, RULES, WAYS, Rule, Seat, Wanted, could_be_alone
from reqtrack.signoff.subjects import Subject

MOST_SEATS = 50
MOST_NAME = 200


def request(
    actor: Actor,
    project: Project,
    subject: str,
    meaning: str,
    signers: Sequence[str | Wanted],
    rule: str = "all",
    due_on: date | None = None,
    *,
    needed: int | None = None,
    ordered: bool = False,
    ways: str = "electronic",
) -> Signoff:
    """Ask people to sign a baseline or a closed round.

    Args:
        subject: its key (``BL-1``, ``RND-1``).
        meaning: what a signature says, in words.
        signers: logins, roles or people outside, in the order in which they sign where it is ``ordered``; each account must hold a
            role that may sign.
        rule: ``all`` of them, ``any`` one, a ``number`` of them (``needed``), or one ``per_role``.
        ways: ``electronic``, ``paper``, ``both``, or ``either`` as they like.

    Raises:
        Refused: 403 no permission, 409 the subject is not ready to be signed. Invalid: with a reason per field.
    """
    policy.may_request(actor, project.id).require()
    meaning = clean_text(meaning).strip()
    wanted = [Wanted(login=one) if isinstance(one, str) else one for one in signers]
    wanted = list(dict.fromkeys(_tidied(one) for one in wanted))
    reasons = _missing(subject, meaning, wanted, Rule(rule, needed, ordered, ways))
    seats, unable = _seats(project, wanted, per_role=rule == "per_role")
    reasons += unable
    if reasons:
        raise Invalid(reasons)
    found = _subject(project, subject)
    if could_be_alone([one for one, _row in seats], found.made_by):
        message = "%(login)s alone tested this: ask somebody else to sign as well."
        if found.kind == "baseline":
            message = "%(login)s alone wrote this: ask somebody else to sign as well."
        raise invalid("signers", message, login=min(found.made_by))
    return _asked(actor, project, found, meaning, seats, Rule(rule, needed, ordered, ways), due_on)


def _tidied(one: Wanted) -> Wanted:
    name, organisation = (" ".join(clean_text(part).split()) for part in (one.name, one.organisation))
    return Wanted(one.login.strip(), one.role.strip(), name, organisation)


def _subject(project: Project, key: str) -> Subject:
    try:
        found = subjects.load(project.id, key.strip())
    except NotFound:
        raise invalid("subject", "There is nothing to be signed named %(subject)s here.", subject=key[:40]) from None
    found.ready.require(409)
    every(condition(project, found) for condition in subjects.CONDITIONS).require(409)
    return found


def _asked(
    actor: Actor,
    project: Project,
    found: Subject,
    meaning: str,
    seats: Sequence[tuple[Seat, SignoffSeat]],
    rule: Rule,
    due_on: date | None,
) -> Signoff:
    number = store.next_number(project.id, "SGN")
    with recorded(actor, project.id, "signoff.requested", f"SGN-{number}") as entry:
        signoff = Signoff(
            project_id=project.id, number=number, subject=found.key, meaning=meaning, rule=rule.name,
            needed=rule.needed if rule.name == "number" else None, ordered=rule.ordered, ways=rule.ways, due_on=due_on,
            fingerprint=found.fingerprint, requested_by=actor.login, requested_at=entry.at, state="requested",
        )  # fmt: skip
        db.session.add(signoff)
        db.session.flush()
        for _seat, row in seats:
            row.signoff_id = signoff.id
            db.session.add(row)
        entry.after = {
            "subject": found.key, "meaning": meaning, "signers": [_told(row, seat) for seat, row in seats],
            "rule": rule.name, "needed": signoff.needed, "ordered": rule.ordered, "ways": rule.ways,
            "due_on": due_on.isoformat() if due_on else None, "fingerprint": found.fingerprint,
        }  # fmt: skip
    return signoff


def _told(row: SignoffSeat, seat: Seat) -> str | dict[str, str]:
    """A seat as the event tells of it: a login, a role, or somebody outside."""
    if seat.outside:
        return {"name": seat.outside, "organisation": row.outside_organisation or ""}
    return seat.login or {"role": seat.role}


def send_next(
    actor: Actor,
    project: Project,
    name: str,
    meaning: str,
    signers: Sequence[str],
    prepared: Prepared | None = None,
    *,
    drafts: bool = False,
) -> Signoff:
    """Take the next baseline of the scope and ask all of these people to sign it.

    Args:
        drafts: also the requirements that nobody has reviewed: whoever signs would approve them unseen.
        prepared: its fingerprint, computed before the lock.

    Raises:
        As ``baselines.actions.take`` and ``request``; then nothing was taken.
    """
    policy.may_request(actor, project.id).require()
    told = queries.next_scope(actor, project.id)
    if not drafts and told.drafts and not told.taken:
        message = "All requirements are drafts: have them reviewed first, or take the drafts knowingly."
        raise invalid("drafts", message, "required")
    taken = take(actor, project, name, prepared, drafts=drafts)
    return request(actor, project, taken.key, meaning, signers)


def _missing(subject: str, meaning: str, wanted: Sequence[Wanted], rule: Rule) -> list[Reason]:
    reasons = []
    if not subject.strip():
        reasons.append(Reason("required", "Say what is to be signed.", {}, "subject"))
    if not meaning:
        reasons.append(Reason("required", "Say in words what a signature means.", {}, "meaning"))
    elif len(meaning) > 2_000:
        reasons.append(Reason("too_long", "At most %(most)s characters fit.", {"most": 2_000}, "meaning"))
    if not wanted:
        reasons.append(Reason("required", "Choose who is to sign.", {}, "signers"))
    elif len(wanted) > MOST_SEATS:
        reasons.append(Reason("too_many", "At most %(most)s are asked at once.", {"most": MOST_SEATS}, "signers"))
    return reasons + _unruly(rule, len(wanted))


def _unruly(rule: Rule, count: int) -> list[Reason]:
    """What is wrong with a rule for so many seats."""
    reasons = []
    if rule.name not in RULES:
        reasons.append(Reason("invalid", "The rule is: all, any, number, or per_role.", {}, "rule"))
    elif rule.name == "number" and not 1 <= (rule.needed or 0) <= max(count, 1):
        message = "Say how many have to sign: from 1 to %(most)s, as many as are asked."
        reasons.append(Reason("invalid", message, {"most": max(count, 1)}, "needed"))
    if rule.ways not in WAYS:
        message = "It is signed in one of these ways: electronic, paper, both, either."
        reasons.append(Reason("invalid", message, {}, "ways"))
    return reasons


def _seats(
    project: Project, wanted: Sequence[Wanted], *, per_role: bool
) -> tuple[list[tuple[Seat, SignoffSeat]], list[Reason]]:
    """A seat for each who is wanted, and a reason for each that cannot sign in this project."""
    able = {user.login: (user, roles) for user, roles in queries.possible_signers(project.id)}
    reasons: list[Reason] = []
    found: list[tuple[Seat, SignoffSeat]] = []
    for at, one in enumerate(wanted, 1):
        problem = _unable(one, able)
        if problem is not None:
            reasons.append(problem)
        elif one.name:
            row = SignoffSeat(
                position=at, role=OUTSIDE_ROLE, outside_name=one.name, outside_organisation=one.organisation
            )
            found.append((Seat(at, role=OUTSIDE_ROLE, outside=one.name), row))
        elif one.role:
            found.append((Seat(at, role=one.role), SignoffSeat(position=at, role=one.role)))
        else:
            user, roles = able[one.login]
            role = next((name for name in SIGNING_FIRST if name in roles), "") if per_role else ""
            found.append((Seat(at, user.login, role), SignoffSeat(position=at, user_id=user.id, role=role)))
    return found, reasons


# As which somebody of several roles signs by the rule *one per role*.
SIGNING_FIRST = tuple(sorted(SIGNING, key=lambda role: (role != "business_owner", role != "sponsor", role)))


def _unable(one: Wanted, able: dict[str, tuple[User, tuple[str, ...]]]) -> Reason | None:
    """Why somebody cannot be asked to sign."""
    if one.name:
        if len(one.name) > MOST_NAME or len(one.organisation) > MOST_NAME:
            return Reason("too_long", "At most %(most)s characters fit.", {"most": MOST_NAME}, "signers")
        return None
    if one.role:
        if any(one.role in roles for _user, roles in able.values()) and one.role in SIGNING:
            return None
        message = "Nobody here holds the role %(role)s and may sign."
        return Reason("cannot_sign", message, {"role": one.role[:40]}, "signers")
    if one.login in able:
        return None
    message = "%(login)s holds no role in this project that may sign."
    return Reason("cannot_sign", message, {"login": one.login[:80]}, "signers")
