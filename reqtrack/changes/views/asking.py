"""Asking somebody by a one-time link to decide a change."""

from __future__ import annotations

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts.links import absolute
from reqtrack.changes import actions
from reqtrack.changes.asking import DAYS
from reqtrack.changes.queries.asking import ask_for
from reqtrack.changes.views.changes import _shown, area, change_of, errors_of, href_of
from reqtrack.db import whole_number
from reqtrack.errors import Invalid
from reqtrack.web.answers import answer, page


@area.act("/<key>/asks", "project.read")
def ask_by_link(project: str, key: str) -> Response:
    change = change_of(key)
    days = whole_number(request.form.get("days") or str(DAYS)) or 0
    try:
        row, secret, code = actions.ask_by_link(g.actor, change, request.form.get("decider", ""), days=days)
    except Invalid as error:
        return _shown(change, 422, errors_of(error))
    name = next((one[1] for one in _people(change) if one[0] == row.user_id), "")
    link = absolute(url_for("asked.door", secret=secret))
    message = _("%(project)s, %(key)s: please decide “%(title)s”. Open this link; the code comes apart.",
                project=g.project.name, key=change.key, title=change.title)  # fmt: skip
    return page(
        "changes/ask_made.html", 201, item=change, row=row, name=name, link=link, code=code, message=f"{message}\n{link}",
        qr=url_for("asked.qr", secret=secret), back=href_of(key),
    )  # fmt: skip


def _people(change: object) -> list[tuple[int, str]]:
    from reqtrack.changes import dossier

    return [(one.id, one.name) for one in dossier.load(change).people]  # type: ignore[arg-type]


@area.act("/<key>/asks/<int:number>/revoke", "project.read")
def revoke_ask(project: str, key: str, number: int) -> Response:
    change = change_of(key)
    actions.revoke_ask(g.actor, change, ask_for(change, number))
    flash(_("The link is worth nothing from now on."))
    return answer(href_of(key))
