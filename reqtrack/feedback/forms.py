"""From what pages send to plain values; a picture is opened, cleaned and kept here, before any transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from reqtrack.accounts.links import folded
from reqtrack.errors import Reason, ReqtrackError, invalid
from reqtrack.feedback import policy
from reqtrack.feedback.policy import Picture
from reqtrack.files.door import open_upload
from reqtrack.files.limits import MB, Limits
from reqtrack.files.pictures import PICTURES, without_traces
from reqtrack.files.storage import Storage
from reqtrack.items.values import Unfit, text_of

LARGEST_PICTURE = 15 * MB
# How long a picture waits for the form that was refused to be sent again.
KEPT_SECONDS = 3600
_SECRET = re.compile("[a-z2-7]{32}")


@dataclass(frozen=True)
class Sent:
    """What a form of feedback holds. ``kept``: the picture, signed, for the form that is shown again."""

    said: str
    contact: str
    once: str
    picture: Picture | None
    reasons: tuple[Reason, ...]
    kept: str = ""
    status: int = 422


def sent(reasons: tuple[Reason, ...] = (), status: int = 422) -> Sent:
    """Read a form of feedback. Nothing is raised: what does not fit is told in ``reasons``, beside what was typed.

    Args:
        reasons: why it is refused whatever it holds; a picture that came along is not even opened then.
    """
    form = request.form
    found = list(reasons)
    texts = {}
    for name, most in (("said", policy.MOST_SAID), ("contact", policy.MOST_CONTACT)):
        try:
            texts[name] = text_of(form.get(name, ""), most).strip()
        except Unfit as unfit:
            texts[name] = form.get(name, "")
            found.append(Reason("invalid", unfit.message, unfit.params, name))
    if not texts["said"].strip():
        found.append(Reason("required", "Write what you saw, in a few words.", {}, "said"))
    picture = None
    try:
        # Who sends too much must not fill the disk.
        picture = (None if reasons else _received()) or _from_before(form.get("kept", ""))
    except ReqtrackError as error:
        found += [Reason(one.code, one.message, one.params, "photo") for one in error.reasons]
    if reasons and picture is None:
        found.append(Reason("not_kept", "No picture was kept: choose it again, if there was one.", {}, "photo"))
    once = folded(form.get("once", ""))
    once = once if _SECRET.fullmatch(once) else ""
    kept = _signer().dumps([picture.digest, picture.kind, picture.size]) if picture is not None and found else ""
    return Sent(texts["said"], texts["contact"], once, picture, tuple(found), str(kept), status)


def _received() -> Picture | None:
    """The picture of a form; None where there is none.

    Raises:
        FileProblem: larger than it may be. Invalid: no picture. StorageFull: there is no room for it.
    """
    file = request.files.get("photo")
    if file is None or not file.filename:
        return None
    upload = open_upload(file.stream, file.filename, Limits(size=LARGEST_PICTURE))  # type: ignore[arg-type]
    data = without_traces(upload.data, upload.kind)
    if data is None:
        raise invalid("photo", "This is not a picture that can be shown: send a JPEG, PNG, WebP or GIF.")
    return Picture(_store().put(data), upload.kind, len(data))


def _from_before(kept: str) -> Picture | None:
    """The picture that came with the form when it was refused."""
    try:
        digest, kind, size = _signer().loads(kept, max_age=KEPT_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None
    there = kind in PICTURES and _store().renew(str(digest))
    return Picture(str(digest), str(kind), int(size)) if there else None


def _store() -> Storage:
    return Storage(current_app.config["SETTINGS"].data / "files")


def _signer() -> URLSafeTimedSerializer:
    # Signed, for else anybody could name the digest of any file that lies in the store.
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="feedback picture")


def link(form: Mapping[str, str]) -> dict[str, Any]:
    """What the form of a new link holds.

    Raises:
        Invalid: a day that is none.
    """
    given = form.get("until", "").strip()
    try:
        until = date.fromisoformat(given) if given else None
    except ValueError:
        raise invalid("until", "%(given)s is not a date such as 2026-11-20.", given=given[:80]) from None
    return {"name": form.get("name", ""), "until": until}


def outcome(form: Mapping[str, str]) -> dict[str, str]:
    """What the forms of a piece of feedback hold, as ``actions.settle`` takes it."""
    return {name: form.get(name, "").strip() for name in ("outcome", "reply", "title", "text", "existing")}
