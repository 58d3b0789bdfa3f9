"""The pages of reviews."""

from __future__ import annotations

from flask import Response, flash, g, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.db import rollback
from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.items import naming
from reqtrack.items.pages import seen_version
from reqtrack.reviews import actions, calendar, forms, pages, queries
from reqtrack.reviews.models import AgendaLine, Review
from reqtrack.reviews.queries.reviews import line_for, reviews_of
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("reviews", __name__, url_prefix="/p/<project>/reviews")


def _review(key: str) -> Review:
    g.place = "change"
    return queries.review_for(g.actor, g.project_id, key)


def _line(review: Review, number: int) -> AgendaLine:
    return line_for(review, number)


def _href(review: Review, **more: str) -> str:
    return url_for("reviews.show", project=g.project.key, key=review.key, **more)  # type: ignore[arg-type]


@area.page("", "project.read")
def index(project: str) -> Response:
    g.place = "change"
    return page("reviews/index.html", **pages.index(g.actor, g.project))


@area.page("/new", "review.manage")
def new(project: str) -> Response:
    g.place = "change"
    return page("reviews/form.html", **pages.new(g.project))


@area.act("/new", "review.manage")
def plan(project: str) -> Response:
    g.place = "change"
    given = forms.planned(request.form)
    try:
        weeks = forms.weeks(request.form)
        if weeks is None:
            review = actions.plan(g.actor, g.project, given)
        else:
            _series, review = actions.plan_series(g.actor, g.project, given, weeks)
    except Invalid as error:
        typed = {**given, "weeks": request.form.get("weeks", "")}
        return page("reviews/form.html", 422, **pages.new(g.project, typed, error.reasons))
    return answer(_href(review))


@area.page("/<key>", "project.read")
def show(project: str, key: str) -> Response:
    return page("reviews/show.html", **pages.show(g.actor, g.project, _review(key)))


@area.page("/<key>/edit", "review.manage")
def edit(project: str, key: str) -> Response:
    return page("reviews/form.html", **pages.edit(g.project, _review(key)))


@area.act("/<key>/edit", "review.manage")
def save(project: str, key: str) -> Response:
    review, given = _review(key), forms.planned(request.form)
    try:
        actions.change_review(g.actor, g.project, review, given, seen=seen_version(request.form))
    except Invalid as error:
        return page("reviews/form.html", 422, **pages.edit(g.project, review, given, error.reasons))
    except Stale as stale:
        return page("reviews/form.html", 409, **pages.edit(g.project, review, given, stale.reasons))
    return answer(_href(review))


# -- the agenda --------------------------------------------------------------------------------------------------------


@area.act("/<key>/agenda", "review.manage")
def fill(project: str, key: str) -> Response:
    review = _review(key)
    actions.fill(g.actor, g.project, review)
    return answer(_href(review))


@area.act("/<key>/lines", "review.manage")
def add_line(project: str, key: str) -> Response:
    review = _review(key)
    try:
        typed = request.form.get("item", "")
        keys = naming.meant(g.actor, g.project_id, typed)
        actions.add_line(g.actor, review, keys[0] if len(keys) == 1 else typed)
    except Invalid as error:
        shown = pages.show(g.actor, g.project, review, given=request.form, reasons=error.reasons)
        return page("reviews/show.html", 422, **shown)
    return answer(_href(review, _anchor="add"))


@area.act("/<key>/lines/<int:number>/outcome", "review.manage")
def say(project: str, key: str, number: int) -> Response:
    review = _review(key)
    line, given = _line(review, number), request.form
    try:
        seen = seen_version(given)
        actions.say(g.actor, review, line, given.get("outcome", ""), given.get("note", ""), seen=seen)
    except (Invalid, Refused) as error:
        if any(one.code in ("no_permission", "not_planned") for one in error.reasons):
            raise
        shown = pages.show(g.actor, g.project, review, number, given, error.reasons)
        return page("reviews/show.html", error.status, **shown)
    return answer(_href(review, _anchor=f"line-{number}"))


@area.act("/<key>/lines/<int:number>/place", "review.manage")
def put_line(project: str, key: str, number: int) -> Response:
    review = _review(key)
    place = request.form.get("place", "").strip()
    line = _line(review, number)
    actions.put_line(
        g.actor, review, line, int(place) if place.isascii() and place.isdigit() and len(place) < 6 else line.position
    )
    return answer(_href(review, _anchor=f"line-{number}"))


@area.act("/<key>/lines/<int:number>/removal", "review.manage")
def take_off(project: str, key: str, number: int) -> Response:
    review = _review(key)
    actions.take_off(g.actor, review, _line(review, number))
    return answer(_href(review))


# -- held, and confirmed -----------------------------------------------------------------------------------------------


@area.act("/<key>/holding", "review.manage")
def hold(project: str, key: str) -> Response:
    review, given = _review(key), request.form
    people = [one for one in given.getlist("people") if one]
    try:
        following = actions.hold(g.actor, g.project, review, people, given.get("note", ""), seen=seen_version(given))
    except (Invalid, Stale) as error:
        shown = pages.show(g.actor, g.project, review, given=given, reasons=error.reasons)
        return page("reviews/show.html", error.status, **shown)
    if following is not None:
        flash(_("What was not reached goes to %(key)s.", key=following.key))
    return answer(_href(review))


@area.act("/<key>/cancelling", "review.manage")
def cancel(project: str, key: str) -> Response:
    review = _review(key)
    actions.cancel(g.actor, g.project, review, seen=seen_version(request.form))
    return answer(_href(review))


@area.page("/<key>/confirmation", "project.read")
def confirmation(project: str, key: str) -> Response:
    return page("reviews/confirmation.html", **pages.confirmation(g.actor, g.project, _review(key)))


@area.act("/<key>/confirmation", "project.read", proof=True)
def confirm(project: str, key: str) -> Response:
    review = _review(key)
    try:
        done = actions.confirm(g.actor, review, seen=forms.prints(request.form), address=request.remote_addr or "")
    except (Invalid, Refused) as refused:
        known = ("reauthentication", "nothing_to_confirm")
        if isinstance(refused, Refused) and any(reason.code not in known for reason in refused.reasons):
            raise
        rollback()  # what was given before it is not kept either
        shown = pages.confirmation(g.actor, g.project, review, refused.reasons, forms.prints(request.form))
        return page("reviews/confirmation.html", refused.status, **shown)
    flash(ngettext("%(num)s line is confirmed.", "%(num)s lines are confirmed.", len(done.given)))
    return answer(_href(review))


# -- calendars ---------------------------------------------------------------------------------------------------------


@area.page("/<key>/calendar.ics", "project.read", endpoint="calendar")
def calendar_file(project: str, key: str) -> Response:
    review = _review(key)
    href = url_for("reviews.show", project=project, key=review.key, _external=True)
    return _file(calendar.of_review(g.project, review, href), f"{g.project.key}-{review.key}.ics")


@area.page("/series/<int:number>/calendar.ics", "project.read")
def series_calendar(project: str, number: int) -> Response:
    series = queries.series_for(g.actor, g.project_id, number)
    href = url_for("reviews.index", project=project, _external=True)
    data = calendar.of_series(g.project, series, reviews_of(series), href)
    return _file(data, f"{g.project.key}-reviews-{series.id}.ics")


@area.act("/series/<int:number>/ending", "review.manage")
def end_series(project: str, number: int) -> Response:
    actions.end_series(g.actor, g.project, queries.series_for(g.actor, g.project_id, number))
    return answer(url_for("reviews.index", project=project))


def _file(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = f"{calendar.MEDIA_TYPE}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
