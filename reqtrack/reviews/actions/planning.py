"""Planning reviews, one or every so many weeks; holding and cancelling them, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.changes.models import Change
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, Stale, no
from reqtrack.items import store
from reqtrack.permissions import Actor
from reqtrack.reviews import policy, queries
from reqtrack.reviews.actions.agenda import fill, require_write
from reqtrack.reviews.models import Review, ReviewSeries
from reqtrack.reviews.queries.reviews import next_planned, occurrence

CONTENT = ("name", "planned_on", "begins", "minutes", "place", "people")


def plan(actor: Actor, project: Project, given: Mapping[str, Any], series: ReviewSeries | None = None) -> Review:
    """Plan a review; its agenda is filled from what waits.

    Args:
        given: name, planned_on, begins ("HH:MM"), minutes, place, people (logins).

    Raises:
        Refused: no permission. Invalid: per field.
    """
    policy.require(policy.may_manage(actor, project.id))
    told = _checked(project, given)
    number = store.next_number(project.id, "REV")
    with recorded(actor, project.id, "review.planned", f"REV-{number}") as entry:
        review = Review(
            project_id=project.id, number=number, series_id=series.id if series else None, name=told["name"],
            planned_on=told["planned_on"], begins=told["begins"], minutes=told["minutes"], place=told["place"],
            present=" ".join(told["people"]), note="", state="planned", created_by=actor.login, created_at=entry.at,
        )  # fmt: skip
        db.session.add(review)
        entry.after = _told(review)
    fill(actor, project, review)
    return review


def plan_series(actor: Actor, project: Project, given: Mapping[str, Any], weeks: int) -> tuple[ReviewSeries, Review]:
    """Plan a review every so many weeks, and the first of them.

    Raises:
        Refused: no permission. Invalid: per field.
    """
    policy.require(policy.may_manage(actor, project.id))
    told = _checked(project, given)
    if not 1 <= weeks <= 52:
        raise Invalid([Reason("invalid", "Every how many weeks: a number from 1 to 52.", {}, "weeks")])
    with recorded(actor, project.id, "review.series_planned", "") as entry:
        series = ReviewSeries(
            project_id=project.id, name=told["name"], starts_on=told["planned_on"], begins=told["begins"],
            minutes=told["minutes"], weeks=weeks, place=told["place"],
        )  # fmt: skip
        db.session.add(series)
        db.session.flush()
        entry.subject = f"series:{series.id}"
        entry.after = {
            "name": series.name,
            "starts_on": series.starts_on.isoformat(),
            "begins": series.begins,
            "weeks": weeks,
        }
    return series, plan(actor, project, given, series)


def change_review(
    actor: Actor, project: Project, review: Review, given: Mapping[str, Any], *, seen: int | None = None
) -> None:
    """Change when, where and with whom a review is, until it was held. What was put off until it moves along.

    Raises:
        Refused: not theirs, or held. Stale: it moved since ``seen``. Invalid: per field.
    """
    require_write(actor, review)
    if seen is not None and seen != review.version:
        raise Stale(review.key, seen, review.version, {}, {})
    now = {**_told(review), "planned_on": review.planned_on, "people": review.present.split()}
    told = _checked(project, {**now, **given}, asked=now["people"])
    with recorded(actor, project.id, "review.changed", review.key, before=_told(review)) as entry:
        for name in ("name", "planned_on", "begins", "minutes", "place"):
            setattr(review, name, told[name])
        review.present = " ".join(told["people"])
        for change in _put_off_until(review):
            change.back_on = review.planned_on
        entry.after = _told(review)


def _put_off_until(review: Review) -> list[Change]:
    wanted = select(Change).where(
        Change.project_id == review.project_id, Change.stage == "deferred", Change.deferred_until == review.key
    )
    return list(db.session.execute(wanted).scalars())


def _put_off_further(actor: Actor, project: Project, review: Review, following: Review | None) -> None:
    """What was put off until a review that is not held comes back with the one that takes over; without one, today."""
    day = following.planned_on if following is not None else clock.today(project.zone)
    until = following.key if following is not None else day.isoformat()
    for change in _put_off_until(review):
        before = {"until": change.deferred_until}
        with recorded(actor, project.id, "change.put_off", change.key, reason=review.key, before=before) as entry:
            change.deferred_until, change.back_on = until, day
            entry.after = {"until": until, "back_on": day.isoformat()}


def hold(
    actor: Actor, project: Project, review: Review, people: list[str] | None = None, note: str = "",
    *, seen: int | None = None,
) -> Review | None:  # fmt: skip
    """Close a review: who was there, and a note to the minutes. What was not reached goes to the next one, which is planned if the
    series goes on; it is returned.

    Raises:
        Refused: not theirs, or held already (409). Stale: it moved since ``seen``. Invalid: somebody is no member.
    """
    require_write(actor, review)
    if seen is not None and seen != review.version:
        raise Stale(review.key, seen, review.version, {}, {})
    there = review.present.split() if people is None else _members(project, people)
    with recorded(actor, project.id, "review.held", review.key) as entry:
        review.state, review.held_at = "held", entry.at
        review.present, review.note = " ".join(there), note.strip()[:5000]
        entry.after = {"present": there}
    return _go_on(actor, project, review)


def cancel(actor: Actor, project: Project, review: Review, *, seen: int | None = None) -> Review | None:
    """Say that a review is not held; the next of its series is planned.

    Raises:
        Refused: not theirs, or held already (409). Stale: it moved since ``seen``.
    """
    require_write(actor, review)
    if seen is not None and seen != review.version:
        raise Stale(review.key, seen, review.version, {}, {})
    with recorded(actor, project.id, "review.cancelled", review.key):
        review.state = "cancelled"
    following = _go_on(actor, project, review)
    _put_off_further(actor, project, review, following)
    return following


def _go_on(actor: Actor, project: Project, review: Review) -> Review | None:
    """The review that takes over what is left of this one: the next of all that are planned. Where its series goes on and none of it
    is planned, its next one is."""
    following = next_planned(project.id, review)
    series = db.session.get(ReviewSeries, review.series_id) if review.series_id is not None else None
    if series is None or series.archived_at is not None or next_planned(project.id, review, series):
        if following is not None:
            fill(actor, project, following)
        return following
    day = occurrence(series, max(review.planned_on, clock.today(project.zone)))
    if following is not None and following.planned_on <= day:
        # What was not reached goes where it is gone through first.
        fill(actor, project, following)
    given = {"name": series.name, "planned_on": day, "begins": series.begins, "minutes": series.minutes,
             "place": series.place, "people": _still(project, review.present.split())}  # fmt: skip
    planned = plan(actor, project, given, series)
    return following if following is not None and following.planned_on <= day else planned


def end_series(actor: Actor, project: Project, series: ReviewSeries) -> None:
    """No more of a series is planned; what is planned already stays until it is held or cancelled.

    Raises:
        Refused: not theirs, or ended already (409).
    """
    verdict = policy.may_manage(actor, project.id)
    if series.archived_at is not None:
        verdict += no("ended", "This series is ended already.")
    policy.require(verdict)
    with recorded(actor, project.id, "review.series_ended", f"series:{series.id}") as entry:
        series.archived_at = entry.at


# -- what fits ---------------------------------------------------------------------------------------------------------


def _checked(project: Project, given: Mapping[str, Any], asked: Sequence[str] = ()) -> dict[str, Any]:
    """What was given as it is kept. ``asked``: who was asked to come before; they may have left the project since.

    Raises:
        Invalid: with a reason for each field that does not fit.
    """
    reasons: list[Reason] = []
    name = " ".join(str(given.get("name") or "").split())[:200]
    if not name:
        reasons.append(Reason("required", "A review needs a name.", {}, "name"))
    day = _day(given.get("planned_on"))
    if day is None or not 2000 <= day.year <= 2100:
        reasons.append(Reason("invalid", "Say on which day, such as 2026-11-20.", {}, "planned_on"))
    begins = _time(str(given.get("begins") or ""))
    if not begins:
        reasons.append(Reason("invalid", "Say at what time, such as 14:30.", {}, "begins"))
    minutes = _minutes(given.get("minutes"))
    if not minutes:
        reasons.append(Reason("invalid", "For how many minutes: a number from 5 to 1440.", {}, "minutes"))
    try:
        people = _members(project, given.get("people") or [], asked)
    except Invalid as error:
        people, reasons = [], [*reasons, *error.reasons]
    if reasons:
        raise Invalid(reasons)
    place = " ".join(str(given.get("place") or "").split())[:400]
    return {"name": name, "planned_on": day, "begins": begins, "minutes": minutes, "place": place, "people": people}


def _day(given: Any) -> date | None:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given or "").strip())
    except ValueError:
        return None


def _time(given: str) -> str:
    hour, colon, minute = given.strip().partition(":")
    plain = hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(minute) == 2
    if not (colon and plain and len(hour) <= 2 and int(hour) < 24 and int(minute) < 60):
        return ""
    return f"{int(hour):02}:{minute}"


def _minutes(given: Any) -> int:
    text = str(given if given is not None else "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    return number if 5 <= number <= 1440 else 0


def _members(project: Project, logins: Any, before: Sequence[str] = ()) -> list[str]:
    known = {*queries.people(project.id), *before}
    wanted = list(dict.fromkeys(str(one).strip() for one in logins if str(one).strip()))
    wrong = [one for one in wanted if one not in known]
    if wrong:
        raise Invalid(
            [Reason("invalid", "%(login)s is not a member of this project.", {"login": wrong[0][:80]}, "people")]
        )
    return wanted


def _still(project: Project, logins: list[str]) -> list[str]:
    known = queries.people(project.id)
    return [one for one in logins if one in known]


def _told(review: Review) -> dict[str, Any]:
    return {"name": review.name, "planned_on": review.planned_on.isoformat(), "begins": review.begins, "minutes": review.minutes,
            "place": review.place}  # fmt: skip
