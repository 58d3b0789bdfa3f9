"""An interview: the notes with what was marked in them, and what a marked passage becomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Reason
from reqtrack.files.kinds import PICTURES, RECORDINGS, VOICES
from reqtrack.interviews import actions, forms, guide_page, notes, panels, queries
from reqtrack.interviews.models import Excerpt, Interview
from reqtrack.interviews.queries.quotations import quotations
from reqtrack.interviews.views.area import area
from reqtrack.items import actions as talk
from reqtrack.items import forms as item_forms
from reqtrack.items import pages, personal, store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence


@area.page("/interview/<key>", "interview.read")
def show(project: str, key: str) -> Response:
    g.place = "discover"
    return page("interviews/show.html", **_room(_interview(key)))


def _interview(key: str) -> Interview:
    found: Interview = item_for(g.actor, g.project_id, key, "interview")
    return found


def _room(
    interview: Interview, wrong: str = "", reasons: Sequence[Reason] = (), found: Sequence[Any] = ()
) -> dict[str, Any]:
    """What the page shows.

    Args:
        wrong: the form (excerpt, scenario, requirement, …) that did not fit, and why (``reasons``).
        found: items among which one is to be chosen.
    """
    known = {one.id: one for one in queries.people(g.actor, g.project_id)}
    heard = [known[one] for one in interview.stakeholders or [] if one in known]
    called = [part for one in heard for part in (one.name, one.label)]
    shown = pages.show(g.actor, g.project, interview)
    raw = personal.get(interview.project_id, interview.notes)
    quotes = queries.quotes_of_interview(g.actor, interview, raw)
    may_requirement = g.actor.may("requirement.write", g.project_id)
    may_ask = g.actor.may("comment.write", g.project_id)
    options = _options() if may_requirement else {}
    return {
        **shown,
        "notes": _notes(raw, quotes, [*called, *shown["person_names"].values()]),
        "has_notes": bool(raw.strip()),
        "masks": json.dumps(queries.for_others(g.actor, g.project_id, raw), ensure_ascii=False),
        "names_replaced": panels.NAMES_REPLACED,
        "quotes": quotes,
        "figures": queries.figures_by_excerpt(g.actor, g.project_id, [one.id for one in quotes if one.has_figures]),
        "open_questions": [one for one in shown["timeline"] if one["what"] == "question" and one["open"]],
        "guide": guide_page.guide(g.actor, interview, _covered(shown)),
        "offered": quotations(g.actor, interview, [one.start for one in quotes if not one.moved]),
        "confirming": panels.confirming(g.actor, interview),
        "pictures": PICTURES,
        "recordings": RECORDINGS,
        "voices": VOICES,
        "heard": heard,
        "who_does_it": queries.who_does_it(g.project_id, heard[0].id) if len(heard) == 1 else "",
        "given": {wrong: request.form.to_dict()} if wrong else {},
        "errors": {wrong: {one.field: sentence(one) for one in reasons}},
        "summary": [{"field": "", "sentence": sentence(one)} for one in reasons],
        "found": found,
        "may_mark": g.actor.may("interview.write", g.project_id),
        "may_scenario": g.actor.may("scenario.write", g.project_id),
        "may_requirement": may_requirement,
        "may_ask": may_ask,
        "options": options,
        "askable": forms.askable(g.actor, g.project_id, options.get("owner")) if may_ask else [],
    }


def _covered(shown: dict[str, Any]) -> list[str]:
    """The processes that an interview is about."""
    return [one.key for group in shown["links"] if group["link"] == "covers" for one in group["items"]]


def _notes(raw: str, quotes: Sequence[queries.Quote], known: list[str]) -> Markup:
    """The notes as the reader may read them: marked passages highlighted, speakers and times set off."""
    marks = [notes.Mark(one.number, one.id, one.start, one.end, one.shown_as == "hidden") for one in quotes if one.end]
    text, moved = notes.put(raw, queries.masker(g.actor, g.project_id).swaps(raw), marks)
    return notes.decorated(pages.rich(g.project, text), text, moved, [one for one in known if one])


def _options() -> dict[str, list[tuple[str, str]]]:
    """What the fields of a requirement are chosen from, by field."""
    offered = item_forms.choices(g.actor, g.project_id, KINDS["requirement"])
    return {name: [(one["value"], one["label"]) for one in options] for name, options in offered.items()}


# -- what a passage becomes --------------------------------------------------------------------------------------------


@area.act("/interview/<key>/excerpts", "interview.write")
def mark(project: str, key: str) -> Response:
    return _become(key, "excerpt", lambda excerpt: _("Marked"))


@area.act("/interview/<key>/scenarios", "scenario.write")
def make_scenario(project: str, key: str) -> Response:
    return _make(project, key, "scenario")


@area.act("/interview/<key>/requirements", "requirement.write")
def make_requirement(project: str, key: str) -> Response:
    return _make(project, key, "requirement")


@area.act("/interview/<key>/questions", "interview.write")
def ask_from(project: str, key: str) -> Response:
    """A passage raises a question, which hangs on the interview."""

    def ask(excerpt: Excerpt) -> Any:
        asked, person = forms.whom(g.actor, g.project_id, request.form.get("asked", ""))
        body = request.form.get("body", "")
        talk.ask(g.actor, _interview(key), body, asked, stakeholder_id=person, excerpt_id=excerpt.id)
        return _("Asked")

    return _become(key, "question", ask)


@area.act("/interview/<key>/figures", "interview.write")
def figure_from(project: str, key: str) -> Response:
    """A passage tells a figure."""

    def add(excerpt: Excerpt) -> Any:
        actions.add_figure(g.actor, excerpt, {name: request.form.get(name, "") for name in ("name", "value", "unit")})
        return _("The figure is kept")

    return _become(key, "figure", add)


@area.act("/interview/<key>/backing", "interview.write")
def back_from(project: str, key: str) -> Response:
    """A passage backs an item that is there already, named by key or by words."""
    interview = _interview(key)
    hits = queries.backable(g.actor, g.project_id, request.form.get("item", ""))
    if len(hits) != 1:
        return refused(interview, forms.which_item(request.form.get("item", ""), hits), "backing", hits)

    def back(excerpt: Excerpt) -> Any:
        actions.back(g.actor, item_for(g.actor, g.project_id, hits[0].key), [excerpt])
        return _("The quote backs %(key)s, too", key=hits[0].key)

    return _become(key, "backing", back)


def _become(key: str, form: str, act: Callable[[Excerpt], Any]) -> Response:
    """Mark the passage of a form, do with it what the form is for, and say so."""
    interview = _interview(key)
    confirmed = interview.stage == "confirmed"
    try:
        said = act(actions.mark(g.actor, interview, request.form.get("quote", ""), occurrence=_which()))
    except Invalid as error:
        return refused(interview, error, form)
    flash(said)
    _say_reopened(interview, confirmed)
    return answer(url_for("interviews.show", project=g.project.key, key=key) + "#made")


def _which() -> int:
    """Which of several occurrences of the words was selected."""
    return min(whole_number(request.form.get("occurrence", "")) or 0, 10_000)


def _make(project: str, key: str, kind: str) -> Response:
    interview = _interview(key)
    confirmed = interview.stage == "confirmed"
    given = item_forms.raw(KINDS[kind], request.form)
    try:
        parsed = values.parse(KINDS[kind], g.project, {name: value for name, value in given.items() if value})
        quote = request.form.get("quote", "")
        made = actions.make_from(g.actor, g.project, interview, kind, quote, parsed, occurrence=_which())
    except Invalid as error:
        return refused(interview, error, kind)
    flash(_("%(key)s is written, the quote backs it", key=made.key))
    _say_reopened(interview, confirmed)
    if queries.tells_names(g.project_id, store.content_of(made).values()):
        message = _(
            "%(key)s names somebody who was heard, and everybody reads it. Write what they do instead.", key=made.key
        )
        flash(message, "danger")
    return answer(url_for("interviews.show", project=project, key=key) + "#made")


def _say_reopened(interview: Any, confirmed: bool) -> None:
    if confirmed and interview.stage != "confirmed":
        flash(_("%(key)s waits to be confirmed again: it was confirmed before this was marked.", key=interview.key))


def refused(interview: Any, error: Invalid, form: str, found: Sequence[Any] = ()) -> Response:
    """The page again: a form of it did not fit; ``found``: items among which one is to be chosen."""
    g.place = "discover"
    return page("interviews/show.html", 422, **_room(interview, form, error.reasons, found))
