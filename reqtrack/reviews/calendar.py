"""Reviews as calendar files (RFC 5545), for any calendar: one meeting, or a series with what was moved or cancelled of it.

Times are in the project's zone with its rules along. The UID of a meeting stays, and SEQUENCE grows with each change, so that a file
taken again replaces what was taken before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.reviews.models import Review, ReviewSeries

MEDIA_TYPE = "text/calendar"
STATES = {"planned": "CONFIRMED", "held": "CONFIRMED", "cancelled": "CANCELLED"}


def of_review(project: Project, review: Review, href: str) -> bytes:
    """The file of one review. ``href``: the address of its page."""
    event = _event(project, review, href)
    event.add("uid", f"{_domain(project)}-review-{review.number}@reqtrack")
    return _written(project, [event])


def of_series(project: Project, series: ReviewSeries, reviews: Iterable[Review], href: str) -> bytes:
    """The file of a series: its rule, and those of its reviews that are not as the rule says.

    Args:
        href: the address of the reviews' page.
    """
    reviews = list(reviews)
    uid = f"{_domain(project)}-reviews-{series.id}@reqtrack"
    rule: dict[str, object] = {"freq": "weekly", "interval": series.weeks}
    if series.archived_at is not None:
        # What is planned of an ended series stays.
        last = max((_occurrence(series, one) for one in reviews), default=series.starts_on)
        rule["until"] = max(series.archived_at, _begins(project, last, series.begins)).astimezone(UTC)
    master = Event()
    begins = _begins(project, series.starts_on, series.begins)
    _fill(master, series.name, begins, series.minutes, series.place, href, series.version - 1)
    master.add("rrule", rule)
    master.add("status", "CONFIRMED")
    master.add("dtstamp", clock.now().replace(microsecond=0))
    events = [master]
    for review in reviews:
        planned = _occurrence(series, review)
        as_ruled = (planned, series.begins, series.minutes, series.place, series.name)
        if (
            as_ruled != (review.planned_on, review.begins, review.minutes, review.place, review.name)
            or review.state == "cancelled"
        ):
            event = _event(project, review, href)
            event.add("recurrence-id", _begins(project, planned, series.begins))
            events.append(event)
    for event in events:
        event.add("uid", uid)
    return _written(project, events)


def _domain(project: Project) -> str:
    return project.key.lower()


def _occurrence(series: ReviewSeries, review: Review) -> date:
    """The day of the rule that is nearest to a review's."""
    step = timedelta(weeks=series.weeks)
    number = max(round((review.planned_on - series.starts_on) / step), 0)
    return series.starts_on + number * step


def _begins(project: Project, day: date, at: str) -> datetime:
    hour, minute = at.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), ZoneInfo(project.zone))


def _event(project: Project, review: Review, href: str) -> Event:
    event = Event()
    begins = _begins(project, review.planned_on, review.begins)
    _fill(event, f"{review.key} {review.name}", begins, review.minutes, review.place, href, review.version - 1)
    event.add("status", STATES[review.state])
    event.add("dtstamp", clock.now().replace(microsecond=0))
    return event


def _fill(event: Event, name: str, begins: datetime, minutes: int, place: str, href: str, sequence: int) -> None:
    event.add("summary", name)
    event.add("dtstart", begins)
    # By the clock on the wall, also where that is put forward meanwhile.
    event.add("duration", timedelta(minutes=minutes))
    event.add("sequence", max(sequence, 0))
    if place:
        event.add("location", place)
    if href:
        event.add("url", href)


# To work out when a clock was put forward takes longer than all else of an answer.
@lru_cache(100)
def _clock_of(zone: str) -> Timezone:
    return Timezone.from_tzid(zone)


def _written(project: Project, events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//reqtrack//reviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", project.name)
    for event in events:
        calendar.add_component(event)
    for name in sorted(calendar.get_missing_tzids()):
        calendar.subcomponents.insert(0, _clock_of(name))
    return bytes(calendar.to_ical())
