"""All accounts of the site, for administrators."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _

from reqtrack.accounts import actions, policy, queries
from reqtrack.accounts.links import absolute
from reqtrack.accounts.models import User
from reqtrack.accounts.views.area import area, errors_of, prove_first
from reqtrack.errors import Invalid, Reason
from reqtrack.web.answers import answer, page
from reqtrack.web.problems import sentence


def _shown(status: int = 200, typed: dict[str, str] | None = None, reasons: tuple[Reason, ...] = ()) -> Any:
    words, after = request.args.get("q", ""), request.args.get("after", "")
    found, next_after = queries.accounts(words, after)
    return page(
        "accounts/users.html", status, accounts=found, words=words, after=after, next_after=next_after,
        typed=typed or {}, **errors_of(reasons),
    )  # fmt: skip


@area.page("/users", "user.manage")
def users() -> Any:
    return _shown()


@area.act("/users", "user.manage", proof=True)
def add_user() -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    typed = {name: request.form.get(name, "") for name in ("login", "name", "is_admin")}
    try:
        user = actions.create_user(g.actor, typed["login"], typed["name"], is_admin=bool(typed["is_admin"]))
    except Invalid as problem:
        return _shown(422, typed, problem.reasons)
    return _link(user)


@area.act("/users/<int:number>/password-link", "user.manage", proof=True)
def make_password_link(number: int) -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    return _link(queries.user_by_id(number))


def _link(user: User) -> Any:
    """The page that shows a link once."""
    secret = actions.make_password_link(g.actor, user)
    return page(
        "accounts/password_link.html", 201, user=user, days=actions.PASSWORD_LINK_DAYS,
        link=absolute(url_for("accounts.password", secret=secret)), qr=url_for("accounts.password_qr", secret=secret),
    )  # fmt: skip


@area.page("/users/<int:number>", "user.manage")
def user(number: int) -> Any:
    found = queries.user_by_id(number)
    verdict = policy.may_disable(g.actor, queries.standing(found))
    return page(
        "accounts/user.html", account=found, refusals=[sentence(one) for one in verdict.reasons], browsers=len(queries.browsers(number)),
        tokens=len(queries.live_tokens(number)), memberships=queries.memberships(number),
        ways=queries.ways_of(number),
    )  # fmt: skip


@area.act("/users/<int:number>/disable", "user.manage", proof=True)
def disable_user(number: int) -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    found = queries.user_by_id(number)
    actions.disable_user(g.actor, found)
    flash(_("%(name)s is disabled: signed out everywhere, tokens and links ended.", name=found.name))
    return answer(url_for("accounts.user", number=number))


@area.act("/users/<int:number>/enable", "user.manage", proof=True)
def enable_user(number: int) -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    found = queries.user_by_id(number)
    actions.enable_user(g.actor, found)
    flash(_("%(name)s can sign in again.", name=found.name))
    return answer(url_for("accounts.user", number=number))


@area.act("/users/<int:number>/administrator", "user.manage", proof=True)
def set_administrator(number: int) -> Any:
    if not g.actor.reauthenticated:
        return prove_first()
    found = queries.user_by_id(number)
    actions.set_administrator(g.actor, found, request.form.get("is_admin") == "1")
    flash(_("Saved"))
    return answer(url_for("accounts.user", number=number))
