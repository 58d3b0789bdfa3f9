"""One's own account: name, language, password, the browsers that are signed in, API tokens."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts import actions, forms, policy, proofs, queries, sessions
from reqtrack.accounts.agents import is_phone, known_as
from reqtrack.accounts.views.area import address, agent, area, errors_of, prove_first
from reqtrack.accounts.views.sign_in import kept
from reqtrack.errors import Invalid, Reason, Refused
from reqtrack.web.answers import answer, page
from reqtrack.web.context import LOCALES
from reqtrack.web.transaction import note_access


def _shown(status: int = 200, typed: dict[str, Any] | None = None, reasons: tuple[Reason, ...] = ()) -> Any:
    user = queries.user_by_id(g.actor.id)
    return page(
        "accounts/me.html",
        status,
        user=user,
        typed={"name": user.name, "email": user.email or "", "locale": user.locale, **(typed or {})},
        browsers=[(one, known_as(one.agent), is_phone(one.agent)) for one in queries.browsers(user.id)],
        tokens=queries.live_tokens(user.id),
        ways=queries.ways_of(user.id),
        passkeys=queries.passkeys(user.id),
        identities=queries.identities(user.id),
        recovery_codes=len(queries.recovery_codes(user.id)),
        administers=policy.may_administer(g.actor),
        **errors_of(reasons),
    )


@area.page("/account", "self")
def me() -> Any:
    return _shown()


@area.act("/account", "self")
def change_me() -> Any:
    typed = {name: request.form.get(name, "").strip() for name in ("name", "email", "locale")}
    if typed["locale"] not in LOCALES:
        typed["locale"] = ""
    try:
        forms.check_email(typed["email"])
        actions.change_account(g.actor, queries.user_by_id(g.actor.id), typed)
    except Invalid as problem:
        return _shown(422, typed, problem.reasons)
    flash(_("Saved"))
    response = answer(url_for("accounts.me"))
    return kept(response, "lang", typed["locale"]) if typed["locale"] else response


def _new_password() -> forms.NewPassword:
    """Before any lock: is the present one right, does the new one fit?"""
    try:
        proofs.check(g.actor.login, request.form.get("current", ""))
    except Refused as problem:
        note_access("password_change_refused", g.actor.login)
        return forms.NewPassword(
            "", tuple(Reason(one.code, one.message, one.params, "current") for one in problem.reasons)
        )
    return forms.new_password(request.form.get("password", ""), g.actor.login)


@area.act("/account/password", "self", prepare=_new_password)
def change_password() -> Any:
    wanted: forms.NewPassword = g.prepared
    if wanted.reasons:
        return _shown(422, reasons=wanted.reasons)
    user = queries.user_by_id(g.actor.id)
    actions.set_password(g.actor, user, wanted.password_hash)
    sessions.start(user, address(), agent())
    note_access("password_changed", user.login)
    flash(_("The password is changed; other browsers are signed out."))
    return answer(url_for("accounts.me"))


@area.act("/account/browsers/<sign_in>/end", "self")
def end_browser(sign_in: str) -> Any:
    sessions.end(queries.browser_of(g.actor.id, sign_in).id)
    note_access("browser_signed_out", g.actor.login)
    flash(_("That browser is signed out."))
    return answer(url_for("accounts.me"))


@area.act("/account/browsers/end", "self")
def end_other_browsers() -> Any:
    for one in queries.browsers(g.actor.id):
        if one.id != g.actor.sign_in:
            sessions.end(one.id)
    note_access("browsers_signed_out", g.actor.login)
    flash(_("All other browsers are signed out."))
    return answer(url_for("accounts.me"))


@area.act("/account/tokens", "self", proof=True)
def make_token() -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    name, scope = request.form.get("name", ""), request.form.get("scope", "")
    try:
        secret = actions.create_token(g.actor, queries.user_by_id(g.actor.id), scope, name)
    except Invalid as problem:
        return _shown(422, {"token_name": name, "scope": scope}, problem.reasons)
    return page("accounts/token_made.html", 201, secret=secret, scope=scope, name=name, days=actions.TOKEN_DAYS)


@area.act("/account/tokens/<int:number>/end", "self")
def end_token(number: int) -> Any:
    actions.end_token(g.actor, queries.token_of(g.actor.id, number), g.actor.login)
    flash(_("The token is worth nothing from now on."))
    return answer(url_for("accounts.me"))
