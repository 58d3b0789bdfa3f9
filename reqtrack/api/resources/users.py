"""The accounts of the site, for administrators; each act asks for the password of who does it."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for

from reqtrack import clock
from reqtrack.accounts import actions, forms, queries
from reqtrack.accounts.links import absolute
from reqtrack.accounts.models import User
from reqtrack.api.area import answered, area, before_number, created, limit, listed, paged
from reqtrack.api.schemas import AdministratorBody, ProofBody, UserBody
from reqtrack.audit import queries as audit
from reqtrack.db import db
from reqtrack.errors import no

USER = "/users/<int:number>"


def _user(one: queries.Account) -> dict[str, Any]:
    return {
        "id": one.id, "version": 1, "login": one.login, "name": one.name, "email": one.email, "active": one.active,
        "is_admin": one.is_admin, "has_password": one.has_password, "projects": one.projects,
        "seen_at": clock.iso(one.seen_at) if one.seen_at else None,
    }  # fmt: skip


def _proved(number: int) -> User:
    """The account of an address, for somebody who has just given their password."""
    _need_proof()
    return queries.user_by_id(number)


def _need_proof() -> None:
    if not g.actor.reauthenticated:
        no("reauthentication", "Accounts are managed with your password: send it along.", field="password").require()


def _now(number: int) -> dict[str, Any]:
    db.session.flush()
    return _user(queries.account(number))


@area.listing("/users", "user.manage", "q")
@area.doc(summary="List accounts by login", tags=["users"])
def list_users() -> Response:
    found, following = queries.accounts(request.args.get("q", ""), request.args.get("after", ""), limit())
    return listed([_user(one) for one in found], following)


@area.page(USER, "user.manage")
@area.doc(summary="Read an account", tags=["users"])
def read_user(number: int) -> Response:
    return answered(_user(queries.account(number)))


@area.listing(f"{USER}/history", "user.manage", shape="Event")
@area.doc(summary="What was done to an account, newest first", tags=["users"])
def history_user(number: int) -> Response:
    login = queries.user_by_id(number).login
    rows = audit.events_about(0, login, limit() + 1, before_number())
    return paged(rows, audit.as_dict, lambda row: row.seq)


@area.act("/users", "user.manage", proof=True, makes="read_user")
@area.input(UserBody, location="json", arg_name="body")
@area.doc(summary="Make an account; the link by which it sets its password is shown this once", tags=["users"])
def create_user(body: UserBody) -> Response:
    _need_proof()
    forms.check_email(body.email)
    user = actions.create_user(g.actor, body.login, body.name, email=body.email, is_admin=body.is_admin)
    return created({**_now(user.id), "link": _link(user)}, once="link")


def _link(user: User) -> str:
    return absolute(url_for("accounts.password", secret=actions.make_password_link(g.actor, user)))


@area.act(f"{USER}/password-link", "user.manage", proof=True)
@area.input(ProofBody, location="json", arg_name="body")
@area.doc(summary="Make a link by which an account sets its password; it is shown this once", tags=["users"])
def create_password_link(number: int, body: ProofBody) -> Response:
    link = _link(_proved(number))
    return created({**_now(number), "link": link}, once="link")


@area.act(f"{USER}/disabling", "user.manage", proof=True)
@area.input(ProofBody, location="json", arg_name="body")
@area.doc(summary="Disable an account: signed out everywhere, its tokens and links end", tags=["users"])
def disable_account(number: int, body: ProofBody) -> Response:
    actions.disable_user(g.actor, _proved(number))
    return created(_now(number))


@area.act(f"{USER}/enabling", "user.manage", proof=True)
@area.input(ProofBody, location="json", arg_name="body")
@area.doc(summary="Let a disabled account sign in again", tags=["users"])
def enable_account(number: int, body: ProofBody) -> Response:
    actions.enable_user(g.actor, _proved(number))
    return created(_now(number))


@area.act(f"{USER}/administrator", "user.manage", proof=True)
@area.input(AdministratorBody, location="json", arg_name="body")
@area.doc(summary="Make an account an administrator's, or no longer", tags=["users"])
def change_administrator(number: int, body: AdministratorBody) -> Response:
    actions.set_administrator(g.actor, _proved(number), body.is_admin)
    return created(_now(number))


@area.act(f"{USER}/authenticator-removal", "user.manage", proof=True)
@area.input(ProofBody, location="json", arg_name="body")
@area.doc(summary="Take an account's authenticator app away: the password alone signs in", tags=["users"])
def end_authenticator(number: int, body: ProofBody) -> Response:
    actions.end_authenticator(g.actor, _proved(number))
    return created(_now(number))
