"""Signing in and out; the language and looks of a browser."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, redirect, request, session, url_for

from reqtrack.accounts import actions, limits, proofs, queries, sessions
from reqtrack.accounts.views.area import address, agent, area, errors_of, local_path
from reqtrack.errors import Reason
from reqtrack.permissions import ANYBODY, Actor
from reqtrack.web.answers import answer, page
from reqtrack.web.context import DENSITIES, LOCALES, THEMES
from reqtrack.web.transaction import note_access

YEAR = 365 * 24 * 3600
WRONG = "Login or password is wrong. After %(most)s wrong tries an account rests for %(minutes)s minutes."


@area.page("/sign-in", ANYBODY)
def sign_in() -> Any:
    wanted = local_path(request.args.get("next"))
    if g.actor.login:
        return redirect(wanted, 303)
    return page("accounts/sign_in.html", next=wanted, fresh=not queries.any_user(), login="", **errors_of(()))


def _try() -> proofs.Attempt:
    """Before any lock: is it their password?"""
    limits.count("sign_in")
    limits.check("sign_in_failed")
    return proofs.attempt(request.form.get("login", "")[:400], request.form.get("password", ""))


@area.act("/sign-in", ANYBODY, prepare=_try)
def start() -> Any:
    tried: proofs.Attempt = g.prepared
    wanted = local_path(request.form.get("next"))
    if tried.user is None:
        limits.count("sign_in_failed")
        # A login that we do not know may be a password typed into the wrong field: it is not kept.
        note_access("sign_in_failed", tried.known or "unknown", resting=tried.resting)
        reason = Reason("wrong", WRONG, {"most": proofs.MOST_FAILURES, "minutes": proofs.LOCK_MINUTES}, "login")
        typed = request.form.get("login", "")[:200]
        return page("accounts/sign_in.html", 403, next=wanted, fresh=False, login=typed, **errors_of((reason,)))
    enter(tried.user)
    return answer(wanted)


def enter(user: Any) -> None:
    """Sign this browser in as a user who has just proved it."""
    if g.actor.sign_in:
        sessions.end(g.actor.sign_in)
    sessions.start(user, address(), agent())
    g.actor = Actor(id=user.id, login=user.login, name=user.name, locale=user.locale)
    note_access("signed_in", user.login)


@area.act("/sign-out", ANYBODY)
def sign_out() -> Any:
    if g.actor.sign_in:
        note_access("signed_out", g.actor.login)
        sessions.end(g.actor.sign_in)
    session.pop(sessions.COOKIE, None)
    # Who takes over on a shared machine goes on where the other was.
    wanted = request.form.get("next")
    return answer(url_for("accounts.sign_in", next=local_path(wanted) if wanted else None))


# -- language, colours, rows -------------------------------------------------------------------------------------------


@area.page("/language", ANYBODY)
def language() -> Any:
    """The language of this device: a cookie alone, so that a link will do."""
    return kept(redirect(local_path(request.args.get("next")), 303), "lang", _language())


@area.act("/language", ANYBODY)
def set_language() -> Any:
    """The same, and for somebody signed in the account's language too."""
    if g.actor.login:
        actions.change_account(g.actor, queries.user_by_id(g.actor.id), {"locale": _language()})
    return kept(answer(local_path(request.form.get("next"))), "lang", _language())


def _language() -> str:
    to = request.values.get("to", "")
    return to if to in LOCALES else "en"


@area.act("/display", ANYBODY)
def display() -> Any:
    """Colours and density of rows, for browsers without script."""
    response = answer(local_path(request.form.get("next")))
    for name, known in (("theme", THEMES), ("density", DENSITIES)):
        if request.form.get(name) in known:
            kept(response, name, request.form[name])
    return response


def kept(response: Any, name: str, value: str) -> Response:
    """An answer that keeps a choice in this browser for a year."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(name, value, max_age=YEAR, secure=secure, samesite="Lax")
    return response  # type: ignore[no-any-return]
