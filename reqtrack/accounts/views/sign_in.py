"""Signing in and out; the language and looks of a browser."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, current_app, g, redirect, request, session, url_for

from reqtrack import clock
from reqtrack.accounts import actions, limits, proofs, queries, sessions
from reqtrack.accounts.views.area import address, agent, area, errors_of, local_path
from reqtrack.errors import Reason
from reqtrack.permissions import ANYBODY, Actor
from reqtrack.web.answers import answer, page
from reqtrack.web.context import DENSITIES, LOCALES, THEMES
from reqtrack.web.transaction import note_access

YEAR = 365 * 24 * 3600
# How long the code may follow the password, and where the cookie keeps whose password it was.
SECOND_STEP_SECONDS = 300
HALF_WAY = "half_way"
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
    if tried.second_step:
        return half_way(tried.user, wanted)
    enter(tried.user)
    return answer(wanted)


def enter(user: Any, by: str = "password", proved_at: datetime | None = None) -> None:
    """Sign this browser in as a user who has just proved it (or at ``proved_at``)."""
    if g.actor.sign_in:
        sessions.end(g.actor.sign_in)
    sessions.start(user, address(), agent(), by, proved_at)
    g.actor = Actor(id=user.id, login=user.login, name=user.name, locale=user.locale)
    note_access("signed_in", user.login, by=by)


# -- the second step ---------------------------------------------------------------------------------------------------


def half_way(user: Any, wanted: str) -> Any:
    """The password was right, and their authenticator's code is wanted: this browser may send it for some minutes."""
    session[HALF_WAY] = {"user": user.id, "at": int(clock.now().timestamp())}
    return answer(url_for("accounts.second_step", next=wanted))


def _half_way() -> int:
    """Whose password this browser gave some minutes ago; 0 when nobody's."""
    kept = session.get(HALF_WAY) or {}
    recent = int(clock.now().timestamp()) - kept.get("at", 0) <= SECOND_STEP_SECONDS
    return int(kept["user"]) if recent else 0


@area.page("/sign-in/code", ANYBODY)
def second_step() -> Any:
    wanted = local_path(request.args.get("next"))
    if g.actor.login or not _half_way():
        return redirect(wanted if g.actor.login else url_for("accounts.sign_in", next=wanted), 303)
    return page("accounts/second_step.html", next=wanted, **errors_of(()))


def _try_code() -> proofs.Attempt | None:
    limits.count("sign_in")
    limits.check("sign_in_failed")
    whose = _half_way()
    return proofs.attempt_code(whose, request.form.get("code", "")[:40], recovery=True) if whose else None


@area.act("/sign-in/code", ANYBODY, prepare=_try_code)
def finish() -> Any:
    tried: proofs.Attempt | None = g.prepared
    wanted = local_path(request.form.get("next"))
    if tried is None:
        return answer(url_for("accounts.sign_in", next=wanted))
    if tried.user is None:
        limits.count("sign_in_failed")
        note_access("sign_in_failed", tried.known or "unknown", resting=tried.resting, by="totp")
        return page("accounts/second_step.html", 403, next=wanted, **errors_of((_wrong_code(tried),)))
    enter(tried.user, tried.by)
    return answer(wanted)


def _wrong_code(tried: proofs.Attempt) -> Reason:
    if tried.resting:
        message = "Too many wrong tries: this account rests. Try again in %(minutes)s minutes."
        return Reason("locked", message, {"minutes": proofs.LOCK_MINUTES}, "code")
    return Reason("wrong_code", "This code is wrong, out of date or used. Wait for the next one.", field="code")


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
