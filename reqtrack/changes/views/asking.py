"""Asking somebody by a one-time link to decide a change."""

from __future__ import annotations

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts.links import absolute
from reqtrack.changes import actions, dossier
from reqtrack.changes.asking import DAYS, tellers
from reqtrack.changes.queries.asking import ask_for, asks
from reqtrack.changes.views.changes import area, change_of, errors_of, href_of, shown
from reqtrack.db import whole_number
from reqtrack.errors import Invalid
from reqtrack.web.answers import answer, page


@area.act("/<key>/asks", "project.read")
def ask_by_link(project: str, key: str) -> Response:
    change = change_of(key)
    days = whole_number(request.form.get("days") or str(DAYS)) or 0
    try:
        row, secret = actions.ask_by_link(g.actor, change, request.form.get("decider", ""), days=days)
    except Invalid as error:
        return shown(change, 422, errors_of(error, "decider", "days"))
    found = dossier.load(change)
    person = next(one for one in found.people if one.id == row.user_id)
    able = tellers(found.people, found.origin, g.actor.login, person.login)
    link = absolute(url_for("asked.door", secret=secret))
    message = _("%(project)s, %(key)s: please decide “%(title)s”. Open this link; the code comes apart.",
                project=g.project.name, key=change.key, title=change.title)  # fmt: skip
    return page(
        "changes/ask_made.html", 201, item=change, row=row, name=person.name, tellers=[one.name for one in able], link=link,
        message=f"{message}\n{link}", qr=url_for("asked.qr", secret=secret), back=href_of(key),
    )  # fmt: skip


@area.page("/<key>/asks/<int:number>/code", "project.read")
def ask_code(project: str, key: str, number: int) -> Response:
    """Where the code is shown, to whoever may pass it on: on their word, which is recorded."""
    change = change_of(key)
    row = ask_for(change, number)
    name = actions.require_tellable(g.actor, change, row).name
    return page("changes/ask_code.html", 200, item=change, row=row, name=name, code="", back=href_of(key))


@area.act("/<key>/asks/<int:number>/code", "project.read")
def tell_code(project: str, key: str, number: int) -> Response:
    change = change_of(key)
    row = ask_for(change, number)
    code = actions.tell_code(g.actor, change, row)
    name = next(one.name for one in asks(change) if one.id == row.id)
    return page("changes/ask_code.html", 200, item=change, row=row, name=name, code=code, back=href_of(key))


@area.act("/<key>/asks/<int:number>/revoke", "project.read")
def revoke_ask(project: str, key: str, number: int) -> Response:
    change = change_of(key)
    actions.revoke_ask(g.actor, change, ask_for(change, number))
    flash(_("The link is worth nothing from now on."))
    return answer(href_of(key))
