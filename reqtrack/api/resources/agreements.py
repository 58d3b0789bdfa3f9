"""What was agreed elsewhere: written up, and confirmed by who decided it."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from reqtrack.api.area import PROJECT, area, created
from reqtrack.api.resources.changes import change
from reqtrack.api.schemas import AgreementBody, ReplacementBody, WordBody
from reqtrack.changes import actions
from reqtrack.db import db
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for

ONE = f"{PROJECT}/changes/<key>"


def _shown(item: Any) -> Response:
    db.session.flush()
    return created(change(g.actor, KINDS["change"], item))


@area.act(f"{ONE}/agreements", "change.create", shape="Change")
@area.input(AgreementBody, location="json", arg_name="body")
@area.doc(
    summary="Write up that a change was decided elsewhere; each of those named is asked to confirm it", tags=["changes"]
)
def create_agreement(project: str, key: str, body: AgreementBody) -> Response:
    item = item_for(g.actor, g.project_id, key, "change")
    told = body.model_dump()
    actions.agree_elsewhere(g.actor, item, told.pop("agreed_on"), told.pop("where"), told.pop("deciders"), **told)
    return _shown(item)


@area.act(f"{ONE}/replacements", "change.manage", shape="Change")
@area.input(ReplacementBody, location="json", arg_name="body")
@area.doc(summary="Ask who decides it now instead of one named who does no more", tags=["changes"])
def create_replacement(project: str, key: str, body: ReplacementBody) -> Response:
    item = item_for(g.actor, g.project_id, key, "change")
    actions.replace_decider(g.actor, item, body.decider, body.replacement, body.reason)
    return _shown(item)


@area.act(f"{ONE}/agreement", "project.read", proof=True, shape="Change")
@area.input(WordBody, location="json", arg_name="body")
@area.doc(summary="Say of what was agreed elsewhere, as one of those named: so it is, or not so", tags=["changes"])
def answer_agreement(project: str, key: str, body: WordBody) -> Response:
    item = item_for(g.actor, g.project_id, key, "change")
    actions.answer_agreement(
        g.actor, item, body.answer == "yes", body.reason, seen=body.seen, address=request.remote_addr or ""
    )
    return _shown(item)
