"""The pages of change requests."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.changes import actions, forms, pages, queries
from reqtrack.changes.models import Change
from reqtrack.db import a_number
from reqtrack.errors import Invalid, Refused, Stale, invalid
from reqtrack.items import forms as item_forms
from reqtrack.items.kinds import KINDS, by_key
from reqtrack.web.answers import answer, page
from reqtrack.web.area import GUESTS, Area
from reqtrack.web.problems import sentence
from reqtrack.web.words import clauses, listed

area = Area("changes", __name__, url_prefix="/p/<project>/changes")


def change_of(key: str) -> Change:
    """The change of an address."""
    g.place = "change"
    return queries.change_for(g.actor, g.project_id, key)


def href_of(key: str, **more: str) -> str:
    """The address of a change's page."""
    return url_for("changes.show", project=g.project.key, key=key, **more)  # type: ignore[arg-type]


def _shown(change: Change, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    whole = request.args.get("touched") == "all"
    return page("changes/show.html", status, **pages.show(g.actor, g.project, change, errors, request.form, whole))


def errors_of(error: Invalid | Refused) -> dict[str, str]:
    """What was refused, by field."""
    return {(reason.field or ""): sentence(reason) for reason in error.reasons}


def _again(change: Change, refused: Refused, *codes: str) -> Response:
    """409 for what moved under an open form: the page as it is now, with what was typed; raises what was refused otherwise."""
    if all(reason.code not in codes for reason in refused.reasons):
        raise refused
    return _shown(change, 409, errors_of(refused))


# -- many, and a new one -----------------------------------------------------------------------------------------------


@area.page("", "project.read")
def board(project: str) -> Response:
    g.place = "change"
    return page("changes/board.html", **pages.board(g.actor, g.project, request.args))


@area.page("/new", "change.create")
def new(project: str) -> Response:
    g.place = "change"
    given = {name: request.args[name] for name in ("title", "reason", "item", "asked_by") if name in request.args}
    return page("changes/new.html", **pages.new(g.actor, g.project, given))


@area.act("/new", "change.create", endpoint="create")
def create(project: str) -> Response:
    g.place = "change"
    given = forms.logged(request.form)
    try:
        affected = queries.meant(g.actor, g.project_id, request.form.get("item", ""))
        change = actions.log(g.actor, g.project, affected=affected, **given)
    except Invalid as error:
        typed = {**given, "item": request.form.get("item", "")}
        return page("changes/new.html", 422, **pages.new(g.actor, g.project, typed, error.reasons))
    if request.form.get("next") == "edit" and affected:
        return answer(url_for("changes.edit_item", project=project, key=change.key, item=affected[0]))
    return answer(href_of(change.key))


@area.page("/figures", "project.read")
def figures(project: str) -> Response:
    g.place = "change"
    return page("changes/figures.html", **pages.figures(g.actor, g.project))


@area.page("/<key>", "project.read")
def show(project: str, key: str) -> Response:
    return _shown(change_of(key))


@area.page("/<key>/move", "change.create")
def placing(project: str, key: str) -> Response:
    by, to = request.args.get("by", ""), request.args.get("to", "")
    return page("changes/placing.html", **pages.placing(g.actor, g.project, change_of(key), by, to))


@area.act("/<key>/placement", "change.create")
def place(project: str, key: str) -> Response:
    change = change_of(key)
    by, to, seen = forms.placement(request.form)
    try:
        actions.edit_content(g.actor, change, {by: to}, seen=seen)
    except Stale:
        flash(_("%(key)s was changed meanwhile: look at it, then move it again.", key=change.key))
        return answer(href_of(key))
    return answer(url_for("changes.board", project=project, by=by))


@area.page("/<key>/edit", "change.create")
def edit(project: str, key: str) -> Response:
    return page("changes/edit.html", **pages.edit(g.actor, g.project, change_of(key)))


@area.act("/<key>/edit", "change.create")
def save(project: str, key: str) -> Response:
    change, given = change_of(key), forms.content(request.form)
    seen = request.form.get("seen", type=a_number)
    if seen is None:
        raise invalid("seen", "This form does not say which version it shows. Load the page again.")
    try:
        actions.edit_content(g.actor, change, given, seen=seen)
    except Invalid as error:
        return page("changes/edit.html", 422, **pages.edit(g.actor, g.project, change, given, error.reasons))
    except Stale as stale:
        return page("changes/stale.html", 409, **pages.stale(g.actor, g.project, change, given, stale))
    return answer(href_of(key))


# -- the package -------------------------------------------------------------------------------------------------------


def _given(kind_name: str) -> dict[str, Any]:
    return item_forms.raw(KINDS[kind_name], request.form)


def _kind_of(key: str) -> str:
    kind = by_key(key)
    return kind.name if kind is not None else ""


@area.page("/<key>/items/<item>", "change.create")
def edit_item(project: str, key: str, item: str) -> Response:
    return page("changes/form.html", **pages.edit_item(g.actor, g.project, change_of(key), item))


@area.act("/<key>/items/<item>", "change.create")
def save_item(project: str, key: str, item: str) -> Response:
    change = change_of(key)
    given = _given(_kind_of(item)) if _kind_of(item) else {}
    base = request.form.get("base_version", type=a_number) or 0
    try:
        actions.save_item(g.actor, change, item, given, base_version=base, seen=request.form.get("seen"))
    except Invalid as error:
        return page("changes/form.html", 422, **pages.edit_item(g.actor, g.project, change, item, given, error.reasons))
    except Refused as refused:
        if all(reason.code != "package_moved" for reason in refused.reasons):
            raise
        return page("changes/moved.html", 409, **pages.moved(g.actor, g.project, change, item, given))
    return answer(href_of(key))


@area.page("/<key>/new/<kind>", "change.create")
def new_item(project: str, key: str, kind: str) -> Response:
    return page("changes/form.html", **pages.new_item(g.actor, g.project, change_of(key), kind))


@area.act("/<key>/new/<kind>", "change.create")
def save_new(project: str, key: str, kind: str) -> Response:
    change = change_of(key)
    given = _given(kind) if kind in KINDS else {}
    try:
        actions.propose(g.actor, change, [{"new_item": {"kind": kind, "fields": given}}], seen=request.form.get("seen"))
    except Invalid as error:
        return page("changes/form.html", 422, **pages.new_item(g.actor, g.project, change, kind, given, error.reasons))
    return answer(href_of(key))


@area.page("/<key>/edits/<int:number>", "change.create")
def edit_new(project: str, key: str, number: int) -> Response:
    return page("changes/form.html", **pages.new_item(g.actor, g.project, change_of(key), "", number_of=number))


@area.act("/<key>/edits/<int:number>", "change.create")
def save_new_again(project: str, key: str, number: int) -> Response:
    change = change_of(key)
    kind, _told, _seen = queries.new_proposal(g.actor, change, "", number)
    given = _given(kind.name)
    try:
        actions.rewrite(g.actor, change, number, given, seen=request.form.get("seen"))
    except Invalid as error:
        shown = pages.new_item(g.actor, g.project, change, "", given, error.reasons, number)
        return page("changes/form.html", 422, **shown)
    return answer(href_of(key))


@area.act("/<key>/edits/<int:number>/drop", "change.create")
def drop(project: str, key: str, number: int) -> Response:
    actions.drop(g.actor, change_of(key), number, seen=request.form.get("seen"))
    return answer(href_of(key))


@area.act("/<key>/items/<item>/retirement", "change.create")
def retire(project: str, key: str, item: str) -> Response:
    actions.propose(g.actor, change_of(key), [{"retire": item}], seen=request.form.get("seen"))
    return answer(href_of(key))


@area.act("/<key>/links", "change.create")
def link(project: str, key: str) -> Response:
    change = change_of(key)
    at = "link_from"
    try:
        item = _meant("item")
        at = "link_to"
        actions.propose(g.actor, change, [forms.link(request.form, item[0] if item else "", _meant("other"))])
    except Invalid as error:
        told = {"edits.0.item": "link_from"}
        return _shown(change, 422, {told.get(name, at): text for name, text in errors_of(error).items()})
    return answer(href_of(key))


def _meant(name: str) -> list[str]:
    """The keys of what a field of the form names."""
    return queries.meant(g.actor, g.project_id, request.form.get(name, ""))


@area.act("/<key>/items", "change.create")
def pick(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        keys = _meant("item")
        if not keys:
            raise invalid("item", "Say which item: words of its title, or its key.", "required")
        if request.form.get("next") != "edit":
            actions.pick(g.actor, change, keys)
            return answer(href_of(key))
        if not queries.named(g.actor, g.project_id, keys[0]):
            raise invalid("item", "There is no %(key)s in this project.", key=keys[0])
    except Invalid as error:
        return _shown(change, 422, {"pick": clauses(errors_of(error).values())})
    return answer(url_for("changes.edit_item", project=project, key=change.key, item=keys[0]))


@area.act("/<key>/items/<item>/unpick", "change.create")
def unpick(project: str, key: str, item: str) -> Response:
    actions.unpick(g.actor, change_of(key), item)
    return answer(href_of(key))


@area.act("/<key>/assessors", "change.create")
def assessors(project: str, key: str) -> Response:
    logins = [login for login in request.form.getlist("assessors") if login]
    kept = actions.set_assessors(g.actor, change_of(key), logins, request.form.getlist("assessor_roles"))
    if kept:
        flash(_("%(who)s stays named: what they said of it as it stands counts until it is edited.", who=listed(kept)))
    return answer(href_of(key))


@area.act("/<key>/swap", "change.create")
def swap(project: str, key: str) -> Response:
    actions.swap(g.actor, change_of(key), **forms.swap(request.form))
    return answer(href_of(key, _anchor="package"))


# -- on its way --------------------------------------------------------------------------------------------------------


@area.act("/<key>/submission", "change.create")
def submit(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        actions.submit(g.actor, change, seen=forms.seen(request.form), days=request.form.get("days", ""))
    except Invalid as error:
        return _shown(change, 422, errors_of(error))
    except Refused as refused:
        # What a template does not take is known once its effort is said; that nothing moved is said by staying where one was.
        if change.template_id is None or any(one.code in ("package_moved", "wrong_stage") for one in refused.reasons):
            raise
        return _shown(change, refused.status, {"days": " ".join(errors_of(refused).values())})
    return answer(href_of(key))


@area.act("/<key>/assessments", "change.assess")
def assess(project: str, key: str) -> Response:
    change = change_of(key)
    given = forms.assessment(request.form)
    try:
        actions.assess(g.actor, change, **given)
    except Invalid as error:
        return _shown(change, 422, {forms.field_of(name, given): text for name, text in errors_of(error).items()})
    except Refused as refused:
        return _again(change, refused, "basis_moved")
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
        return _shown(change, 422, errors_of(error))
    except Refused as refused:
        if any(reason.code != "reauthentication" for reason in refused.reasons):
            raise
        return _shown(change, 403, errors_of(refused))
    if done.waiting_for:
        flash(_("Your vote is recorded. It still waits for %(who)s.", who=listed(one.name for one in done.waiting_for)))
    return answer(href_of(key))


@area.act("/<key>/questions", "comment.write")
def ask(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        actions.ask(g.actor, change, request.form.get("body", ""))
    except Invalid as error:
        return _shown(change, 422, errors_of(error))
    return answer(href_of(key))


@area.act("/<key>/answers", "comment.write")
def reply(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        question = request.form.get("question", 0, type=a_number)
        actions.answer(g.actor, change, request.form.get("body", ""), question=question)
    except Invalid as error:
        return _shown(change, 422, errors_of(error))
    except Refused as refused:
        return _again(change, refused, "question_moved", "not_narrowed")
    return answer(href_of(key))


@area.act("/<key>/silence", "project.read")
def offer_silence(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        until = request.form.get("silent_until", "").strip()
        actions.offer_silence(g.actor, change, until, seen=forms.seen(request.form))
    except Invalid as error:
        return _shown(change, 422, errors_of(error))
    flash(_("It takes effect after that day, unless somebody objects."))
    return answer(href_of(key))


@area.act("/<key>/objection", "project.read", endpoint="object")
def object_to(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        actions.object_to(g.actor, change, request.form.get("objection", ""), seen=forms.seen(request.form))
    except Invalid as error:
        return _shown(change, 422, {"objection": clauses(errors_of(error).values())})
    return answer(href_of(key))


@area.act("/<key>/review", "project.read")
def review(project: str, key: str) -> Response:
    change = change_of(key)
    try:
        actions.review(g.actor, change, request.form.get("review", ""))
    except Invalid as error:
        return _shown(change, 422, errors_of(error))
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
        return _shown(change, 422, {"withdrawing": clauses(errors_of(error).values())})
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
        return _shown(change, 422, {"passing": clauses(errors_of(error).values())})
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
        return _shown(change, 422, {"closing": clauses(errors_of(error).values())})
    return answer(href_of(key))


# The last to whom a decision falls need not be a member.
for _name in ("show", "decide", "ask", "reassess", "object"):
    GUESTS[f"{area.name}.{_name}"] = queries.as_decider
