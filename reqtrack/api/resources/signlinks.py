"""One-time links by which people outside sign."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for

from reqtrack.accounts.links import absolute
from reqtrack.api.area import PROJECT, answered, area, created, short
from reqtrack.api.schemas import SignLinkBody
from reqtrack.db import db
from reqtrack.signoff import actions, queries
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.queries.outside import link_dict, link_for, links_of

ONE = f"{PROJECT}/signoffs/<key>"


def _signoff(key: str) -> Signoff:
    return queries.signoff_for(g.actor, g.project_id, key)


def _one(signoff: Signoff, number: int) -> dict[str, Any]:
    db.session.flush()
    return link_dict(link_for(signoff, number))


@area.listing(f"{ONE}/links", "project.read")
@area.doc(summary="The one-time links of a request for signature", tags=["signoffs"])
def list_sign_links(project: str, key: str) -> Response:
    return short([link_dict(one) for one in links_of(_signoff(key))], "id")


@area.page(f"{ONE}/links/<int:number>", "project.read")
@area.doc(summary="One of these links", tags=["signoffs"])
def read_sign_link(project: str, key: str, number: int) -> Response:
    return answered(_one(_signoff(key), number))


@area.act(f"{ONE}/links", "signoff.request", makes="read_sign_link")
@area.input(SignLinkBody, location="json", arg_name="body")
@area.doc(
    summary="Let somebody outside sign by a link, told this once in `secret`; its code is passed on by somebody else",
    tags=["signoffs"],
)
def create_sign_link(project: str, key: str, body: SignLinkBody) -> Response:
    signoff = _signoff(key)
    row, secret = actions.make_link(g.actor, g.project, signoff, body.seat, days=body.days)
    told = {"link": absolute(url_for("outside.door", secret=secret))}
    return created({**_one(signoff, row.id), "secret": told}, once="secret")


@area.act(f"{ONE}/links/<int:number>/code", "project.read")
@area.doc(summary="Learn the code of somebody else's link, to pass it on", tags=["signoffs"])
def tell_sign_code(project: str, key: str, number: int) -> Response:
    signoff = _signoff(key)
    told = actions.tell_code(g.actor, signoff, link_for(signoff, number))
    return created({**_one(signoff, number), "code": told}, once="code")


@area.act(f"{ONE}/links/<int:number>/revocation", "project.read")
@area.doc(summary="Make such a link worthless", tags=["signoffs"])
def revoke_sign_link(project: str, key: str, number: int) -> Response:
    signoff = _signoff(key)
    actions.revoke_link(g.actor, signoff, link_for(signoff, number))
    return created(_one(signoff, number))
