"""By what I prove that it is me: the authenticator app and its recovery codes."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, make_response, url_for
from flask import request as sent
from flask_babel import gettext as _

from reqtrack.accounts import actions, codes, queries, vault
from reqtrack.accounts.models import Authenticator
from reqtrack.accounts.views.area import area, errors_of, prove_first
from reqtrack.errors import Invalid, NotFound, Reason
from reqtrack.rendering.qr import qr_png
from reqtrack.web.answers import answer, page
from reqtrack.web.transaction import note_access


def _waiting() -> Authenticator | None:
    """The one that waits for its first code; shown to whoever has just proved that it is them, and to nobody else."""
    return queries.waiting_authenticator(g.actor.id) if g.actor.reauthenticated else None


def _shown(status: int = 200, reasons: tuple[Reason, ...] = ()) -> Any:
    waiting = _waiting()
    key = codes.spelled(vault.taken_out(waiting.secret)) if waiting is not None else ""
    return page("accounts/authenticator.html", status, key=key, **errors_of(reasons))


@area.page("/account/authenticator", "self")
def authenticator() -> Any:
    return _shown()


@area.page("/account/authenticator/qr.png", "self")
def authenticator_qr() -> Response:
    waiting = _waiting()
    if waiting is None:
        raise NotFound("authenticator")
    key = vault.taken_out(waiting.secret)
    response = make_response(qr_png(codes.address(key, g.actor.login), as_it_is=True))
    response.mimetype = "image/png"
    response.headers["Cache-Control"] = "no-store"
    return response


@area.act("/account/authenticator", "self", proof=True)
def begin_authenticator() -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    actions.begin_authenticator(g.actor, queries.user_by_id(g.actor.id))
    return answer(url_for("accounts.authenticator"))


@area.act("/account/authenticator/confirmation", "self")
def confirm_authenticator() -> Any:
    try:
        fresh = actions.confirm_authenticator(g.actor, queries.user_by_id(g.actor.id), sent.form.get("code", ""))
    except Invalid as problem:
        return _shown(422, problem.reasons)
    note_access("authenticator_set", g.actor.login)
    return page("accounts/recovery_codes.html", 201, codes=fresh)


@area.act("/account/authenticator/end", "self", proof=True)
def end_authenticator() -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    actions.end_authenticator(g.actor, queries.user_by_id(g.actor.id))
    note_access("authenticator_ended", g.actor.login)
    flash(_("The authenticator app is no longer asked."))
    return answer(url_for("accounts.me", _anchor="ways"))


@area.act("/account/recovery-codes", "self", proof=True)
def renew_recovery_codes() -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    fresh = actions.renew_recovery_codes(g.actor, queries.user_by_id(g.actor.id))
    return page("accounts/recovery_codes.html", 201, codes=fresh)


@area.act("/users/<int:number>/authenticator/end", "user.manage", proof=True)
def end_authenticator_of(number: int) -> Any:
    """For somebody who lost their phone and their recovery codes."""
    if not g.actor.reauthenticated:
        return prove_first()
    found = queries.user_by_id(number)
    actions.end_authenticator(g.actor, found)
    note_access("authenticator_ended", found.login)
    flash(_("%(name)s signs in by the password alone from now on.", name=found.name))
    return answer(url_for("accounts.user", number=number))
