"""What follows when a change is in effect: verifying it, undoing it, having seen it."""

from __future__ import annotations

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.changes import actions
from reqtrack.changes.forms import keys_of
from reqtrack.changes.views.changes import area, change_of, href_of
from reqtrack.web.answers import answer


@area.act("/<key>/verification", "round.manage")
def verify(project: str, key: str) -> Response:
    made = actions.plan_verification(g.actor, change_of(key), request.form.get("into", ""))
    return answer(url_for("acceptance.round", project=project, number=made.number))


@area.act("/<key>/reversal", "change.create")
def revert(project: str, key: str) -> Response:
    made = actions.revert(g.actor, change_of(key))
    flash(_("%(key)s is a draft: look at what it would bring back, then submit it.", key=made.key))
    return answer(href_of(made.key))


@area.act("/<key>/seen", "project.read")
def see(project: str, key: str) -> Response:
    actions.see(g.actor, change_of(key))
    item = keys_of(request.form.get("item", ""))
    if item:
        return answer(url_for("items.show", project=project, key=item[0]))
    return answer(url_for("radar.my_work"))
