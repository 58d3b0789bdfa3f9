"""One-time links: joining a project, setting a password, making the first account.

Opening a link changes nothing, because chat programs open links beforehand; its button uses it up.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, make_response, redirect, request, url_for

from reqtrack.accounts import actions, forms, limits, links, queries
from reqtrack.accounts.roles import ROLE_NAMES, ROLE_SENTENCES
from reqtrack.accounts.views.area import area, errors_of
from reqtrack.accounts.views.sign_in import enter, half_way
from reqtrack.db import reading
from reqtrack.errors import Invalid, NotFound, Reason
from reqtrack.permissions import ANYBODY
from reqtrack.rendering.qr import qr_png
from reqtrack.web.answers import answer, page
from reqtrack.web.context import choose_locale


def _gone(kind: str) -> Response:
    """Unknown, used, revoked, out of date: one sentence for all."""
    return page("accounts/link_gone.html", 404, kind=kind)


def _picture(path: str) -> Response:
    response = make_response(qr_png(links.absolute(path)))
    response.mimetype = "image/png"
    return response


# -- joining a project -------------------------------------------------------------------------------------------------


def _join_page(invited: queries.Invited, status: int = 200, reasons: tuple[Reason, ...] = ()) -> Any:
    held = g.actor.roles_in(invited.project_id)
    return page(
        "accounts/join.html", status, invited=invited, roles=[(ROLE_NAMES[role], ROLE_SENTENCES[role]) for role in invited.roles],
        held_already=bool(g.actor.login) and set(invited.roles) <= held, typed=request.form,
        join_secret=links.folded((request.view_args or {})["secret"]), **errors_of(reasons),
    )  # fmt: skip


@area.page("/join/<secret>", ANYBODY)
def join(secret: str) -> Any:
    limits.count("link")
    try:
        return _join_page(queries.invited(secret))
    except NotFound:
        return _gone("invitation")


def _joining() -> forms.NewAccount | None:
    """Before any lock: an account to be made, where nobody is signed in and the link is good."""
    limits.count("link")
    if g.actor.login:
        return None
    with reading():
        try:
            queries.open_invitation((request.view_args or {})["secret"])
        except NotFound:
            return None
    return forms.new_account(request.form)


@area.act("/join/<secret>", ANYBODY, prepare=_joining)
def accept_invitation(secret: str) -> Any:
    typed: forms.NewAccount | None = g.prepared
    try:
        invited = queries.invited(secret)
    except NotFound:
        return _gone("invitation")
    if g.actor.login:
        actions.accept_invitation(g.actor, invited.invitation, queries.user_by_id(g.actor.id))
        return answer(url_for("radar.overview", project=invited.project_key))
    if typed is None:
        return _gone("invitation")
    if typed.reasons:
        return _join_page(invited, 422, typed.reasons)
    try:
        user = actions.join_as_new(
            invited.invitation, typed.login, typed.name, typed.password_hash, typed.email, choose_locale()
        )
    except Invalid as problem:
        return _join_page(invited, 422, problem.reasons)
    enter(user)
    return answer(url_for("radar.overview", project=invited.project_key))


@area.page("/join/<secret>/qr.png", "self")
def join_qr(secret: str) -> Any:
    return _picture(url_for("accounts.join", secret=links.folded(secret)))


# -- setting a password ------------------------------------------------------------------------------------------------


@area.page("/password/<secret>", ANYBODY)
def password(secret: str) -> Any:
    limits.count("link")
    try:
        _link, user = queries.open_password_link(secret)
    except NotFound:
        return _gone("password")
    return page("accounts/password.html", user=user, secret=links.folded(secret), **errors_of(()))


def _setting() -> forms.NewPassword | None:
    limits.count("link")
    with reading():
        try:
            login = queries.open_password_link((request.view_args or {})["secret"])[1].login
        except NotFound:
            return None
    return forms.new_password(request.form.get("password", ""), login)


@area.act("/password/<secret>", ANYBODY, prepare=_setting)
def set_password(secret: str) -> Any:
    wanted: forms.NewPassword | None = g.prepared
    try:
        link, user = queries.open_password_link(secret)
    except NotFound:
        return _gone("password")
    if wanted is None:
        return _gone("password")
    if wanted.reasons:
        return page("accounts/password.html", 422, user=user, secret=links.folded(secret), **errors_of(wanted.reasons))
    user = actions.use_password_link(link, wanted.password_hash)
    if queries.authenticator(user.id) is not None:
        return half_way(user, url_for("radar.my_work"))
    enter(user)
    return answer(url_for("radar.my_work"))


@area.page("/password/<secret>/qr.png", "self")
def password_qr(secret: str) -> Any:
    return _picture(url_for("accounts.password", secret=links.folded(secret)))


# -- the first account -------------------------------------------------------------------------------------------------


def _set_up_page(secret: str, status: int = 200, reasons: tuple[Reason, ...] = ()) -> Any:
    return page("accounts/set_up.html", status, secret=links.folded(secret), typed=request.form, **errors_of(reasons))


def _is_open(secret: str) -> bool:
    return links.is_set_up_secret(current_app, secret) and not queries.any_user()


@area.page("/set-up/<secret>", ANYBODY)
def set_up(secret: str) -> Any:
    limits.count("link")
    return _set_up_page(secret) if _is_open(secret) else _gone("set_up")


def _first() -> forms.NewAccount | None:
    limits.count("link")
    with reading():
        if not _is_open((request.view_args or {})["secret"]):
            return None
    return forms.new_account(request.form)


@area.act("/set-up/<secret>", ANYBODY, prepare=_first)
def make_first_account(secret: str) -> Any:
    typed: forms.NewAccount | None = g.prepared
    if typed is None or not _is_open(secret):
        return _gone("set_up")
    if typed.reasons:
        return _set_up_page(secret, 422, typed.reasons)
    try:
        user = actions.create_first_user(typed.login, typed.name, typed.password_hash, choose_locale())
    except Invalid as problem:
        return _set_up_page(secret, 422, problem.reasons)
    enter(user)
    return answer(url_for("accounts.new_project"))


# -- capitals: a QR code spells addresses in them ----------------------------------------------------------------------


@area.page("/JOIN/<secret>", ANYBODY)
def join_in_capitals(secret: str) -> Any:
    return redirect(url_for("accounts.join", secret=links.folded(secret)), 303)


@area.page("/PASSWORD/<secret>", ANYBODY)
def password_in_capitals(secret: str) -> Any:
    return redirect(url_for("accounts.password", secret=links.folded(secret)), 303)
