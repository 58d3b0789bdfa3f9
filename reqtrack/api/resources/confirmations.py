"""The interviewee's own word: giving it, asking for it by a link, saying what is not right."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, request, url_for

from reqtrack import clock
from reqtrack.accounts.links import absolute
from reqtrack.api.area import PROJECT, answered, area, created, short
from reqtrack.api.resources.items import show
from reqtrack.api.schemas import ConfirmationBody, ConfirmationLinkBody, CorrectionBody
from reqtrack.db import db, whole_number
from reqtrack.errors import NotFound
from reqtrack.interviews import policy, queries
from reqtrack.interviews.actions import confirming
from reqtrack.interviews.actions.confirming import Answer
from reqtrack.interviews.models import Interview
from reqtrack.items import present
from reqtrack.items.queries import item_for

ONE = f"{PROJECT}/interviews/<key>"


def _interview(key: str) -> Interview:
    found: Interview = item_for(g.actor, g.project_id, key, "interview")
    return found


@area.facts(f"{ONE}/write-up", "interview.read", "stakeholder")
@area.doc(
    summary="Read what one of those who were heard is asked to confirm, and the fingerprint of it", tags=["interviews"]
)
def read_write_up(project: str, key: str) -> Response:
    item = _interview(key)
    person = queries.whose_word(g.actor, item, whole_number(request.args.get("stakeholder", "")))
    queries.may_read_write_up(g.actor, item, person).require()
    told = queries.write_up(item, g.project, person, g.actor)
    return jsonify(
        stakeholder=person,
        paragraphs=[words for words, _html in told.paragraphs],
        quotes=[{"id": number, "quote": words, "shown_as": shown} for number, words, shown in told.own],
        seen=told.seen,
    )


@area.act(f"{ONE}/confirmation", "interview.read")
@area.input(ConfirmationBody, location="json", arg_name="body")
@area.doc(
    summary="Say that one was understood: by who was heard, or face to face with the interviewer", tags=["interviews"]
)
def confirm_interview(project: str, key: str, body: ConfirmationBody) -> Response:
    item = _interview(key)
    shown_as = {whole_number(number) or 0: shown for number, shown in body.shown_as.items()}
    confirming.answer_as(g.actor, item, body.stakeholder, Answer(body.seen, shown_as, confirms=True))
    db.session.flush()
    return created(show(item))


# -- asking ------------------------------------------------------------------------------------------------------------


def _asked(one: queries.Asked) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "stakeholder": one.person, "way": one.way, "state": one.state,
        "asked_by": present.doer(g.actor, g.project_id, one.asked_by, one.asked_by), "asked_at": clock.iso(one.asked_at),
        "expires_at": clock.iso(one.expires_at) if one.linked else None,
        "confirmed_at": clock.iso(one.confirmed_at) if one.confirmed_at else None,
        "revoked_at": clock.iso(one.revoked_at) if one.revoked_at else None,
    }  # fmt: skip


def _asked_at(interview: Interview, number: int) -> dict[str, Any]:
    found = next((one for one in queries.asked_of(interview) if one.id == number), None)
    if found is None:
        raise NotFound(f"confirmation {number}")
    return _asked(found)


@area.listing(f"{ONE}/confirmations", "interview.read")
@area.doc(summary="Who was asked to confirm an interview, and what they answered", tags=["interviews"])
def list_confirmations(project: str, key: str) -> Response:
    return short([_asked(one) for one in queries.asked_of(_interview(key))], "id")


@area.page(f"{ONE}/confirmations/<int:number>", "interview.read")
@area.doc(summary="Read how somebody was asked to confirm an interview, and what they answered", tags=["interviews"])
def read_confirmation(project: str, key: str, number: int) -> Response:
    return answered(_asked_at(_interview(key), number))


@area.act(f"{ONE}/confirmations", "interview.write", makes="read_confirmation")
@area.input(ConfirmationLinkBody, location="json", arg_name="body")
@area.doc(summary="Ask one of those who were heard by a one-time link, which is told this once", tags=["interviews"])
def ask_to_confirm(project: str, key: str, body: ConfirmationLinkBody) -> Response:
    item = _interview(key)
    days = policy.LINK_DAYS if body.days is None else body.days
    row, secret = confirming.ask(g.actor, item, body.stakeholder, days=days, locale=body.locale or "")
    link = absolute(url_for("confirm.words", secret=secret))
    return created({**_asked_at(item, row.id), "link": link}, once="link")


@area.act(f"{ONE}/confirmations/<int:number>", "interview.write", methods=("DELETE",))
@area.doc(summary="Make the link worthless by which somebody was asked", tags=["interviews"])
def revoke_confirmation(project: str, key: str, number: int) -> Response:
    item = _interview(key)
    confirming.revoke(g.actor, item, queries.confirmation_of(item, number))
    return Response(status=204)


# -- what is not right -------------------------------------------------------------------------------------------------


def _corrected(one: queries.Corrected) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "stakeholder": one.person, "passage": one.passage or None, "body": one.body,
        "at": clock.iso(one.at), "settled_at": clock.iso(one.settled_at) if one.settled_at else None,
        "settled_by": one.settled_by or None,
    }  # fmt: skip


def _corrections(interview: Interview) -> list[queries.Corrected]:
    """Those that the actor reads: all of them who asks for confirmations, their own who was heard."""
    return queries.corrections_for(g.actor, interview, lambda body: present.mask(g.actor, g.project_id, body))


@area.listing(f"{ONE}/corrections", "interview.read")
@area.doc(summary="What those who were heard say is not right", tags=["interviews"])
def list_corrections(project: str, key: str) -> Response:
    return short([_corrected(one) for one in _corrections(_interview(key))], "id")


@area.page(f"{ONE}/corrections/<int:number>", "interview.read")
@area.doc(summary="Read what somebody says is not right", tags=["interviews"])
def read_correction(project: str, key: str, number: int) -> Response:
    found = next((one for one in _corrections(_interview(key)) if one.id == number), None)
    if found is None:
        raise NotFound(f"correction {number}")
    return answered(_corrected(found))


@area.act(f"{ONE}/corrections", "interview.read", makes="read_correction")
@area.input(CorrectionBody, location="json", arg_name="body")
@area.doc(summary="Say what is not right: by who was heard, or face to face with the interviewer", tags=["interviews"])
def create_correction(project: str, key: str, body: CorrectionBody) -> Response:
    item = _interview(key)
    confirming.answer_as(g.actor, item, body.stakeholder, Answer(body.seen, words=[(body.passage or "", body.body)]))
    db.session.flush()
    said = queries.corrections(item, lambda words: present.mask(g.actor, g.project_id, words))[-1]
    return created(_corrected(said))


@area.act(f"{ONE}/corrections/<int:number>/settlement", "interview.write")
@area.doc(summary="Say that a correction was seen to", tags=["interviews"])
def settle_correction(project: str, key: str, number: int) -> Response:
    item = _interview(key)
    confirming.settle(g.actor, item, queries.correction_of(item, number))
    db.session.flush()
    return created(_corrected(next(one for one in _corrections(item) if one.id == number)))
