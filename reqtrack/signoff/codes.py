"""What a printed code says: the first 12 hex digits of a fingerprint → kind of document, date, genuine or superseded.

Nothing else is told, and no sign-in is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, tuple_

from reqtrack.acceptance.models import Round
from reqtrack.accounts.models import Project
from reqtrack.baselines.models import Baseline
from reqtrack.db import Base, db
from reqtrack.signoff import queries
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.subjects import number_in

CODE = re.compile("[0-9a-f]{12,64}")
MOST = 20


@dataclass(frozen=True)
class Proof:
    """One document that bears the code: its kind, its date, and ``genuine`` or ``superseded``."""

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
    # A sheet to be signed on paper names its request behind a dot.
    text = given.strip().lower().removeprefix("sha256:").partition(".")[0]
    return text if CODE.fullmatch(text) else None


# Areas above may add documents of their own: code → what bears it.
SOURCES: list[Callable[[str], Sequence[Proof]]] = []


def lookup(code: str) -> list[Proof]:
    """The documents that bear a code; none when it is unknown."""
    asked = _signoffs(code)
    states = _states([row.Signoff for row in asked if row.Signoff.state in ("signed", "withdrawn")])
    by_subject: dict[tuple[int, str], set[str]] = {}
    for row in asked:
        told = by_subject.setdefault((row.Signoff.project_id, row.Signoff.subject), set())
        told.update([states[row.Signoff.id]] if row.Signoff.id in states else [])
    proofs = [*_baselines(code, by_subject), *_rounds(by_subject), *_decisions(code)]
    for row in asked:
        if row.Signoff.id in states:
            proofs.append(Proof(_l("Sign-off"), row.Signoff.settled_at, states[row.Signoff.id], row.zone))
    return [*proofs, *(proof for source in SOURCES for proof in source(code))]


def _signoffs(code: str) -> Sequence[Any]:
    """Sign-offs over content of this code with the zones of their projects, the newest first."""
    return db.session.execute(
        select(Signoff, Project.zone)
        .join(Project, Project.id == Signoff.project_id)
        .where(Signoff.fingerprint >= f"sha256:{code}", Signoff.fingerprint < f"sha256:{code}g")
        .order_by(Signoff.settled_at.desc(), Signoff.id)
        .limit(MOST)
    ).all()


def _states(signoffs: Sequence[Signoff]) -> dict[int, str]:
    judged = queries.outcomes(signoffs, queries.answers([one.id for one in signoffs]))
    # A signature that was withdrawn stands no more than one that fell; why is nobody's business here.
    return {name: "genuine" if one.state == "signed" else "superseded" for name, one in judged.items()}


def _judged(told: set[str]) -> str:
    """The state of a document by those of its completed signatures: superseded when none of them stands."""
    return "superseded" if "superseded" in told and "genuine" not in told else "genuine"


def _baselines(code: str, by_subject: Mapping[tuple[int, str], set[str]]) -> list[Proof]:
    rows = db.session.execute(
        select(Baseline.project_id, Baseline.number, Baseline.at, Project.zone)
        .join(Project, Project.id == Baseline.project_id)
        .where(Baseline.fingerprint >= f"sha256:{code}", Baseline.fingerprint < f"sha256:{code}g")
        .order_by(Baseline.at.desc(), Baseline.project_id)
        .limit(MOST)
    )
    return [
        Proof(
            _l("Scope baseline"), row.at, _judged(by_subject.get((row.project_id, f"BL-{row.number}"), set())), row.zone
        )
        for row in rows
    ]


def _rounds(by_subject: Mapping[tuple[int, str], set[str]]) -> list[Proof]:
    """Closed rounds that were put to signature."""
    wanted = {
        (project_id, number_in(key)): told for (project_id, key), told in by_subject.items() if key.startswith("RND-")
    }
    if not wanted:
        return []
    rows = db.session.execute(
        select(Round.project_id, Round.number, Round.closed_at, Project.zone)
        .join(Project, Project.id == Round.project_id)
        .where(tuple_(Round.project_id, Round.number).in_(sorted(wanted)), Round.closed_at.is_not(None))
        .order_by(Round.closed_at.desc())
    )
    return [
        Proof(_l("Acceptance round"), row.closed_at, _judged(wanted[row.project_id, row.number]), row.zone)
        for row in rows
    ]


def _decisions(code: str) -> list[Proof]:
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
