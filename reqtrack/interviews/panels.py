"""What interviews show on other pages, and what they add to forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import g, has_request_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from reqtrack.db import whole_number
from reqtrack.files.kinds import TELLTALES
from reqtrack.interviews import actions, policy, queries
from reqtrack.interviews.models import Interview
from reqtrack.interviews.policy import Person
from reqtrack.items import personal
from reqtrack.items.kinds import Field
from reqtrack.items.models import Attachment, Item
from reqtrack.permissions import Actor
from reqtrack.web.context import day
from reqtrack.web.problems import sentence
from reqtrack.web.words import beside

# Said where words are filled in that held names.
NAMES_REPLACED = _l(
    "These words hold the name of somebody who was heard. Everybody reads what you write here, so it is filled in without the name."
)


def evidence(actor: Actor, item: Item) -> Mapping[str, Any] | None:
    """The quotes that back an item; nothing for who may not read interviews."""
    if not actor.may("interview.read", item.project_id):
        return None
    return {"quotes": queries.quotes_of_item(actor, item)}


def mask(actor: Actor, project_id: int, body: str) -> str:
    """A text with the names that the actor may not see replaced; the names are loaded once a request."""
    if not body:
        return body
    return _masker(actor, project_id)(body)


def veiled(body: str) -> str:
    """A text as who opened the page may read it, for templates."""
    return mask(g.actor, g.project_id, body)


def doer(actor: Actor, project_id: int, login: str, name: str) -> str:
    """Who confirmed an interview, as the actor may know it: one who was heard is called as in the interview itself."""
    if login == policy.INTERVIEWEE.login:
        return str(_("Somebody who was heard"))
    return queries.unknown_accounts(actor, project_id).get(login, name)


def opens(actor: Actor, project_id: int, files: Sequence[Attachment]) -> set[int]:
    """The files that the actor may open: a recording of an interview gives its voices away, a photo its faces and hand-written
    notes, so who may not know them hears and sees nothing."""
    telling = {one.id: one.item_id for one in files if one.media_type in TELLTALES}
    shut = queries.unheard(actor, project_id, set(telling.values())) if telling else set()
    return {one.id for one in files if telling.get(one.id) not in shut}


def ask_href(project: str, key: str) -> str:
    """Where a question about an item is put to somebody in particular."""
    return url_for("interviews.asking", project=project, key=key)


def called(actor: Actor, project_id: int, number: int) -> str:
    """What a stakeholder is called: the name for who may know it, else the job role or department."""
    one = next((one for one in queries.people(actor, project_id) if one.id == number), None)
    return (one.name or one.label) if one is not None else ""


def _masker(actor: Actor, project_id: int) -> Callable[[str], str]:
    if not has_request_context():
        return queries.masker(actor, project_id)
    known: dict[tuple[str, int], Callable[[str], str]] = g.setdefault("maskers", {})
    if (actor.login, project_id) not in known:
        known[actor.login, project_id] = queries.masker(actor, project_id)
    return known[actor.login, project_id]


def searched(item: Any) -> str:
    """The notes with every interviewee's name taken out: a search must not tell who said what."""
    notes = personal.get(item.project_id, item.notes)
    return queries.for_everybodys_eyes(item.project_id, notes) if notes else ""


def choices(actor: Actor, project_id: int, field: Field) -> list[dict[str, Any]]:
    """Who can be chosen as heard."""
    return [
        {"value": one.id, "label": beside(one.name, one.job_role) if one.name else f"{one.label} #{one.id}"}
        for one in queries.people(actor, project_id)
    ]


def prefill(actor: Actor, project_id: int, kind: str, given: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """What a form that was opened from an excerpt begins with, and what is said about it."""
    ids = [number for part in str(given.get("evidence", "")).split() if (number := whole_number(part))]
    quotes = queries.quotes_by_id(actor, project_id, ids[:1]) if ids and actor.may("interview.read", project_id) else []
    if not quotes:
        return {}, []
    filled = queries.prefilled(project_id, kind, quotes[0].text)
    return filled, [str(NAMES_REPLACED)] if queries.tells_names(project_id, [quotes[0].text]) else []


def after_create(actor: Actor, item: Item, form: MultiDict[str, str]) -> None:
    """A form that was opened from an excerpt attaches it as evidence."""
    ids = [number for part in form.get("evidence", "").replace(",", " ").split() if (number := whole_number(part))]
    if ids:
        actions.back(actor, item, queries.excerpts_for(item.project_id, ids))


# -- the interviewee's own word ----------------------------------------------------------------------------------------


def confirming(actor: Actor, interview: Interview) -> dict[str, Any]:
    """What an interview's page shows of who was asked to confirm it, what they answered, and what they corrected.

    ``asked``: ``(Asked, Person or None)``, the newest first. ``asks``: the actor is one of those who ask and read corrections;
    ``acts``: they may do so now. ``locales``: what those who can be asked most likely read. ``reword``: what still says a sentence
    that nobody is to see.
    """
    known = {one.id: one for one in queries.people(actor, interview.project_id)}
    asked = queries.asked_of(interview)
    asks = policy.asks(actor, interview.project_id, interview.interviewer_id)
    heard = [known[one] for one in interview.stakeholders or [] if one in known]
    confirmed = {one.person for one in asked if one.state == "confirmed"}
    to_ask = [one for one in heard if one.id not in confirmed]
    return {
        "asked": [(one, known.get(one.person or 0)) for one in reversed(asked)],
        "asks": asks,
        "acts": asks and actor.may("interview.write", interview.project_id),
        "why_not": [sentence(one) for one in queries.may_ask(actor, interview).reasons] if asks else [],
        "to_ask": to_ask,
        "here": [one for one in to_ask if queries.may_answer(actor, interview, one.id)],
        "locales": sorted({queries.likely_locale(interview, one.name) for one in to_ask}) if asks else [],
        "corrections": _corrected(actor, interview, known) if asked else [],
        "reword": queries.said_still(actor, _hiding(interview)) if asks else [],
    }


def _hiding(interview: Interview) -> set[int]:
    return {interview.id for one in queries.said(interview) if one.shown_as == "hidden"}


def _corrected(actor: Actor, interview: Interview, known: Mapping[int, Person]) -> list[tuple[Any, Person | None]]:
    """The corrections with who made them, those that wait first."""
    found = queries.corrections_for(actor, interview, _masker(actor, interview.project_id))
    return [(one, known.get(one.person or 0)) for one in sorted(found, key=lambda one: one.settled_at is not None)]


def invitation(asker: str, project: str, held_on: date | None) -> str:
    """What goes with the link, in the language of its page; it names nobody who was heard."""
    told = {"name": asker, "project": project}
    if held_on is None:
        return str(
            _(
                "This is %(name)s, about %(project)s. I wrote down what you told me: is it right? One tap, no account.",
                **told,
            )
        )
    said = _(
        "This is %(name)s, about %(project)s. I wrote down what you told me on %(day)s: is it right? One tap, no account.",
        **told,
        day=day(held_on),
    )
    return str(said)
