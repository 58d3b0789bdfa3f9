"""Telling another tracker of defects: the address and its secret, and the job that each event makes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from flask import current_app, has_request_context, url_for

from reqtrack import clock
from reqtrack.acceptance.models import Defect
from reqtrack.accounts import policy as accounts
from reqtrack.accounts.links import absolute
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import canonical, db, reading
from reqtrack.jobs import outbound, queue
from reqtrack.permissions import Actor

JOB = "defect.hook"
EVENTS = ("raised", "fixed", "closed", "reopened")
SECRET_BYTES = 32
# Half a minute, five minutes, half an hour, three hours: the other side may be down for an evening.
WAITS = (30.0, 300.0, 1_800.0, 10_800.0)


def set_hook(actor: Actor, project: Project, address: str) -> str:
    """Say where another tracker is told of defects; "" ends that.

    Returns:
        The new secret that its messages are signed with, to be shown this once; "" where nothing changed or there is no address.

    Raises:
        Refused: no permission. Invalid: no address that may be reached.
    """
    accounts.may_manage_project(actor, project.id).require()
    address = address.strip()
    if address:
        outbound.check(address, current_app.config["SETTINGS"].outbound_allow, "defect_hook")
    if address == (project.defect_hook or ""):
        return ""
    before = {"defect_hook": project.defect_hook}
    secret = secrets.token_hex(SECRET_BYTES) if address else ""
    with recorded(actor, project.id, "project.changed", project.key, before=before) as entry:
        project.defect_hook, project.defect_hook_secret = address or None, secret or None
        entry.after = {"defect_hook": project.defect_hook}
    return secret


def tell(actor: Actor, defect: Defect, event: str) -> None:
    """Put in what tells another tracker, where the project names one."""
    project = db.session.get_one(Project, defect.project_id)
    if project.defect_hook:
        queue.enqueue(actor, project, JOB, {"body": _body(project, defect, event)})


def _body(project: Project, defect: Defect, event: str) -> dict[str, Any]:
    """What is told: nothing that a reader of the other tracker needs an account for."""
    return {
        "event": f"defect.{event}", "project": project.key, "key": defect.key, "title": defect.title,
        "severity": defect.severity, "stage": defect.stage, "outside": defect.outside, "at": clock.iso(clock.now()),
        "url": _href(project, defect),
    }  # fmt: skip


def _href(project: Project, defect: Defect) -> str | None:
    """The page of a defect; None where the command line acts and nobody said under which address the site is."""
    if not has_request_context():
        base = str(current_app.config["SETTINGS"].base_url)
        return f"{base.rstrip('/')}/p/{project.key}/i/{defect.key}" if base else None
    return absolute(url_for("items.show", project=project.key, key=defect.key))


def send(running: queue.Running) -> Mapping[str, Any]:
    """The job: send one event, signed. The same ``X-Reqtrack-Delivery`` comes again where it is not known whether it arrived.

    Raises:
        queue.Later: the other side did not take it. queue.Failed: it may not be sent there, or nobody is to be told any more.
    """
    with reading():
        project = db.session.get_one(Project, running.project_id)
        address, secret = project.defect_hook, project.defect_hook_secret or ""
    if not address:
        raise queue.Failed("The project names no address any more.")
    body = canonical(running.payload["body"]).encode()
    headers = {
        "Content-Type": "application/json", "User-Agent": "reqtrack", "X-Reqtrack-Delivery": str(running.id),
        "X-Reqtrack-Signature": signature(secret, body),
    }  # fmt: skip
    try:
        status = outbound.post(address, body, headers, current_app.config["SETTINGS"].outbound_allow)
    except outbound.Forbidden as error:
        raise queue.Failed(str(error)) from None
    except outbound.Unreachable as error:
        raise queue.Later(str(error)) from None
    return {"status": status}


def signature(secret: str, body: bytes) -> str:
    """What a receiver compares: ``sha256=`` and the HMAC-SHA256 of the body, in hex, with the secret as it was shown."""
    return f"sha256={hmac.digest(secret.encode(), body, hashlib.sha256).hex()}"
