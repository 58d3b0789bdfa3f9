"""Asking somebody to decide a change by a one-time link."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for

from reqtrack import clock
from reqtrack.accounts.links import absolute
from reqtrack.api.area import PROJECT, answered, area, created, short
from reqtrack.api.schemas import AskBody
from reqtrack.changes import actions
from reqtrack.changes.models import Change
from reqtrack.changes.queries.asking import Asked, ask_for, asks
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.items.queries import item_for

ONE = f"{PROJECT}/changes/<key>"


def _change(key: str) -> Change:
    found: Change = item_for(g.actor, g.project_id, key, "change")
    return found


def _shown(one: Asked) -> dict[str, Any]:
    return {
        "id": one.id, "version": 1 + (one.used_at is not None or one.revoked_at is not None), "decider": one.login,
        "asked_by": one.asked_by, "asked_at": clock.iso(one.asked_at), "expires_at": clock.iso(one.expires_at),
        "used_at": clock.iso(one.used_at) if one.used_at else None,
        "revoked_at": clock.iso(one.revoked_at) if one.revoked_at else None, "wrong_codes": one.wrong, "state": one.state,
    }  # fmt: skip


def _one(change: Change, number: int) -> dict[str, Any]:
    db.session.flush()
    found = next((one for one in asks(change) if one.id == number), None)
    if found is None:
        raise NotFound(str(number))
    return _shown(found)


@area.listing(f"{ONE}/asks", "project.read")
@area.doc(summary="Who was asked by a one-time link to decide a change", tags=["changes"])
def list_asks(project: str, key: str) -> Response:
    return short([_shown(one) for one in asks(_change(key))], "id")


@area.page(f"{ONE}/asks/<int:number>", "project.read")
@area.doc(summary="One of these links", tags=["changes"])
def read_ask(project: str, key: str, number: int) -> Response:
    return answered(_one(_change(key), number))


@area.act(f"{ONE}/asks", "project.read", makes="read_ask")
@area.input(AskBody, location="json", arg_name="body")
@area.doc(summary="Ask by a link, told this once in `secret`; its code is passed on by somebody else", tags=["changes"])
def create_ask(project: str, key: str, body: AskBody) -> Response:
    change = _change(key)
    row, secret = actions.ask_by_link(g.actor, change, body.decider, days=body.days)
    told = {"link": absolute(url_for("asked.door", secret=secret))}
    return created({**_one(change, row.id), "secret": told}, once="secret")


@area.act(f"{ONE}/asks/<int:number>/code", "project.read")
@area.doc(summary="Learn the code of somebody else's link, to pass it on", tags=["changes"])
def tell_ask_code(project: str, key: str, number: int) -> Response:
    change = _change(key)
    told = actions.tell_code(g.actor, change, ask_for(change, number))
    return created({**_one(change, number), "code": told}, once="code")


@area.act(f"{ONE}/asks/<int:number>/revocation", "project.read")
@area.doc(summary="Make such a link worthless", tags=["changes"])
def revoke_ask(project: str, key: str, number: int) -> Response:
    change = _change(key)
    actions.revoke_ask(g.actor, change, ask_for(change, number))
    return created(_one(change, number))
