"""One review, many of them, and the series that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select

from reqtrack.accounts.queries import members
from reqtrack.db import db, whole_number
from reqtrack.errors import NotFound
from reqtrack.items.kinds import by_key
from reqtrack.permissions import Actor
from reqtrack.reviews.models import AgendaLine, Review, ReviewSeries


def review_for(actor: Actor, project_id: int, given: str | int) -> Review:
    """A review by its number or its key (``2``, ``REV-2``).

    Raises:
        NotFound: the project has none such, or the actor may not read it.
    """
    number = whole_number(str(given).upper().removeprefix("REV-"))
    found = None
    if number is not None and actor.may("project.read", project_id):
        wanted = select(Review).where(Review.project_id == project_id, Review.number == number)
        found = db.session.execute(wanted).scalar()
    if found is None:
        raise NotFound(str(given)[:40])
    return found


def series_for(actor: Actor, project_id: int, number: int) -> ReviewSeries:
    """A series by its id.

    Raises:
        NotFound: the project has none such.
    """
    found = db.session.get(ReviewSeries, number)
    if found is None or found.project_id != project_id or not actor.may("project.read", project_id):
        raise NotFound(f"series {number}")
    return found


@dataclass(frozen=True)
class ReviewRow:
    """A review in a list: how many lines its agenda has, and of how many something was said."""

    review: Review
    lines: int
    said: int


def listing(project_id: int, after: int = 0, limit: int = 0) -> list[ReviewRow]:
    """The reviews of a project in the order of their numbers; newest first without ``limit`` (one statement)."""
    lines = (
        select(
            AgendaLine.review_id,
            func.count().label("lines"),
            func.sum(case((AgendaLine.outcome != "", 1), else_=0)).label("said"),
        )
        .where(AgendaLine.project_id == project_id, AgendaLine.position > 0)
        .group_by(AgendaLine.review_id)
        .subquery()
    )
    wanted = (
        select(Review, lines.c.lines, lines.c.said)
        .outerjoin(lines, lines.c.review_id == Review.id)
        .where(Review.project_id == project_id, Review.number > after)
    )
    wanted = (
        wanted.order_by(Review.number).limit(limit)
        if limit
        else wanted.order_by(Review.planned_on.desc(), Review.number.desc()).limit(200)
    )
    return [ReviewRow(row[0], int(row.lines or 0), int(row.said or 0)) for row in db.session.execute(wanted)]


@dataclass(frozen=True)
class SeriesRow:
    """A series, and the day of its next review that is planned."""

    series: ReviewSeries
    next_on: date | None


def series_of(project_id: int) -> list[SeriesRow]:
    """The series of a project that go on, in the order they were made (one statement)."""
    upcoming = (
        select(func.min(Review.planned_on))
        .where(Review.series_id == ReviewSeries.id, Review.state == "planned")
        .correlate(ReviewSeries)
        .scalar_subquery()
    )
    wanted = select(ReviewSeries, upcoming).where(
        ReviewSeries.project_id == project_id, ReviewSeries.archived_at.is_(None)
    )
    return [SeriesRow(row[0], row[1]) for row in db.session.execute(wanted.order_by(ReviewSeries.id))]


def lines_of(review: Review, taken_off: bool = False) -> Sequence[AgendaLine]:
    """The lines of an agenda in their order, by group; those taken off by hand too, where asked for."""
    wanted = select(AgendaLine).where(AgendaLine.review_id == review.id).order_by(AgendaLine.position, AgendaLine.id)
    found = db.session.execute(wanted if taken_off else wanted.where(AgendaLine.position > 0)).scalars().all()
    return sorted(found, key=lambda one: GROUPS.index(group_of(one)))


# What a review is held for comes first: the changes, and what somebody put on by hand.
GROUPS = ("first", "items", "findings")


def group_of(line: AgendaLine) -> str:
    """To which part of the agenda a line belongs."""
    if ":" in line.subject:
        return "findings"
    kind = by_key(line.subject)
    return "first" if line.why == "hand" or (kind is not None and kind.name == "change") else "items"


def occurrence(series: ReviewSeries, after: date) -> date:
    """The first day of a series after a day."""
    step = timedelta(weeks=series.weeks)
    if series.starts_on > after:
        return series.starts_on
    return series.starts_on + ((after - series.starts_on) // step + 1) * step


def next_planned(project_id: int, review: Review, series: ReviewSeries | None = None) -> Review | None:
    """The planned review that comes next after one; of a series, where one is given."""
    wanted = (
        select(Review)
        .where(Review.project_id == project_id, Review.state == "planned", Review.id != review.id)
        .order_by(Review.planned_on, Review.number)
    )
    if series is not None:
        wanted = wanted.where(Review.series_id == series.id)
    return db.session.execute(wanted).scalars().first()


def people(project_id: int) -> dict[str, str]:
    """The names of the members, by login (one statement)."""
    return {one.login: one.name for one in members(project_id)}


def line_for(review: Review, number: int) -> AgendaLine:
    """A line of an agenda by its id.

    Raises:
        NotFound: it has none such.
    """
    found = db.session.get(AgendaLine, number)
    if found is None or found.review_id != review.id:
        raise NotFound(f"line {number}")
    return found


def reviews_of(series: ReviewSeries) -> Sequence[Review]:
    """The reviews of a series, in their order."""
    wanted = select(Review).where(Review.series_id == series.id).order_by(Review.number)
    return db.session.execute(wanted).scalars().all()


def day_of(project_id: int, key: str) -> date | None:
    """On which day a review is that is still to come; None where there is none of that key."""
    number = whole_number(key.strip().upper().removeprefix("REV-"))
    if number is None or not key.strip().upper().startswith("REV-"):
        return None
    wanted = select(Review.planned_on).where(
        Review.project_id == project_id, Review.number == number, Review.state == "planned"
    )
    return db.session.execute(wanted).scalar()
