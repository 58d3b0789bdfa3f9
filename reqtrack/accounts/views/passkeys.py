"""Passkeys: made, renamed and taken away in one's account; signing in and proving oneself by one.

What is asked of the device is JSON for a script (static/js/passkeys.js); what it answers comes in a form.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts import actions, limits, passkeys, proofs, queries
from reqtrack.accounts.models import User
from reqtrack.accounts.views.area import area, errors_of, local_path, prove_first
from reqtrack.accounts.views.sign_in import enter
from reqtrack.errors import Reason, Refused, no
from reqtrack.permissions import ANYBODY
from reqtrack.web.answers import answer, page
from reqtrack.web.transaction import note_access


def _options(text: str) -> Response:
    response: Response = current_app.response_class(text, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer() -> str:
    return request.form.get("credential", "")


# -- in one's account --------------------------------------------------------------------------------------------------


@area.page("/account/passkeys/new", "self")
def new_passkey() -> Any:
    if not g.actor.reauthenticated:
        return redirect(url_for("accounts.prove", next=url_for("accounts.new_passkey")), 303)
    return page("accounts/passkey.html", possible=passkeys.site() is not None, typed={}, **errors_of(()))


@area.act("/account/passkeys/challenge", "self", proof=True)
def ask_to_register() -> Response:
    if not g.actor.reauthenticated:
        no("reauthentication", "Show once more that it is you, then make the passkey.").require(403)
    user = queries.user_by_id(g.actor.id)
    return _options(passkeys.ask_to_register(user, queries.passkeys(user.id)))


def _registered() -> passkeys.Registered | Refused:
    """Before any lock: does what the device answered hold?"""
    if not g.actor.reauthenticated:
        return Refused((), 403)
    try:
        return passkeys.registered(_answer(), g.actor.id)
    except Refused as problem:
        note_access("passkey_refused", g.actor.login)
        return problem


@area.act("/account/passkeys", "self", proof=True, prepare=_registered)
def add_passkey() -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    made, name = g.prepared, request.form.get("name", "")
    try:
        if isinstance(made, Refused):
            raise made
        actions.add_passkey(g.actor, queries.user_by_id(g.actor.id), made, name)
    except Refused as problem:
        shown = errors_of(problem.reasons)
        return page(
            "accounts/passkey.html", problem.status, possible=passkeys.site() is not None, typed={"name": name}, **shown
        )
    note_access("passkey_added", g.actor.login)
    flash(_("The passkey is kept."))
    return answer(url_for("accounts.me", _anchor="ways"))


@area.act("/account/passkeys/<int:number>/name", "self")
def rename_passkey(number: int) -> Any:
    row = queries.passkey_of(g.actor.id, number)
    actions.rename_passkey(g.actor, queries.user_by_id(g.actor.id), row, request.form.get("name", ""))
    return answer(url_for("accounts.me", _anchor="ways"))


@area.act("/account/passkeys/<int:number>/end", "self", proof=True)
def end_passkey(number: int) -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    actions.end_passkey(g.actor, queries.user_by_id(g.actor.id), queries.passkey_of(g.actor.id, number))
    note_access("passkey_ended", g.actor.login)
    flash(_("The passkey is worth nothing from now on."))
    return answer(url_for("accounts.me", _anchor="ways"))


# -- proving oneself anew ----------------------------------------------------------------------------------------------


@area.page("/account/proof", "self")
def prove() -> Any:
    """All ways to show that it is me, for the next ten minutes; then on to where I came from."""
    wanted = local_path(request.args.get("next"))
    return page("accounts/prove.html", to=url_for("accounts.proved"), fields=[("next", wanted)], next_=wanted)


@area.act("/account/proof", "self", proof=True)
def proved() -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    return answer(local_path(request.form.get("next")))


@area.act("/account/proof/passkey-challenge", "self")
def ask_to_prove() -> Response:
    return _options(passkeys.ask(passkeys.PROVE, g.actor.id, queries.passkeys(g.actor.id)))


def _proved() -> Refused | None:
    try:
        passkeys.proved(_answer(), passkeys.PROVE, g.actor.id)
    except Refused as problem:
        note_access("passkey_refused", g.actor.login)
        return problem
    proofs.refresh(g.actor.id, "passkey")
    note_access("proved", g.actor.login, by="passkey")
    return None


@area.act("/account/proof/passkey", "self", prepare=_proved)
def prove_by_passkey() -> Any:
    """By script: 204, and the page that asked goes on."""
    if g.prepared is not None:
        raise g.prepared
    return current_app.response_class(status=204)


# -- signing in --------------------------------------------------------------------------------------------------------


@area.act("/sign-in/passkey-challenge", ANYBODY)
def ask_who() -> Response:
    limits.count("sign_in")
    return _options(passkeys.ask(passkeys.SIGN_IN))


def _who() -> User | None:
    limits.count("sign_in")
    limits.check("sign_in_failed")
    try:
        return passkeys.proved(_answer(), passkeys.SIGN_IN)
    except Refused:
        return None


@area.act("/sign-in/passkey", ANYBODY, prepare=_who)
def start_by_passkey() -> Any:
    user: User | None = g.prepared
    wanted = local_path(request.form.get("next"))
    if user is None:
        limits.count("sign_in_failed")
        note_access("sign_in_failed", "unknown", by="passkey")
        reason = Reason("passkey", "This passkey was not accepted. Try once more, or use another way.")
        return page("accounts/sign_in.html", 403, next=wanted, fresh=False, login="", **errors_of((reason,)))
    enter(user, "passkey")
    return answer(wanted)
