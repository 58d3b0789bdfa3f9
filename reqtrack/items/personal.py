"""Personal texts: kept beside the chain under a salted digest, so that erasing one breaks no hash."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import select

from reqtrack.audit.seals import digest
from reqtrack.db import clean_text, db, mode, once
from reqtrack.items.models import PersonalText


def put(project_id: int, body: str) -> str:
    """Keep a text (inside ``recorded()``) and return its digest; an empty text has the digest ""."""
    body = clean_text(body)
    if not body:
        return ""
    salt = secrets.token_hex(16)
    found = digest(salt + body)
    db.session.add(PersonalText(digest=found, project_id=project_id, salt=salt, body=body))
    return found


def get(project_id: int, found: str | None) -> str:
    """The text of a digest ("" when it was erased or there is none)."""
    return many(project_id, [found or ""]).get(found or "", "")


def many(project_id: int, digests: Iterable[str]) -> dict[str, str]:
    """Texts by digest, in one query; a transaction that only reads asks for each text once."""
    now = mode()
    known: dict[tuple[int, str], str | None] = {} if now is None or now.writing else once("personal")
    names = {one for one in digests if one}
    wanted = [one for one in names if (project_id, one) not in known]
    if wanted:
        rows = db.session.execute(
            select(PersonalText.digest, PersonalText.body).where(
                PersonalText.project_id == project_id, PersonalText.digest.in_(wanted)
            )
        )
        known.update(dict.fromkeys(((project_id, one) for one in wanted), None))
        known.update({(project_id, row.digest): row.body or "" for row in rows})
    return {one: text for one in names if (text := known[project_id, one]) is not None}
