"""The interviewee's own word, in the project: asking for it by a link, hearing it face to face, giving it signed in."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from reqtrack.accounts.links import absolute
from reqtrack.db import whole_number
from reqtrack.errors import Invalid, Reason, Refused, unseen
from reqtrack.interviews import panels, policy, queries
from reqtrack.interviews.actions import confirming as acts
from reqtrack.interviews.actions.confirming import LOCALES
from reqtrack.interviews.models import SHOWN_AS
from reqtrack.interviews.views.area import area
from reqtrack.items.queries import item_for
from reqtrack.web.answers import answer, page
from reqtrack.web.once import language
from reqtrack.web.problems import sentence

# How each language calls itself.
LANGUAGES = {"zh_Hans_CN": "中文", "en": "English"}


# -- asking ------------------------------------------------------------------------------------------------------------


@area.act("/interview/<key>/confirmations", "interview.write")
def ask_to_confirm(project: str, key: str) -> Response:
    interview = item_for(g.actor, g.project_id, key, "interview")
    person = whole_number(request.form.get("stakeholder", "")) or 0
    days = whole_number(request.form.get("days") or policy.LINK_DAYS) or 0
    locale = request.form.get("locale", "")
    row, secret = acts.ask(g.actor, interview, person, days=days, locale=locale)
    g.place = "discover"
    link = absolute(url_for("confirm.words", secret=secret))
    with force_locale(row.locale):
        message = panels.invitation(g.actor.name, g.project.name, interview.held_on)
    return page(
        "interviews/confirmation_link.html",
        201,
        interview=interview,
        row=row,
        person=next(one for one in queries.people(g.actor, g.project_id) if one.id == person),
        days=days,
        language=LANGUAGES[row.locale],
        link=link,
        message=f"{message}\n{link}",
        qr=url_for("confirm.words_qr", secret=secret),
    )


@area.act("/interview/<key>/confirmations/<int:number>/revoke", "interview.write")
def revoke_confirmation(project: str, key: str, number: int) -> Response:
    interview = item_for(g.actor, g.project_id, key, "interview")
    acts.revoke(g.actor, interview, queries.confirmation_of(interview, number))
    flash(_("The link is worth nothing from now on."))
    return answer(url_for("interviews.show", project=project, key=key, _anchor="confirmations"))


@area.act("/interview/<key>/corrections/<int:number>/settle", "interview.write")
def settle_correction(project: str, key: str, number: int) -> Response:
    interview = item_for(g.actor, g.project_id, key, "interview")
    acts.settle(g.actor, interview, queries.correction_of(interview, number))
    flash(_("Settled"))
    return answer(url_for("interviews.show", project=project, key=key, _anchor="corrections"))


# -- face to face, and signed in ---------------------------------------------------------------------------------------


@area.page("/interview/<key>/confirming/<int:person>", "interview.read")
def confirming(project: str, key: str, person: int) -> Response:
    interview = item_for(g.actor, g.project_id, key, "interview")
    queries.may_read_write_up(g.actor, interview, person).require()
    return _confirming(interview, person)


@area.act("/interview/<key>/confirming/<int:person>", "interview.read")
def answer_here(project: str, key: str, person: int) -> Response:
    interview = item_for(g.actor, g.project_id, key, "interview")
    write_up = queries.write_up(interview, g.project, person)
    try:
        acts.answer_as(g.actor, interview, person, answer_of(write_up))
    except Invalid as problem:
        return _confirming(interview, person, 422, problem.reasons)
    except Refused as problem:
        if problem.status != 409 or not any(one.code == "moved" for one in problem.reasons):
            raise
        return _confirming(interview, person, 409, problem.reasons)
    return answer(
        url_for("interviews.confirming", project=project, key=key, person=person, lang=request.args.get("lang"))
    )


def _confirming(interview: Any, person: int, status: int = 200, reasons: tuple[Reason, ...] = ()) -> Response:
    here = {"project": g.project.key, "key": interview.key, "person": person}
    verdict = queries.may_answer(g.actor, interview, person)
    done = queries.has_confirmed(interview, person)
    own = person == queries.own_person(g.actor, interview)
    return person_page(
        interview,
        person,
        status,
        reasons,
        language(),
        lambda lang: url_for("interviews.confirming", **here, lang=lang),
        done=done,
        refused=[] if done else [sentence(one) for one in verdict.reasons],
        leave_href=url_for("interviews.show", project=g.project.key, key=interview.key, _anchor="confirmations"),
        face_to_face=not own,
        viewer=g.actor,
    )


# -- the page that the person reads, whatever way they came ------------------------------------------------------------


def person_page(
    interview: Any, person: int | None, status: int, reasons: tuple[Reason, ...], locale: str, way: Any, **more: Any
) -> Response:
    """The write-up with its one button, or what became of somebody's words where they have confirmed it.

    Args:
        locale: the language of the page, unless another is asked for behind the question mark.
        way: the address of this page, in a language.
        more: ``done`` they have confirmed · ``refused`` sentences why the button is grey · ``leave_href`` · ``face_to_face``
            · ``viewer`` who opened it, where that is somebody signed in.
    """
    wanted = request.args.get("lang", "")
    locale = wanted if wanted in LOCALES else locale
    other = "en" if locale.startswith("zh") else "zh_Hans_CN"
    done, viewer = more.get("done", False), more.pop("viewer", None)
    with force_locale(locale):
        return page(
            "interviews/words.html" if done else "interviews/confirm.html",
            status,
            it=queries.write_up(interview, g.project, person, viewer),
            outcomes=queries.outcomes(interview, person, viewer) if done else [],
            shown_as=SHOWN_AS,
            action=way(wanted if wanted in LOCALES else None),
            typed=typed() if status != 200 else {},
            summary=[{"field": "", "sentence": sentence(one)} for one in reasons],
            next_locale_href=way(other),
            next_locale_label=LANGUAGES[other],
            **more,
        )


def answer_of(write_up: queries.WriteUp) -> acts.Answer:
    """What the form of the page says.

    Raises:
        Invalid: it does not say what it shows.
    """
    sent = request.form
    if not sent.get("seen"):
        raise unseen()
    words = [(sent.get("quote", ""), sent.get("words", ""))]
    words += [(text, sent.get(f"words-{at}", "")) for at, (text, _html) in enumerate(write_up.paragraphs)]
    chosen = {number: sent[name] for name in sent if (number := _quote_of(name)) is not None}
    return acts.Answer(sent["seen"], chosen, words, confirms=sent.get("do") == "confirm")


def _quote_of(name: str) -> int | None:
    return whole_number(name.removeprefix("shown-")) if name.startswith("shown-") else None


def typed() -> dict[str, str]:
    """What was typed and chosen, for the page that shows it again. What was said at paragraphs comes together: they may stand
    elsewhere now."""
    sent = {name: value for name, value in request.form.items() if name in ("words", "quote") or _quote_of(name)}
    beside = [value for name, value in request.form.items() if name.startswith("words-") and value.strip()]
    return {**sent, "words": "\n\n".join(one for one in (sent.get("words", ""), *beside) if one.strip())}
