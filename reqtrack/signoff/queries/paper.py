"""Signed sheets that came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.db import db
from reqtrack.errors import NotFound
from reqtrack.signoff.models import PaperSheet, Signoff


def sheets_of(signoff: Signoff) -> Sequence[PaperSheet]:
    """The sheets of a request, the newest first."""
    wanted = select(PaperSheet).where(PaperSheet.signoff_id == signoff.id).order_by(PaperSheet.id.desc()).limit(200)
    return db.session.execute(wanted).scalars().all()


def sheet_for(signoff: Signoff, number: int) -> PaperSheet:
    """One sheet of a request.

    Raises:
        NotFound
    """
    row = db.session.get(PaperSheet, number)
    if row is None or row.signoff_id != signoff.id:
        raise NotFound(str(number))
    return row


def sheet_dict(row: PaperSheet) -> dict[str, Any]:
    """A sheet as the API shows it."""
    return {
        "id": row.id, "version": row.version, "seat": row.position, "signer": row.signer, "signer_name": row.signer_name,
        "signed_on": row.signed_on.isoformat(), "remarks": row.remarks, "scan": row.scan, "file_name": row.file_name,
        "matched": row.matched, "uploaded_by": row.uploaded_by, "uploaded_at": clock.iso(row.uploaded_at), "state": row.state,
        "compared_by": row.compared_by, "compared_at": clock.iso(row.compared_at) if row.compared_at else None,
        "reason": row.reason or None,
    }  # fmt: skip
