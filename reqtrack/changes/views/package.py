"""What a change proposes: items edited in it, new ones, links, what it is about, who assesses it, what makes room for it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.changes import actions, forms, pages, queries
from reqtrack.changes.views.changes import area, change_of, errors_of, href_of, shown
from reqtrack.db import a_number
from reqtrack.errors import Invalid, Refused, invalid
from reqtrack.items import forms as item_forms
from reqtrack.items.kinds import KINDS, by_key
from reqtrack.web.answers import answer, page
from reqtrack.web.words import clauses, listed


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
    base, chosen = request.form.get("base_version", type=a_number) or 0, request.form.get("chosen") == "mine"
    seen = request.form.get("seen")
    try:
        actions.save_item(g.actor, change, item, given, base_version=base, seen=seen, settles=chosen)
    except Invalid as error:
        return page("changes/form.html", 422, **pages.edit_item(g.actor, g.project, change, item, given, error.reasons))
    except Refused as refused:
        if all(reason.code == "moved_again" for reason in refused.reasons):
            return page(
                "changes/form.html", 409, **pages.edit_item(g.actor, g.project, change, item, reasons=refused.reasons)
            )
        if all(reason.code != "package_moved" for reason in refused.reasons):
            raise
        return page("changes/moved.html", 409, **pages.moved(g.actor, g.project, change, item, given))
    if chosen and given:
        what = listed(KINDS[_kind_of(item)].field(name).label for name in given)
        flash(_("%(item)s, %(fields)s: the proposal stands, in place of what it says now.", item=item, fields=what))
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
    _found, kind, _told = queries.new_proposal(g.actor, change, "", number)
    given = _given(kind.name)
    try:
        actions.rewrite(g.actor, change, number, given, seen=request.form.get("seen"))
    except Invalid as error:
        shown = pages.new_item(g.actor, g.project, change, "", given, error.reasons, number)
        return page("changes/form.html", 422, **shown)
    return answer(href_of(key))


@area.act("/<key>/edits/<int:number>/drop", "change.create")
def drop(project: str, key: str, number: int) -> Response:
    change = change_of(key)
    named = queries.field_of(change, number) if request.form.get("chosen") == "theirs" else None
    actions.drop(g.actor, change, number, seen=request.form.get("seen"))
    if named is not None:
        told = {"item": named[0], "field": named[1]}
        flash(_("%(item)s, %(field)s: it stays as it stands now; this change leaves it alone.", **told))
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
        return shown(change, 422, {told.get(name, at): text for name, text in errors_of(error).items()})
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
        return shown(change, 422, {"pick": clauses(errors_of(error).values())})
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
