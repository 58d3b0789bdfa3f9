"""Question sets; the guide beside an interview's notes; the quotations of the notes that can be marked."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Refused
from reqtrack.interviews import guide_page
from reqtrack.interviews.actions import guide as actions
from reqtrack.interviews.actions import quotations
from reqtrack.interviews.queries import guide as queries
from reqtrack.interviews.starters import starters
from reqtrack.interviews.views.area import area
from reqtrack.items import lists
from reqtrack.items.kinds import KINDS
from reqtrack.items.pages import seen_version
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, is_htmx, page
from reqtrack.web.problems import sentence


@area.page("/questions-to-ask", "interview.read", endpoint="question_sets")
def question_sets(project: str) -> Response:
    return _sets()


def _sets(status: int = 200, **more: Any) -> Response:
    g.place = "discover"
    found = queries.question_sets(g.actor, g.project_id, archived=True)
    own = {one.starter for one in found}
    return page(
        "interviews/question_sets.html",
        status,
        sets=[one for one in found if not one.archived],
        away=[one for one in found if one.archived],
        starters=[one for one in starters(str(get_locale())) if one.code not in own],
        processes=_processes(),
        may_write=g.actor.may("interview.write", g.project_id),
        **more,
    )


def _processes() -> list[tuple[str, str]]:
    found = lists.page(g.actor, g.project_id, KINDS["process"], lists.wanted(limit=200))
    return [(row.key, f"{row.key} {row.title}") for row in found.rows]


def _given() -> dict[str, str]:
    return {name: request.form[name] for name in actions.FIELDS if name in request.form}


def _values(given: dict[str, str]) -> dict[str, Any]:
    key = given.get("process", "")
    process = item_for(g.actor, g.project_id, key, "process") if key else None
    return {**given, **({"process": process} if "process" in given else {})}


@area.act("/questions-to-ask", "interview.write")
def make_set(project: str) -> Response:
    given = _given()
    try:
        row = actions.make_set(g.actor, g.project, _values(given))
    except Invalid as error:
        return _sets(422, given=given, errors={one.field: sentence(one) for one in error.reasons})
    return answer(url_for("interviews.question_sets", project=project) + f"#set-{row.id}")


@area.act("/questions-to-ask/starters", "interview.write")
def adopt_set(project: str) -> Response:
    row = actions.adopt(g.actor, g.project, request.form.get("starter", ""))
    flash(_("“%(name)s” is yours now: change it as you like", name=row.name))
    return answer(url_for("interviews.question_sets", project=project) + f"#set-{row.id}")


@area.page("/questions-to-ask/<int:number>", "interview.write")
def question_set(project: str, number: int) -> Response:
    return _set(number)


def _set(number: int, status: int = 200, **more: Any) -> Response:
    g.place = "discover"
    found = queries.shown_set(g.actor, queries.set_for(g.actor, g.project_id, number))
    return page("interviews/question_set.html", status, one=found, processes=_processes(), **more)


@area.act("/questions-to-ask/<int:number>", "interview.write")
def change_set(project: str, number: int) -> Response:
    row = queries.set_for(g.actor, g.project_id, number)
    given = _given()
    try:
        actions.change_set(g.actor, row, _values(given), seen_version(request.form))
    except (Invalid, Refused) as error:
        if error.status == 403:
            raise
        return _set(number, error.status, given=given, errors={one.field: sentence(one) for one in error.reasons})
    return answer(url_for("interviews.question_sets", project=project) + f"#set-{number}")


@area.act("/questions-to-ask/<int:number>/archiving", "interview.write", endpoint="archive_set")
def archive_set(project: str, number: int) -> Response:
    row = queries.set_for(g.actor, g.project_id, number)
    archived = request.form.get("back") != "1"
    actions.change_set(g.actor, row, {}, seen_version(request.form), archived=archived)
    return answer(url_for("interviews.question_sets", project=project))


# -- beside the notes ----------------------------------------------------------------------------------------------------


def _interview(key: str) -> Any:
    return item_for(g.actor, g.project_id, key, "interview")


def _guide(interview: Any, status: int = 200, **more: Any) -> Response:
    """Back to the interview's page; htmx gets the guide alone."""
    if is_htmx():
        shown = guide_page.guide(g.actor, interview)
        return page("interviews/_guide.html", status, guide=shown, item=interview, **more)
    return answer(url_for("interviews.show", project=g.project.key, key=interview.key) + "#guide")


@area.act("/interview/<key>/guide", "interview.write")
def ask(project: str, key: str) -> Response:
    interview = _interview(key)
    number = whole_number(request.form.get("set", ""))
    if number is not None:
        actions.add_sets(g.actor, interview, [queries.set_for(g.actor, g.project_id, number)])
        return _guide(interview)
    try:
        actions.add_question(g.actor, interview, request.form.get("body", ""))
    except Invalid as error:
        return _refused(interview, error)
    return _guide(interview)


def _refused(interview: Any, error: Invalid) -> Response:
    """The page again, or its guide alone, with what was typed."""
    from reqtrack.interviews import views

    if not is_htmx():
        return views.refused(interview, error, "guide")
    errors = {one.field: sentence(one) for one in error.reasons}
    return _guide(interview, 422, given={"guide": request.form.to_dict()}, errors={"guide": errors})


@area.act("/interview/<key>/guide/<int:number>/coverage", "interview.write")
def cover(project: str, key: str, number: int) -> Response:
    interview = _interview(key)
    covered = request.form.get("covered") == "1"
    actions.cover(g.actor, interview, queries.question_of(interview, number), covered)
    return _guide(interview)


@area.act("/interview/<key>/guide/<int:number>/removal", "interview.write")
def remove_question(project: str, key: str, number: int) -> Response:
    interview = _interview(key)
    actions.remove_question(g.actor, interview, queries.question_of(interview, number))
    return _guide(interview)


@area.act("/interview/<key>/guide/carrying", "interview.write")
def carry_over(project: str, key: str) -> Response:
    to = request.form.get("to", "")
    found = actions.carry_over(g.actor, g.project, _interview(key), _interview(to) if to else None)
    flash(_("%(key)s asks what was not covered", key=found.key))
    return answer(url_for("interviews.show", project=project, key=found.key) + "#guide")


@area.act("/interview/<key>/quotations", "interview.write")
def mark_quoted(project: str, key: str) -> Response:
    interview = _interview(key)
    start = whole_number(request.form.get("start", ""))
    made = quotations.mark_quoted(g.actor, interview, None if start is None else [start])
    flash(ngettext("%(num)s quotation marked", "%(num)s quotations marked", len(made)))
    return answer(url_for("interviews.show", project=project, key=key) + "#offered")
