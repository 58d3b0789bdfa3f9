"""Making and ending the links by which anybody may say something."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reqtrack import clock
from reqtrack.accounts.links import new_secret
from reqtrack.accounts.models import Project
from reqtrack.accounts.sessions import digest_of
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason
from reqtrack.feedback import policy
from reqtrack.feedback.models import FeedbackLink
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import Actor

LONGEST_NAME = 200
MOST_DAYS = 3_660


def make_link(actor: Actor, project: Project, name: str, until: date | None = None) -> tuple[FeedbackLink, str]:
    """Make a link; answers it with its secret, which is kept nowhere.

    Args:
        name: where it hangs.
        until: the last day on which it takes feedback, by the project's calendar; None: until somebody ends it.

    Raises:
        Refused: no permission. Invalid: no name, or a day that is over or years away.
    """
    policy.may_triage(actor, project.id).require()
    named, reasons = _name(name)
    if until is not None and until < clock.today(project.zone):
        reasons.append(Reason("past", "This day is over.", {}, "until"))
    if until is not None and until > clock.today(project.zone) + timedelta(days=MOST_DAYS):
        reasons.append(
            Reason("far", "This is too far away. Leave the day out: the link holds until you end it.", {}, "until")
        )
    if reasons:
        raise Invalid(reasons)
    secret = new_secret()
    with recorded(actor, project.id, "feedback_link.made", project.key) as entry:
        link = FeedbackLink(
            project_id=project.id, digest=digest_of(secret), name=named, made_by=actor.login, made_at=entry.at,
            expires_at=_end_of(until, project.zone) if until is not None else None,
        )  # fmt: skip
        db.session.add(link)
        db.session.flush()
        entry.subject = f"feedback_link:{link.id}"
        entry.after = {"name": named, "until": until.isoformat() if until is not None else None}
    return link, secret


def _name(given: str) -> tuple[str, list[Reason]]:
    try:
        named = " ".join(text_of(given, LONGEST_NAME).split())
    except Unfit as unfit:
        return "", [Reason("invalid", unfit.message, unfit.params, "name")]
    return named, [] if named else [Reason("required", "Say where it hangs: a poster, a leaflet, a page.", {}, "name")]


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def end_link(actor: Actor, link: FeedbackLink) -> None:
    """Make a link worthless; what it brought stays.

    Raises:
        Refused: no permission (403), or it is ended already (409).
    """
    verdict = policy.may_end_link(actor, link.project_id, link.revoked_at is not None)
    verdict.require(409 if all(one.code == "revoked" for one in verdict.reasons) else 403)
    with recorded(actor, link.project_id, "feedback_link.revoked", f"feedback_link:{link.id}") as entry:
        link.revoked_at = entry.at
