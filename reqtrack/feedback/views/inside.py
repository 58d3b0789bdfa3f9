"""Feedback inside the project: said from any page, worked off as a list, one room for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, flash, g, make_response, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts.views.area import local_path
from reqtrack.db import a_number
from reqtrack.errors import Invalid, NotFound, Reason, Stale
from reqtrack.feedback import actions, forms, pages, policy
from reqtrack.feedback.views.area import area, errors_of
from reqtrack.files.limits import MB
from reqtrack.files.pictures import PICTURES
from reqtrack.files.storage import Storage
from reqtrack.items.pages import attachment_of, seen_version
from reqtrack.items.queries import item_for, items_by_key
from reqtrack.web.answers import answer, page


def _one(key: str) -> Any:
    g.place = "discover"
    return item_for(g.actor, g.project_id, key, "feedback")


def _href(key: str) -> str:
    return url_for("feedback.show", project=g.project.key, key=key)


@area.page("/p/<project>/feedback", "project.read")
def index(project: str) -> Response:
    g.place = "discover"
    before = request.args.get("before", type=a_number)
    view, words = request.args.get("view", ""), request.args.get("q", "").strip()
    return page("feedback/index.html", **pages.index(g.actor, g.project, view, words, before))


# -- from any page -----------------------------------------------------------------------------------------------------


def _form(status: int = 200, sent: forms.Sent | None = None, reasons: Sequence[Reason] = ()) -> Response:
    g.place = "discover"
    given = request.form if request.method == "POST" else request.args
    about = items_by_key(g.actor, g.project_id, given.get("about", "").split()[:20])
    return page(
        "feedback/new.html", status, about=list(about.values()), sent=sent, title=given.get("title", ""),
        next_path=local_path(given["next"]) if given.get("next") else "", most=policy.MOST_SAID,
        largest=forms.LARGEST_PICTURE // MB, **errors_of(reasons),
    )  # fmt: skip


@area.page("/p/<project>/feedback/new", "comment.write")
def new(project: str) -> Response:
    return _form()


@area.act("/p/<project>/feedback/new", "comment.write", prepare=forms.sent)
def say(project: str) -> Response:
    sent: forms.Sent = g.prepared
    if sent.reasons:
        return _form(422, sent, sent.reasons)
    about = items_by_key(g.actor, g.project_id, request.form.get("about", "").split()[:20])
    try:
        item = actions.say(
            g.actor, g.project, sent.said, list(about.values()), sent.picture, request.form.get("title", "")
        )
    except Invalid as error:
        return _form(422, sent, error.reasons)
    flash(_("Thank you: %(key)s is noted.", key=item.key))
    return answer(local_path(request.form["next"]) if request.form.get("next") else _after(item.key))


def _after(key: str) -> str:
    """Where to, for whoever came from nowhere: to what they wrote, if they may read it."""
    try:
        item_for(g.actor, g.project_id, key)
    except NotFound:
        return url_for("radar.overview", project=g.project.key)
    return _href(key)


# -- one ---------------------------------------------------------------------------------------------------------------


def _room(item: Any, status: int = 200, reasons: Sequence[Reason] = (), moved: bool = False) -> Response:
    given = request.form if status != 200 else {}
    room = pages.room(g.actor, g.project, item, given)
    return page("feedback/show.html", status, **room, moved=moved, **errors_of(reasons))


@area.page("/p/<project>/feedback/<key>", "project.read")
def show(project: str, key: str) -> Response:
    return _room(_one(key))


@area.act("/p/<project>/feedback/<key>/outcomes", "feedback.triage")
def settle(project: str, key: str) -> Response:
    item, given = _one(key), forms.outcome(request.form)
    seen = seen_version(request.form)
    try:
        made = actions.settle(g.actor, g.project, item, seen=seen, **given)
    except Invalid as error:
        return _room(item, 422, error.reasons)
    except Stale as stale:
        return _room(item, 409, stale.reasons, moved=True)
    if made is not None:
        flash(_("%(key)s stands for it. Its sender’s link says so.", key=made.key))
    return answer(_href(key))


@area.act("/p/<project>/feedback/<key>/reply", "feedback.triage")
def reply(project: str, key: str) -> Response:
    item = _one(key)
    try:
        actions.reply(g.actor, item, request.form.get("reply", ""), seen=seen_version(request.form))
    except Invalid as error:
        return _room(item, 422, error.reasons)
    except Stale as stale:
        return _room(item, 409, stale.reasons, moved=True)
    return answer(_href(key))


@area.act("/p/<project>/feedback/<key>/group", "feedback.triage")
def group(project: str, key: str) -> Response:
    item = _one(key)
    try:
        head = actions.group(g.actor, item, request.form.get("with", ""))
    except Invalid as error:
        return _room(item, 422, error.reasons)
    flash(_("%(key)s belongs to %(head)s now, and is answered with it.", key=item.key, head=head.key))
    return answer(local_path(request.form["next"]) if request.form.get("next") else _href(head.key))


@area.act("/p/<project>/feedback/<key>/group/end", "feedback.triage")
def ungroup(project: str, key: str) -> Response:
    actions.ungroup(g.actor, _one(key))
    return answer(_href(key))


@area.page("/p/<project>/feedback/<key>/pictures/<int:number>", "project.read")
def picture(project: str, key: str, number: int) -> Response:
    """A picture, as small files of the page itself; it is shown only where its bytes are what they were when it came."""
    found = attachment_of(_one(key), number)
    if found.media_type not in PICTURES:
        raise NotFound(str(number))
    data = Storage(current_app.config["SETTINGS"].data / "files").read(found.digest)
    response = make_response(data)
    response.mimetype = PICTURES[found.media_type]
    return response
