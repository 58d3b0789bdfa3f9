"""One-time links for people outside, as those who ask for signatures make and end them, and others pass their codes on."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts.links import absolute
from reqtrack.db import whole_number
from reqtrack.errors import Invalid
from reqtrack.signoff import actions, pages, queries
from reqtrack.signoff.outside import DAYS, tellers
from reqtrack.signoff.queries.outside import link_for, members
from reqtrack.signoff.views.signoffs import _show_url, _signoff, area
from reqtrack.web.answers import answer, page


@area.act("/<int:number>/links", "signoff.request", endpoint="make_link")
def make_link(project: str, number: int) -> Response:
    signoff = _signoff(number)
    position = whole_number(request.form.get("seat", "")) or 0
    days = whole_number(request.form.get("days") or str(DAYS)) or 0
    try:
        row, secret = actions.make_link(g.actor, g.project, signoff, position, days=days)
    except Invalid as error:
        return page("signoff/show.html", 422, **pages.show(g.actor, g.project, signoff, request.form, error.reasons))
    name = _name(signoff, position)
    link = absolute(url_for("outside.door", secret=secret))
    message = _(
        "%(project)s: please look at it and sign. Open this link; the code comes apart.", project=g.project.name
    )
    able = [one.name for one in tellers(members(g.project_id), row.made_by)]
    return page(
        "signoff/link_made.html", 201, signoff=signoff, row=row, name=name, tellers=able, link=link, message=f"{message}\n{link}",
        qr=url_for("outside.qr", secret=secret), back=_show_url(number),
    )  # fmt: skip


def _name(signoff: Any, position: int) -> str:
    taken = queries.seats_of([signoff.id])[signoff.id]
    return next((one.name for one in taken if one.seat.position == position), "")


@area.page("/<int:number>/links/<int:link>/code", "project.read", endpoint="link_code")
def link_code(project: str, number: int, link: int) -> Response:
    """Where the code is shown, to whoever may pass it on: on their word, which is recorded."""
    signoff = _signoff(number)
    row = link_for(signoff, link)
    actions.require_tellable(g.actor, signoff, row)
    return _code(signoff, row, "")


@area.act("/<int:number>/links/<int:link>/code", "project.read", endpoint="tell_link_code")
def tell_code(project: str, number: int, link: int) -> Response:
    signoff = _signoff(number)
    row = link_for(signoff, link)
    return _code(signoff, row, actions.tell_code(g.actor, signoff, row))


def _code(signoff: Any, row: Any, code: str) -> Response:
    name, back = _name(signoff, row.position), _show_url(signoff.number)
    return page("signoff/link_code.html", signoff=signoff, row=row, name=name, code=code, back=back)


@area.act("/<int:number>/links/<int:link>/revoke", "project.read", endpoint="revoke_link")
def revoke(project: str, number: int, link: int) -> Response:
    signoff = _signoff(number)
    actions.revoke_link(g.actor, signoff, link_for(signoff, link))
    flash(_("The link is worth nothing from now on."))
    return answer(_show_url(number))
