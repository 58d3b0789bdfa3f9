"""Reviews: planned, their agenda, what was said of it, and its one confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, request

from reqtrack import clock
from reqtrack.api.area import PROJECT, after_number, answered, area, check_version, created, limit, listed, short
from reqtrack.api.schemas import (
    AgendaLineBody,
    AgendaLinePatch,
    HoldingBody,
    ReviewConfirmationBody,
    ReviewPatch,
    ReviewPlanBody,
)
from reqtrack.db import db
from reqtrack.items import present
from reqtrack.reviews import actions, calendar, queries
from reqtrack.reviews.models import AgendaLine, Review
from reqtrack.reviews.pages import called
from reqtrack.reviews.queries import Pending
from reqtrack.reviews.queries.reviews import line_for, reviews_of


def _review(key: str) -> Review:
    return queries.review_for(g.actor, g.project_id, key)


def _row(review: Review, lines: int, said: int) -> dict[str, Any]:
    return {
        "key": review.key, "version": review.version, "number": review.number, "name": review.name,
        "planned_on": review.planned_on.isoformat(), "begins": review.begins, "minutes": review.minutes, "place": review.place,
        "people": review.present.split(), "state": review.state, "series": review.series_id,
        "held_at": clock.iso(review.held_at) if review.held_at else None, "created_at": clock.iso(review.created_at),
        "lines": lines, "said": said,
    }  # fmt: skip


def _shown(review: Review) -> dict[str, Any]:
    """A review with its agenda, as the reader may know it."""
    db.session.flush()
    lines = queries.lines_of(review)
    note = present.mask(g.actor, g.project_id, review.note) if review.note else ""
    return {
        **_row(review, len(lines), sum(1 for one in lines if one.outcome)),
        "note": note or None,
        "agenda": _agenda(review, lines),
    }


def _agenda(review: Review, lines: Sequence[AgendaLine]) -> list[dict[str, Any]]:
    subjects = queries.subjects_of(g.actor, g.project_id, lines)
    waiting = {one.line.id: one for one in queries.pending(g.actor, review, lines)}
    return [{**_line(review, one, subjects, waiting.get(one.id)), "place": place} for place, one in enumerate(lines, 1)]


def _line(review: Review, one: AgendaLine, subjects: dict[str, Any], waits: Pending | None) -> dict[str, Any]:
    row = subjects.get(one.subject)
    stage = row.stage if row is not None and row.kind == "change" else ""
    told: dict[str, Any] = {"id": one.id, "version": one.version, "why": one.why}
    if queries.hidden(one, subjects):
        return {**told, "subject": None, "title": None, "outcome": None, "note": None, "standing": None, "carried": False,
                "waits_for": [], "yours": False, "reasons": []}  # fmt: skip
    return {
        **told, "subject": one.subject, "title": str(called(g.project, one.subject, subjects)[0]),
        "outcome": one.outcome or None, "note": (present.mask(g.actor, g.project_id, one.note) if one.note else "") or None,
        "standing": queries.outcome_of(one, stage) if review.state == "held" else None, "carried": one.carried_id is not None,
        "waits_for": list(waits.names) if waits is not None else [],
        "yours": waits.mine if waits is not None else False,
        "reasons": [str(reason) for reason in waits.verdict.reasons] if waits is not None else [],
    }  # fmt: skip


@area.listing(f"{PROJECT}/reviews", "project.read")
@area.doc(summary="List reviews", tags=["reviews"])
def list_reviews(project: str) -> Response:
    size = limit()
    rows = queries.listing(g.project_id, after_number(), size + 1)
    shown = [_row(one.review, one.lines, one.said) for one in rows[:size]]
    return listed(shown, rows[size - 1].review.number if len(rows) > size else None)


@area.page(f"{PROJECT}/reviews/<key>", "project.read")
@area.doc(summary="Read a review with its agenda", tags=["reviews"])
def read_review(project: str, key: str) -> Response:
    return answered(_shown(_review(key)))


@area.act(f"{PROJECT}/reviews", "review.manage", makes="read_review")
@area.input(ReviewPlanBody, location="json", arg_name="body")
@area.doc(summary="Plan a review, or with weeks a series of them", tags=["reviews"])
def create_review(project: str, body: ReviewPlanBody) -> Response:
    given = body.model_dump(exclude={"weeks"})
    if body.weeks is None:
        review = actions.plan(g.actor, g.project, given)
    else:
        _series, review = actions.plan_series(g.actor, g.project, given, int(body.weeks))
    return created(_shown(review))


@area.act(f"{PROJECT}/reviews/<key>", "review.manage", methods=("PATCH",))
@area.input(ReviewPatch, location="json", arg_name="body")
@area.doc(summary="Change when, where and with whom a review is", tags=["reviews"])
def update_review(project: str, key: str, body: ReviewPatch) -> Response:
    review = _review(key)
    check_version(review.key, review.version)
    actions.change_review(g.actor, g.project, review, body.model_dump(exclude_unset=True), seen=review.version)
    return answered(_shown(review))


@area.act(f"{PROJECT}/reviews/<key>/agenda", "review.manage", shape="Thing")
@area.doc(summary="Take in what waits now, and let go of what no longer does", tags=["reviews"])
def fill_agenda(project: str, key: str) -> Response:
    review = _review(key)
    actions.fill(g.actor, g.project, review)
    return created(_shown(review))


@area.listing(f"{PROJECT}/reviews/<key>/lines", "project.read")
@area.doc(summary="The lines of an agenda, in order", tags=["reviews"])
def list_agenda_lines(project: str, key: str) -> Response:
    return short(_shown(_review(key))["agenda"], "id")


@area.act(f"{PROJECT}/reviews/<key>/lines", "review.manage")
@area.input(AgendaLineBody, location="json", arg_name="body")
@area.doc(summary="Put an item on the agenda", tags=["reviews"])
def create_agenda_line(project: str, key: str, body: AgendaLineBody) -> Response:
    review = _review(key)
    line = actions.add_line(g.actor, review, body.item)
    db.session.flush()
    return created(_agenda(review, [line])[0])


@area.act(f"{PROJECT}/reviews/<key>/lines/<int:number>", "review.manage", methods=("PATCH",))
@area.input(AgendaLinePatch, location="json", arg_name="body")
@area.doc(summary="Write down what was said of a line, or put it at another place", tags=["reviews"])
def update_agenda_line(project: str, key: str, number: int, body: AgendaLinePatch) -> Response:
    review = _review(key)
    line = line_for(review, number)
    check_version(line.subject, line.version)
    if body.outcome is not None:
        actions.say(g.actor, review, line, body.outcome, body.note, seen=line.version)
    if body.place is not None:
        actions.put_line(g.actor, review, line, int(body.place))
    db.session.flush()
    return answered(_agenda(review, [line])[0])


@area.act(f"{PROJECT}/reviews/<key>/lines/<int:number>", "review.manage", methods=("DELETE",))
@area.doc(summary="Take a line off the agenda; it is not filled in again", tags=["reviews"])
def delete_agenda_line(project: str, key: str, number: int) -> Response:
    review = _review(key)
    actions.take_off(g.actor, review, line_for(review, number))
    return Response(status=204)


@area.act(f"{PROJECT}/reviews/<key>/holding", "review.manage")
@area.input(HoldingBody, location="json", arg_name="body")
@area.doc(summary="Close a review: what was not reached goes to the next", tags=["reviews"])
def hold_review(project: str, key: str, body: HoldingBody) -> Response:
    review = _review(key)
    following = actions.hold(g.actor, g.project, review, body.people, body.note)
    db.session.flush()
    return created({**_shown(review), "next": following.key if following is not None else None})


@area.act(f"{PROJECT}/reviews/<key>/cancelling", "review.manage")
@area.doc(summary="Say that a review is not held", tags=["reviews"])
def cancel_review(project: str, key: str) -> Response:
    review = _review(key)
    actions.cancel(g.actor, g.project, review)
    return created(_shown(review))


@area.act(f"{PROJECT}/reviews/<key>/confirmation", "project.read", proof=True)
@area.input(ReviewConfirmationBody, location="json", arg_name="body")
@area.doc(summary="Confirm what was said: a vote for each line that you may decide", tags=["reviews"])
def confirm_review(project: str, key: str, body: ReviewConfirmationBody) -> Response:
    review = _review(key)
    seen = None
    if body.seen is not None:
        seen = {subject: text.removeprefix("sha256:") for subject, text in body.seen.items()}
    done = actions.confirm(g.actor, review, seen=seen, address=request.remote_addr or "")
    told = [{"subject": subject, "stage": stage} for subject, stage in done.given]
    left = [
        {"subject": one.line.subject, "reasons": [str(reason) for reason in one.verdict.reasons]} for one in done.left
    ]
    return created({**_shown(review), "confirmed": told, "left": left})


@area.facts(f"{PROJECT}/reviews/<key>/calendar", "project.read")
@area.doc(summary="A review as a calendar file (iCalendar), in the field calendar", tags=["reviews"])
def read_review_calendar(project: str, key: str) -> Response:
    review = _review(key)
    return answered({"key": review.key, "calendar": calendar.of_review(g.project, review, "").decode()})


# -- series ------------------------------------------------------------------------------------------------------------


@area.listing(f"{PROJECT}/review-series", "project.read")
@area.doc(summary="The series of reviews that go on", tags=["reviews"])
def list_review_series(project: str) -> Response:
    return short([_series(one) for one in queries.series_of(g.project_id)], "id")


def _series(one: queries.SeriesRow) -> dict[str, Any]:
    series = one.series
    return {
        "id": series.id, "version": series.version, "name": series.name, "starts_on": series.starts_on.isoformat(),
        "begins": series.begins, "minutes": series.minutes, "weeks": series.weeks, "place": series.place,
        "next_on": one.next_on.isoformat() if one.next_on else None,
    }  # fmt: skip


@area.facts(f"{PROJECT}/review-series/<int:number>/calendar", "project.read")
@area.doc(summary="A series as a calendar file (iCalendar), in the field calendar", tags=["reviews"])
def read_series_calendar(project: str, number: int) -> Response:
    series = queries.series_for(g.actor, g.project_id, number)
    return answered(
        {"id": series.id, "calendar": calendar.of_series(g.project, series, reviews_of(series), "").decode()}
    )


@area.act(f"{PROJECT}/review-series/<int:number>/ending", "review.manage", shape="Part")
@area.doc(summary="End a series: no more of it is planned", tags=["reviews"])
def end_review_series(project: str, number: int) -> Response:
    series = queries.series_for(g.actor, g.project_id, number)
    actions.end_series(g.actor, g.project, series)
    db.session.flush()
    return created(
        {"id": series.id, "version": series.version, "ended_at": clock.iso(series.archived_at or clock.now())}
    )
