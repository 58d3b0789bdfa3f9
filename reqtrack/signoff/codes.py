"""What a printed code says: the first 12 hex digits of a fingerprint → kind of document, date, genuine or superseded.

Nothing else is told, and no sign-in is asked for. Areas above add their documents to ``SOURCES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from reqtrack.accounts.models import Project
from reqtrack.baselines.models import Baseline
from reqtrack.db import db
from reqtrack.signoff import queries
from reqtrack.signoff.models import Signoff

CODE = re.compile("[0-9a-f]{12,64}")
MOST = 20


@dataclass(frozen=True)
class Proof:
    """One document that bears the code: its kind, its date, and ``genuine``, ``superseded`` or ``withdrawn``."""

    label: Any
    at: datetime
    state: str
    zone: str = "UTC"

    @property
    def day(self) -> date:
        """The date by the calendar of the project."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()


def code_of(given: str) -> str | None:
    """The code in what somebody typed or scanned (any case, with or without ``SHA256:``), or None."""
    text = given.strip().lower().removeprefix("sha256:")
    return text if CODE.fullmatch(text) else None


def signed(code: str) -> Sequence[Proof]:
    """Completed sign-offs over content of this code."""
    rows = db.session.execute(
        select(Signoff, Project.zone)
        .join(Project, Project.id == Signoff.project_id)
        .where(
            Signoff.fingerprint >= f"sha256:{code}",
            Signoff.fingerprint < f"sha256:{code}g",
            Signoff.state.in_(("signed", "withdrawn")),
        )
        .order_by(Signoff.settled_at.desc(), Signoff.id)
        .limit(MOST)
    )
    proofs = []
    for row, zone in rows:
        state = queries.outcome_of(row, queries.answers([row.id])[row.id]).state
        when = row.settled_at or row.requested_at
        proofs.append(Proof(_l("Sign-off"), when, "genuine" if state == "signed" else state, zone))
    return proofs


def baselines(code: str) -> Sequence[Proof]:
    """Baselines whose content has this code: superseded when their newest completed signature is."""
    rows = db.session.execute(
        select(Baseline.project_id, Baseline.number, Baseline.at, Project.zone)
        .join(Project, Project.id == Baseline.project_id)
        .where(Baseline.fingerprint >= f"sha256:{code}", Baseline.fingerprint < f"sha256:{code}g")
        .order_by(Baseline.at.desc(), Baseline.project_id)
        .limit(MOST)
    )
    proofs = []
    for row in rows:
        key = f"BL-{row.number}"
        states = [outcome.state for _one, outcome in queries.of_subjects(row.project_id, [key])[key]]
        judged = [state for state in states if state in ("signed", "superseded")]
        state = "superseded" if judged and "signed" not in judged else "genuine"
        proofs.append(Proof(_l("Scope baseline"), row.at, state, row.zone))
    return proofs


SOURCES: list[Callable[[str], Sequence[Proof]]] = [baselines, signed]


def lookup(code: str) -> list[Proof]:
    """The documents that bear a code; none when it is unknown."""
    return [proof for source in SOURCES for proof in source(code)]
