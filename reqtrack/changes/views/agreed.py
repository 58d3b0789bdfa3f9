"""Writing up what was agreed elsewhere, and confirming it."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, request
from flask_babel import gettext as _

from reqtrack.changes import actions, forms
from reqtrack.changes.views.changes import area, change_of, errors_of, href_of, shown
from reqtrack.errors import Invalid, Refused
from reqtrack.files import storage
from reqtrack.files.door import open_upload
from reqtrack.items import actions as items
from reqtrack.web.answers import answer
from reqtrack.web.words import clauses, listed

# What the form that writes it up draws.
WRITTEN = ("agreed_agreed_on", "agreed_where", "agreed_deciders", "agreed_days")


def _minutes() -> Any:
    """Before any lock: the minutes or the photo, checked and kept; None where there are none."""
    sent = request.files.get("minutes")
    if sent is None or not sent.filename:
        return None
    upload = open_upload(sent.read(), sent.filename)
    return upload, storage.Storage(current_app.config["SETTINGS"].data / "files").put(upload.data)


@area.act("/<key>/agreements", "change.create", prepare=_minutes)
def agree_elsewhere(project: str, key: str) -> Response:
    change = change_of(key)
    sent = request.form
    try:
        actions.agree_elsewhere(
            g.actor, change, sent.get("agreed_on", ""), sent.get("where", ""), sent.getlist("deciders"),
            days=sent.get("agreed_days", ""), seen=forms.seen(sent),
        )  # fmt: skip
    except Invalid as error:
        return shown(change, 422, errors_of(error, *WRITTEN, called=lambda name: f"agreed_{name}"))
    if g.prepared is not None:
        upload, digest = g.prepared
        items.attach(g.actor, change, digest, upload.name, upload.kind, upload.size)
    flash(_("Written up. Each of those named is asked to confirm it."))
    return answer(href_of(key))


@area.act("/<key>/replacements", "change.manage")
def replace_decider(project: str, key: str) -> Response:
    change = change_of(key)
    sent = request.form
    try:
        actions.replace_decider(
            g.actor, change, sent.get("decider", ""), sent.get("replacement", ""), sent.get("why_replaced", "")
        )
    except Invalid as error:
        told = {"reason": "why_replaced"}
        return shown(
            change, 422, errors_of(error, "replacement", "why_replaced", called=lambda name: told.get(name, name))
        )
    flash(_("They are asked to confirm it."))
    return answer(href_of(key))


@area.act("/<key>/agreement", "project.read", proof=True)
def answer_agreement(project: str, key: str) -> Response:
    change = change_of(key)
    sent = request.form
    where: dict[str, Any] = {"seen": forms.seen(sent), "address": request.remote_addr or ""}
    so = sent.get("word") == "yes"
    try:
        done = actions.answer_agreement(g.actor, change, so, "" if so else sent.get("not_so", ""), **where)
    except Invalid as error:
        return shown(change, 422, {"" if so else "not_so": clauses(errors_of(error).values())})
    except Refused as refused:
        if any(reason.code != "reauthentication" for reason in refused.reasons):
            raise
        return shown(change, 403, errors_of(refused))
    if done is not None and done.waiting_for:
        names = listed(one.name for one in done.waiting_for)
        flash(_("Your vote is recorded. It still waits for %(who)s.", who=names))
    return answer(href_of(key))
