"""Signatures on paper: which sheet belongs to which request, who may bring one in, who compares it. Pure: the facts come in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reqtrack.errors import YES, Verdict, no
from reqtrack.permissions import Actor
from reqtrack.signoff.away import OUTSIDE
from reqtrack.signoff.models import PaperSheet, Signoff

CODE_LENGTH = 12
# What the QR code of a sheet says: an address or a fingerprint, and the request.
_CODE = re.compile(r"(?:/V/|SHA256:)([0-9A-F]{12})[0-9A-F]*\.(SGN-[0-9]{1,9})", re.IGNORECASE)
KINDS = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}


def mark_of(signoff: Signoff) -> str:
    """What follows the address in the QR code of a request's sheet."""
    return f".{signoff.key}"


def request_in(texts: Iterable[str]) -> tuple[str, str] | None:
    """The request and the code (twelve hex digits) in what the QR codes of a scan say, where one of them is of a sheet."""
    found = (_CODE.search(text) for text in texts)
    return next(((one.group(2).upper(), one.group(1).lower()) for one in found if one), None)


def code_in(given: str) -> str:
    """A 校验码 as somebody typed it: its hex digits, small."""
    return "".join(one for one in given.lower().removeprefix("sha256:") if one in "0123456789abcdef")[:CODE_LENGTH]


def code_of(signoff: Signoff) -> str:
    """The 校验码 on the sheet of a request."""
    return signoff.fingerprint.removeprefix("sha256:")[:CODE_LENGTH]


def belongs(signoff: Signoff, texts: Iterable[str], typed: str) -> tuple[str, Verdict]:
    """How a scan was matched to a request (``code`` or ``typed``), and whether it belongs to it."""
    read = request_in(texts)
    if read is not None:
        if read == (signoff.key, code_of(signoff)):
            return "code", YES
        return "code", no("other_sheet", "This sheet belongs to %(key)s, by its QR code.", field="file", key=read[0])
    if not typed.strip():
        message = "No QR code of a sheet can be read on it: type the check code that is printed at its foot."
        return "typed", no("code_needed", message, field="code")
    if code_in(typed) != code_of(signoff):
        return "typed", no(
            "wrong_code", "This is not the check code of the sheet of %(key)s.", field="code", key=signoff.key
        )
    return "typed", YES


def may_bring(actor: Actor, project_id: int) -> Verdict:
    """Whether the actor may bring signed sheets in: who asks for signatures, and who may sign."""
    if actor.kind == "user" and (actor.may("signoff.request", project_id) or actor.may("sign", project_id)):
        return YES
    return no("no_permission", "Signed sheets are brought in by those who ask for signatures, or sign.")


def may_compare(actor: Actor, sheet: PaperSheet) -> Verdict:
    """Whether the actor may compare a sheet: a second person, who is not who signed it."""
    if sheet.state != "offered":
        return no("settled", "This sheet was compared already.")
    if actor.kind != "user" or not actor.roles_in(sheet.project_id) - OUTSIDE or not may_bring(actor, sheet.project_id):
        return no("no_permission", "Signed sheets are compared by those who ask for signatures, or sign.")
    if actor.login == sheet.uploaded_by:
        return no("own_upload", "You brought it in: somebody else compares it.")
    if actor.login == sheet.signer:
        return no("own_signature", "You signed it: somebody else compares it.")
    return YES
