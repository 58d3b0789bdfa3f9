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
from sqlalchemy import String, and_, cast, func, literal, select

from reqtrack.acceptance.models import Round
from reqtrack.accounts.models import Project
from reqtrack.baselines.models import Baseline
from reqtrack.db import Base, db
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


def rounds(code: str) -> Sequence[Proof]:
    """Closed rounds whose results have this code and were put to signature: superseded when their signature is."""
    rows = db.session.execute(
        select(Signoff, Round.closed_at, Project.zone)
        .join(Round, and_(Round.project_id == Signoff.project_id, Signoff.subject == _key_of_round()))
        .join(Project, Project.id == Signoff.project_id)
        .where(
            Signoff.fingerprint >= f"sha256:{code}", Signoff.fingerprint < f"sha256:{code}g", Round.stage == "closed"
        )
        .order_by(Signoff.project_id, Signoff.subject, Signoff.number)
        .limit(MOST)
    ).all()
    given = queries.answers([row.Signoff.id for row in rows])
    told: dict[tuple[int, str], Proof] = {}
    for row in rows:
        state = queries.outcome_of(row.Signoff, given[row.Signoff.id]).state
        place = (row.Signoff.project_id, row.Signoff.subject)
        if place not in told or state == "signed":
            state = "superseded" if state == "superseded" else "genuine"
            told[place] = Proof(_l("Acceptance round"), row.closed_at, state, row.zone)
    return list(told.values())


def _key_of_round() -> Any:
    return literal("RND-", String).concat(cast(Round.number, String))


def decisions(code: str) -> Sequence[Proof]:
    """Approved changes whose package has this code. Changes are an area above this one: their table is read by its name."""
    table = Base.metadata.tables["decisions"]
    rows = db.session.execute(
        select(table.c.change_id, func.max(table.c.at).label("at"), Project.zone)
        .join(Project, Project.id == table.c.project_id)
        .where(table.c.package_print >= code, table.c.package_print < f"{code}g", table.c.outcome == "approved")
        .group_by(table.c.change_id, Project.zone)
        .order_by(table.c.change_id)
        .limit(MOST)
    )
    return [Proof(_l("Change record"), row.at, "genuine", row.zone) for row in rows]


SOURCES: list[Callable[[str], Sequence[Proof]]] = [baselines, rounds, decisions, signed]


def lookup(code: str) -> list[Proof]:
    """The documents that bear a code; none when it is unknown."""
    return [proof for source in SOURCES for proof in source(code)]
