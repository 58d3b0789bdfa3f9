"""Saying that somebody acts for another who is away, and ending it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from reqtrack import clock
from reqtrack.accounts.models import Project, User
from reqtrack.accounts.queries import user_by_login
from reqtrack.audit.record import recorded
from reqtrack.db import clean_text, db, lock_project
from reqtrack.errors import Invalid, Verdict, invalid
from reqtrack.permissions import Actor
from reqtrack.signoff import away, queries
from reqtrack.signoff.models import Delegate

# Reasons that are about who asks (403); those with a field are about what was typed (422).
PERSONAL = {"administrator", "no_permission", "reauthentication"}
LONGEST = 2_000


def set_away(
    actor: Actor,
    absent: User,
    delegate: User,
    starts_on: date,
    ends_on: date,
    *,
    project: Project | None = None,
    scope: str = "",
    most_days: Decimal | None = None,
    reason: str = "",
) -> Delegate:
    """Say that the delegate acts for the absent one from a day to a day, in one project or (None) in all of theirs.

    Args:
        scope: ``decide``, ``sign``, or "" for both. most_days: changes up to so many person-days alone; signatures then not.

    Raises:
        Refused: it is not the actor's to say, or the password is needed (403). Invalid: what was typed does not fit.
    """
    if scope not in away.SCOPES:
        raise invalid("scope", "%(given)s is not one of: %(choices)s.", given=scope[:20], choices=away.SCOPES[1:])
    reason = clean_text(reason).strip()
    if len(reason) > LONGEST:
        raise invalid("reason", "At most %(most)s characters fit.", "too_long", most=LONGEST)
    if most_days is not None:
        most_days = Decimal(most_days).quantize(Decimal("0.01"))
        if not 0 < most_days <= away.MOST_EFFORT:
            raise invalid("most_days", "Give a number of person-days above zero, or none for no limit.")
    if project is not None:
        lock_project(db.session.connection(), project.key)
    span = away.Span(starts_on, ends_on, scope, project.id if project else None)
    who = queries.as_who([absent, delegate])
    today = clock.today(project.zone if project else "UTC")
    known = queries.spans_of(absent.id)
    _require(away.may_set(actor, who[absent.id], who[delegate.id], span, today, reason=reason, known=known))
    chain = project.id if project else 0
    with recorded(actor, chain, "delegate.set", "delegate", reason=reason) as entry:
        row = Delegate(
            project_id=span.project_id, absent_id=absent.id, delegate_id=delegate.id, starts_on=starts_on, ends_on=ends_on,
            scope=scope, most_days=most_days, reason=reason, set_by=actor.login, set_at=entry.at,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        entry.subject = f"delegate:{row.id}"
        entry.after = _told(row, absent.login, delegate.login)
    return row


def person_named(actor: Actor, field: str, login: str, project_ids: Iterable[int]) -> User:
    """The account of a login, where it is a member of one of these projects: of others nobody is told whether they are there.

    Raises:
        Invalid
    """
    wanted = login.strip()
    if not wanted:
        raise invalid(field, "Choose who.", "required")
    if wanted not in {one for one, _name in queries.who_may_act(actor, project_ids)}:
        raise invalid(field, "There is no %(what)s here, or you may not see it.", what=wanted[:80])
    return user_by_login(wanted)


def see_given(actor: Actor) -> None:
    """Say that one has seen what was decided and signed for oneself; it is not told of again."""
    with recorded(actor, 0, queries.SEEN, actor.login):
        pass


def _require(verdict: Verdict) -> None:
    personal = tuple(one for one in verdict.reasons if one.code in PERSONAL)
    if personal:
        Verdict(personal).require(403)
    if verdict.reasons:
        raise Invalid(verdict.reasons)


def end_away(actor: Actor, row: Delegate) -> None:
    """End it: from the next request on the delegate acts no more. What they gave stays.

    Raises:
        Refused: not theirs to end (403), or over already (409).
    """
    absent, delegate = db.session.get_one(User, row.absent_id), db.session.get_one(User, row.delegate_id)
    project = db.session.get(Project, row.project_id) if row.project_id else None
    if project is not None:
        lock_project(db.session.connection(), project.key)
        db.session.refresh(row)
    over = row.revoked_at is not None or row.ends_on < clock.today(project.zone if project else "UTC")
    verdict = away.may_end(actor, absent.login, delegate.login, row.project_id, ended=over)
    verdict.require(403 if any(one.code == "no_permission" for one in verdict.reasons) else 409)
    with recorded(actor, row.project_id or 0, "delegate.ended", f"delegate:{row.id}") as entry:
        row.revoked_at = entry.at
        entry.before = _told(row, absent.login, delegate.login)


def _told(row: Delegate, absent: str, delegate: str) -> dict[str, Any]:
    return {
        "absent": absent, "delegate": delegate, "starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat(),
        "scope": row.scope, "most_days": row.most_days, "project": row.project_id,
    }  # fmt: skip
