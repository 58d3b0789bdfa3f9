"""Signed sheets of requests for signature."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import Response, g, request

from reqtrack.api.area import PROJECT, answered, area, created, short
from reqtrack.api.schemas import ComparisonBody, SheetBody
from reqtrack.db import db
from reqtrack.errors import invalid
from reqtrack.signoff import actions, queries, scans
from reqtrack.signoff.models import Signoff

ONE = f"{PROJECT}/signoffs/<key>"


def _signoff(key: str) -> Signoff:
    return queries.signoff_for(g.actor, g.project_id, key)


def _received() -> scans.Scan | None:
    """The scan in the body, taken in before the transaction begins; the body as a whole is looked at later."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("file"), str) or not isinstance(body.get("name"), str):
        return None
    try:
        data = base64.b64decode(body["file"], validate=True)
    except (binascii.Error, ValueError):
        raise invalid("file", "The file is not base64.") from None
    return scans.take_scan(data, body["name"])


def _one(signoff: Signoff, number: int) -> dict[str, Any]:
    db.session.flush()
    return queries.sheet_dict(queries.sheet_for(signoff, number))


@area.listing(f"{ONE}/sheets", "project.read")
@area.doc(summary="The signed sheets of a request that came back", tags=["signoffs"])
def list_sheets(project: str, key: str) -> Response:
    return short([queries.sheet_dict(one) for one in queries.sheets_of(_signoff(key))], "id")


@area.page(f"{ONE}/sheets/<int:number>", "project.read")
@area.doc(summary="One of these sheets", tags=["signoffs"])
def read_sheet(project: str, key: str, number: int) -> Response:
    return answered(_one(_signoff(key), number))


@area.act(f"{ONE}/sheets", "project.read", makes="read_sheet", prepare=_received)
@area.input(SheetBody, location="json", arg_name="body")
@area.doc(summary="Bring a signed sheet in: a second person compares it before it counts", tags=["signoffs"])
def create_sheet(project: str, key: str, body: SheetBody) -> Response:
    signoff = _signoff(key)
    row = actions.bring_in(
        g.actor, g.project, signoff, g.prepared, body.seat, body.signed_on, signer=body.signer, code=body.code, remarks=body.remarks
    )  # fmt: skip
    return created(_one(signoff, row.id))


@area.act(f"{ONE}/sheets/<int:number>/comparison", "project.read")
@area.input(ComparisonBody, location="json", arg_name="body")
@area.doc(summary="Say whether a signed sheet shows what was asked", tags=["signoffs"])
def compare_sheet(project: str, key: str, number: int, body: ComparisonBody) -> Response:
    signoff = _signoff(key)
    row = queries.sheet_for(signoff, number)
    if body.confirmed:
        actions.confirm(g.actor, g.project, signoff, row, seen=body.fingerprint)
    else:
        actions.refuse(g.actor, g.project, signoff, row, body.reason)
    return created(_one(signoff, number))
