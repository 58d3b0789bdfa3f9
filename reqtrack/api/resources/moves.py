"""What is done to what is there: moves between stages, second looks, endings; and files at items."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from typing import Any

from flask import Response, current_app, g, request, url_for
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import invitation_of
from reqtrack.api.area import PROJECT, after_number, answered, area, created, limit, paged
from reqtrack.api.resources.changes import change as shown_change
from reqtrack.api.resources.files import import_for, shown_import
from reqtrack.api.resources.items import kind_permission, show
from reqtrack.api.resources.projects import phase_at
from reqtrack.api.resources.site import job
from reqtrack.api.schemas import (
    AttachmentBody,
    MoveBody,
    PackageBody,
    StageBody,
    TiersBody,
    read_now,
)
from reqtrack.changes import actions as changes
from reqtrack.db import db
from reqtrack.errors import NotFound, invalid
from reqtrack.exchange import actions as exchange
from reqtrack.files.door import open_upload
from reqtrack.files.storage import Storage
from reqtrack.interviews import actions as interviews
from reqtrack.items import actions, moves, pages, present
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Attachment, Item
from reqtrack.items.queries import item_for, visible
from reqtrack.jobs import queue
from reqtrack.requirements import actions as requirements

# -- items -------------------------------------------------------------------------------------------------------------


@area.act(f"{PROJECT}/items/<key>/moves", kind_permission)
@area.input(MoveBody, location="json", arg_name="body")
@area.doc(summary="Move an item to another stage, named by the stage or by the move", tags=["items"])
def move_item(project: str, key: str, body: MoveBody) -> Response:
    item = item_for(g.actor, g.project_id, key)
    maker = moves.MAKERS.get(item.kind)
    name = next((one.name for one in moves.of(g.actor, item) if body.to in (one.name, one.to)), body.to)
    if maker is None:
        raise NotFound(body.to[:40])
    maker(g.actor, item, name, {"reason": body.reason, "until": body.until, "seen_stage": body.seen or ""})
    db.session.flush()
    return created(show(item))


@area.act(f"{PROJECT}/items/<key>/evidence/<int:number>", "interview.read", methods=("DELETE",))
@area.doc(summary="Take evidence off an item; it stays in the history", tags=["excerpts"])
def end_evidence(project: str, key: str, number: int) -> Response:
    interviews.unback(g.actor, item_for(g.actor, g.project_id, key), number)
    return Response(status=204)


# -- files at items ----------------------------------------------------------------------------------------------------


def _attachments() -> Any:
    return (
        select(Attachment, Item.key)
        .join(Item, Item.id == Attachment.item_id)
        .where(
            Attachment.project_id == g.project_id, Attachment.removed_at.is_(None), visible(g.actor, g.project_id)
        )
    )  # fmt: skip


def _attachment(row: Any, opens: Collection[int] | None = None) -> dict[str, Any]:
    found: Attachment = row[0]
    openable = pages.opens(g.actor, g.project_id, [found]) if opens is None else opens
    href = url_for("items.attachment", project=g.project.key, key=row[1], number=found.id)
    name = present.mask(g.actor, g.project_id, found.name)
    return {
        "id": found.id, "version": 1, "item": row[1], "name": name, "media_type": found.media_type,
        "size": found.size, "sha256": found.digest, "author": found.author, "at": clock.iso(found.at),
        "href": href if found.id in openable else None,
    }  # fmt: skip


@area.listing(f"{PROJECT}/attachments", "project.read", "item")
@area.doc(summary="List files at items", tags=["attachments"])
def list_attachments(project: str) -> Response:
    wanted = _attachments().where(Attachment.id > after_number()).order_by(Attachment.id).limit(limit() + 1)
    if "item" in request.args:
        wanted = wanted.where(Item.key == request.args["item"].upper())
    rows = db.session.execute(wanted).all()
    opens = pages.opens(g.actor, g.project_id, [row[0] for row in rows])
    return paged(rows, lambda row: _attachment(row, opens), lambda row: row[0].id)


@area.page(f"{PROJECT}/attachments/<int:number>", "project.read")
@area.doc(summary="Read what is known of a file", tags=["attachments"])
def read_attachment(project: str, number: int) -> Response:
    return answered(_attachment(_attachment_at(number)))


def _attachment_at(number: int) -> Any:
    row = db.session.execute(_attachments().where(Attachment.id == number)).first()
    if row is None:
        raise NotFound(str(number))
    return row


def _received() -> Any:
    """Check and keep the file before the transaction begins."""
    given = read_now(AttachmentBody)
    try:
        data = base64.b64decode(given.file, validate=True)
    except ValueError:
        raise invalid("file", "The file is not base64.") from None
    upload = open_upload(data, given.name)
    return upload, Storage(current_app.config["SETTINGS"].data / "files").put(upload.data)


@area.act(f"{PROJECT}/attachments/<int:number>", "comment.write", methods=("DELETE",))
@area.doc(summary="Take a file off its item; its bytes stay for the history", tags=["attachments"])
def end_attachment(project: str, number: int) -> Response:
    row = _attachment_at(number)
    actions.remove_attachment(g.actor, item_for(g.actor, g.project_id, row[1]), row[0])
    return Response(status=204)


@area.act(f"{PROJECT}/attachments", "comment.write", prepare=_received, makes="read_attachment")
@area.input(AttachmentBody, location="json", arg_name="body")
@area.doc(summary="Hang a file on an item", tags=["attachments"])
def create_attachment(project: str, body: AttachmentBody) -> Response:
    item = item_for(g.actor, g.project_id, body.item)
    upload, digest = g.prepared
    row = actions.attach(g.actor, item, digest, upload.name, upload.kind, upload.size)
    db.session.flush()
    return created(_attachment((row, item.key)))


# -- changes -----------------------------------------------------------------------------------------------------------


def _declare_verb(name: str, summary: str, verb: Callable[..., None], shape: type[StageBody | PackageBody]) -> None:
    seen = "seen" if shape is PackageBody else "seen_stage"

    @area.act(f"{PROJECT}/changes/<key>/{name}", "project.read", endpoint=f"{verb.__name__}_change")
    @area.input(shape, location="json", arg_name="body")
    @area.doc(summary=summary, tags=["changes"])
    def make(project: str, key: str, body: Any) -> Response:
        item = item_for(g.actor, g.project_id, key, "change")
        verb(g.actor, item, **{seen: body.seen})
        db.session.flush()
        return created(shown_change(g.actor, KINDS["change"], item))


_declare_verb("reassessment", "Have an outdated assessment made again", changes.reassess, StageBody)
_declare_verb("resumption", "Take a deferred change up again", changes.resume, StageBody)
_declare_verb("confirmation", "Confirm what somebody else typed in for me", changes.confirm, PackageBody)


# -- requirements ------------------------------------------------------------------------------------------------------


@area.act(f"{PROJECT}/tiers", "requirement.write")
@area.input(TiersBody, location="json", arg_name="body")
@area.doc(summary="Confirm the tiers that an import proposed, of these requirements or of all", tags=["requirements"])
def confirm_tiers(project: str, body: TiersBody) -> Response:
    keys = requirements.confirm_tiers(g.actor, g.project, "all" if body.requirements is None else body.requirements)
    return created({"version": len(keys), "requirements": keys})


@area.act(f"{PROJECT}/phases/<int:number>/implementation", "requirement.implement")
@area.doc(summary="Say of all approved requirements of a phase that they are built", tags=["phases"])
def implement_phase(project: str, number: int) -> Response:
    built = requirements.implement_phase(g.actor, g.project, phase_at(number))
    return created({"id": number, "version": len(built), "requirements": [item.key for item in built]})


# -- the rest ----------------------------------------------------------------------------------------------------------


@area.act(f"{PROJECT}/invitations/<int:number>", "member.manage", methods=("DELETE",))
@area.doc(summary="Make an invitation's link worthless", tags=["invitations"])
def revoke_invitation(project: str, number: int) -> Response:
    accounts.revoke_invitation(g.actor, invitation_of(g.project_id, number))
    return Response(status=204)


@area.act(f"{PROJECT}/exports/<int:number>/cancelling", "export.make")
@area.doc(summary="Stop the making of a document", tags=["exports"])
def cancel_export(project: str, number: int) -> Response:
    found = queue.job_for(g.actor, g.project_id, number)
    queue.cancel(g.actor, found)
    return created(job(found))


@area.act(f"{PROJECT}/imports/<key>/dropping", "import.run")
@area.doc(summary="Put an import run away that was not imported", tags=["imports"])
def drop_import(project: str, key: str) -> Response:
    run = import_for(key)
    exchange.drop(g.actor, run)
    db.session.flush()
    return created(shown_import(run))
