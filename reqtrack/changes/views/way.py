"""A change on its way: handed in, assessed, decided, asked back, objected to, reviewed, passed on, closed."""

from __future__ import annotations

from flask import Response, flash, g, request
from flask_babel import gettext as _

from reqtrack.changes import actions, forms, queries
from reqtrack.changes.views.changes import again, area, change_of, errors_of, href_of, shown
from reqtrack.db import a_number
from reqtrack.errors import Invalid, Refused
from reqtrack.web.answers import answer
from reqtrack.web.area import GUESTS
from reqtrack.web.words import clauses, listed

# What the forms of an assessment and of a decision draw, and tell beside it what does not fit.
ASSESSMENT = (
    "likely", "best", "worst", "cost", "schedule_note", "risk", "probability", "effect", "options", "smaller_days", "other_name",
    "other_days", "note", "seen",
)  # fmt: skip
DECISION = ("tier", "phase", "password", "reason", "until", "body", "option")


@area.act("/<key>/submission", "change.create")
def submit(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        if change.stage == "draft" and request.form.get("kind") == "normal":
            actions.edit_content(g.actor, change, {"kind": "normal", "template": None})
        actions.submit(g.actor, change, seen=forms.seen(request.form), days=request.form.get("days", ""))
    except Invalid as error:
        return shown(change, 422, errors_of(error, "days"))
    except Refused as refused:
        # What a template does not take is known once its effort is said; that nothing moved is said by staying where one was.
        if change.template_id is None or any(one.code in ("package_moved", "wrong_stage") for one in refused.reasons):
            raise
        return shown(change, refused.status, {"days": " ".join(errors_of(refused).values())})
    return answer(href_of(key))


@area.act("/<key>/assessments", "change.assess")
def assess(project: str, key: str) -> Response:
    change = change_of(key)
    given = forms.assessment(request.form)
    try:
        actions.assess(g.actor, change, **given)
    except Invalid as error:
        return shown(change, 422, errors_of(error, *ASSESSMENT, called=lambda name: forms.field_of(name, given)))
    except Refused as refused:
        return again(change, refused, "basis_moved")
    return answer(href_of(key))


@area.act("/<key>/reassessment", "comment.write")
def reassess(project: str, key: str) -> Response:
    actions.reassess(g.actor, change_of(key), seen_stage=request.form.get("seen_stage", ""))
    return answer(href_of(key))


@area.act("/<key>/decisions", "project.read", proof=True)
def decide(project: str, key: str) -> Response:
    change = change_of(key)
    outcome, given = request.form.get("outcome", ""), forms.decision(request.form)
    try:
        if outcome == "question":
            actions.ask(g.actor, change, given["reason"])
            return answer(href_of(key))
        # One button takes an option instead of the whole; every other means the whole.
        outcome, given["option"] = ("approved", given["option"] or "–") if outcome == "option" else (outcome, "")
        done = actions.decide(g.actor, change, outcome, **given, address=request.remote_addr or "")
    except Invalid as error:
        return shown(change, 422, errors_of(error, *DECISION))
    except Refused as refused:
        if any(reason.code != "reauthentication" for reason in refused.reasons):
            raise
        return shown(change, 403, errors_of(refused))
    if done.waiting_for:
        flash(_("Your vote is recorded. It still waits for %(who)s.", who=listed(one.name for one in done.waiting_for)))
    return answer(href_of(key))


@area.act("/<key>/questions", "comment.write")
def ask(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        actions.ask(g.actor, change, request.form.get("body", ""))
    except Invalid as error:
        return shown(change, 422, errors_of(error, "body"))
    return answer(href_of(key))


@area.act("/<key>/answers", "comment.write")
def reply(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        question = request.form.get("question", 0, type=a_number)
        actions.answer(g.actor, change, request.form.get("body", ""), question=question)
    except Invalid as error:
        return shown(change, 422, errors_of(error, "body"))
    except Refused as refused:
        return again(change, refused, "question_moved", "not_narrowed")
    return answer(href_of(key))


@area.act("/<key>/silence", "project.read")
def offer_silence(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        until = request.form.get("silent_until", "").strip()
        actions.offer_silence(g.actor, change, until, seen=forms.seen(request.form))
    except Invalid as error:
        return shown(change, 422, errors_of(error, "silent_until"))
    flash(_("It takes effect after that day, unless somebody objects."))
    return answer(href_of(key))


@area.act("/<key>/objection", "project.read", endpoint="object")
def object_to(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        actions.object_to(g.actor, change, request.form.get("objection", ""), seen=forms.seen(request.form))
    except Invalid as error:
        return shown(change, 422, {"objection": clauses(errors_of(error).values())})
    return answer(href_of(key))


@area.act("/<key>/review", "project.read")
def review(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        actions.review(g.actor, change, request.form.get("review", ""))
    except Invalid as error:
        return shown(change, 422, errors_of(error, "review"))
    return answer(href_of(key))


@area.act("/<key>/confirmation", "project.read")
def confirm(project: str, key: str) -> Response:
    actions.confirm(g.actor, change_of(key), seen=forms.seen(request.form))
    return answer(href_of(key))


@area.act("/<key>/withdrawal", "change.create")
def withdraw(project: str, key: str) -> Response:
    change, given = change_of(key), request.form
    try:
        actions.withdraw(g.actor, change, given.get("reason", ""), seen_stage=given.get("seen_stage", ""))
    except Invalid as error:
        return shown(change, 422, {"withdrawing": clauses(errors_of(error).values())})
    return answer(href_of(key))


@area.act("/<key>/passage", "comment.write")
def pass_on(project: str, key: str) -> Response:
    change, given = change_of(key), request.form
    try:
        package = given.get("seen") or "nothing"
        actions.pass_on(
            g.actor, change, given.get("passing", ""), seen=given.get("seen_step", "nothing"), package=package
        )
    except Invalid as error:
        return shown(change, 422, {"passing": clauses(errors_of(error).values())})
    return answer(href_of(key))


@area.act("/<key>/resumption", "project.read")
def resume(project: str, key: str) -> Response:
    actions.resume(g.actor, change_of(key), seen_stage=request.form.get("seen_stage", ""))
    return answer(href_of(key))


@area.act("/<key>/closing", "change.create")
def close(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        given = request.form
        actions.close(g.actor, change, given.get("reason", ""), seen_stage=given.get("seen_stage", ""))
    except Invalid as error:
        return shown(change, 422, {"closing": clauses(errors_of(error).values())})
    return answer(href_of(key))


# The last to whom a decision falls need not be a member.
for _name in ("show", "decide", "ask", "reassess", "object"):
    GUESTS[f"{area.name}.{_name}"] = queries.as_decider
