"""Signing in at the organisation's provider, linking an account with it, and signing in there again to prove oneself.

A press leads to a page of ours with a link to the provider (a form may not be sent elsewhere: the content policy); coming back
leads to a page whose button sends the answer on, so that no GET signs anybody in. A script presses both.
"""

from __future__ import annotations

from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts import actions, limits, proofs, provider, queries
from reqtrack.accounts.models import User
from reqtrack.accounts.views.area import area, errors_of, local_path, prove_first
from reqtrack.accounts.views.sign_in import enter
from reqtrack.db import reading
from reqtrack.errors import Invalid, Refused
from reqtrack.permissions import ANYBODY, Actor
from reqtrack.web.answers import answer, page
from reqtrack.web.context import choose_locale
from reqtrack.web.transaction import note_access


def _about() -> dict[str, Any]:
    limits.count("sign_in")
    return provider.discovered()


def _onward(purpose: str, user_id: int | None = None, **detail: Any) -> Any:
    url = provider.begin(purpose, g.prepared, user_id, **detail)
    return page("accounts/onward.html", to=url, fields=None, provider=provider.name())


@area.act("/sign-in/provider", ANYBODY, prepare=_about)
def sign_in_at_provider() -> Any:
    return _onward(provider.SIGN_IN, next=local_path(request.form.get("next")))


@area.act("/account/proof/provider", "self", prepare=_about)
def prove_at_provider() -> Any:
    return _onward(provider.PROVE, g.actor.id, next=local_path(request.form.get("next")))


@area.act("/account/provider", "self", proof=True, prepare=_about)
def link_provider() -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    return _onward(provider.LINK, g.actor.id, next=url_for("accounts.me", _anchor="ways"))


@area.act("/join/<secret>/provider", ANYBODY, prepare=_about)
def join_at_provider(secret: str) -> Any:
    queries.invited(secret)
    return _onward(provider.JOIN, secret=secret, next=url_for("accounts.join", secret=secret))


@area.act("/account/provider/<int:number>/end", "self", proof=True)
def unlink_provider(number: int) -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    row = queries.identity_of(g.actor.id, number)
    actions.unlink_identity(g.actor, queries.user_by_id(g.actor.id), row)
    note_access("identity_unlinked", g.actor.login)
    flash(_("The link with the provider is ended."))
    return answer(url_for("accounts.me", _anchor="ways"))


# -- coming back -------------------------------------------------------------------------------------------------------


@area.page("/sign-in/back", ANYBODY)
def back() -> Any:
    fields = [(name, request.args.get(name, "")) for name in ("state", "code", "iss") if request.args.get(name)]
    return page("accounts/onward.html", to=url_for("accounts.come_back"), fields=fields, provider=provider.name())


def _come_back() -> tuple[str, provider.Told] | Refused:
    g.sent_for = provider.sent_for()
    limits.count("sign_in")
    limits.check("sign_in_failed")
    try:
        purpose, told = provider.finish(request.form.to_dict(), g.actor.id)
    except Refused as problem:
        return problem
    if purpose == provider.PROVE:
        try:
            _proved(told)
        except Refused as problem:
            return problem
    return purpose, told


def _proved(told: provider.Told) -> None:
    """Who signed in again there must be who is signed in here."""
    with reading():
        user = queries.user_at_provider(told.issuer, told.subject)
        theirs = user is not None and user.id == g.actor.id
    if not theirs:
        provider.not_you()
    proofs.refresh(g.actor.id, "sso")


@area.act("/sign-in/back", ANYBODY, prepare=_come_back)
def come_back() -> Any:
    if isinstance(g.prepared, Refused):
        return _refused(g.prepared)
    purpose, told = g.prepared
    try:
        return _FINISH[purpose](told)
    except (Refused, Invalid) as problem:
        return _refused(problem)


def _refused(problem: Any) -> Any:
    limits.count("sign_in_failed")
    note_access("sign_in_failed", g.actor.login or "unknown", by="sso", reasons=[one.code for one in problem.reasons])
    purpose, wanted = g.sent_for
    if purpose == provider.PROVE and g.actor.login:
        # They are signed in: the other ways to prove it, and on to what they wanted to do.
        on = local_path(wanted)
        told = {"to": url_for("accounts.proved"), "fields": [("next", on)], "next_": on, **errors_of(problem.reasons)}
        return page("accounts/prove.html", problem.status, **told)
    shown = {"next": local_path(None), "fresh": False, "login": "", **errors_of(problem.reasons)}
    return page("accounts/sign_in.html", problem.status, **shown)


def _sign_in(told: provider.Told) -> Any:
    user = _linked(told)
    if user is None:
        provider.unknown(told)
        raise AssertionError("unreachable")
    enter(user, "sso", provider.proved_at(told))
    return answer(local_path(told.detail.get("next")))


def _linked(told: provider.Told) -> User | None:
    user = queries.user_at_provider(told.issuer, told.subject)
    if user is not None and not user.active:
        provider.unknown(told)
    return user


def _prove(told: provider.Told) -> Any:
    note_access("proved", g.actor.login, by="sso")
    return answer(local_path(told.detail.get("next")))


def _link(told: provider.Told) -> Any:
    actions.link_identity(g.actor, queries.user_by_id(g.actor.id), told)
    note_access("identity_linked", g.actor.login)
    flash(_("Linked. You can sign in at %(name)s from now on.", name=provider.name()))
    return answer(told.detail["next"])


def _join(told: provider.Told) -> Any:
    """By an invitation: an account without a password, linked from the start; or the account that is linked already."""
    user = _linked(told)
    if user is None:
        invited = queries.invited(told.detail["secret"])
        user = actions.join_as_new(invited.invitation, told.login, told.name, "", locale=choose_locale())
        itself = Actor(id=user.id, login=user.login, name=user.name)
        actions.link_identity(itself, user, told)
        enter(user, "sso", provider.proved_at(told))
        return answer(url_for("radar.overview", project=invited.project_key))
    enter(user, "sso", provider.proved_at(told))
    return answer(told.detail["next"])


_FINISH = {provider.SIGN_IN: _sign_in, provider.PROVE: _prove, provider.LINK: _link, provider.JOIN: _join}
