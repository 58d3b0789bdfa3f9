"""Waivers, and how they stand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, case, select

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.db import db, whole_number
from reqtrack.errors import NotFound
from reqtrack.gates.models import Waiver, WaiverWithdrawal
from reqtrack.gates.waiving import Held, state_of
from reqtrack.permissions import Actor
from reqtrack.signoff.models import Signoff


def waiver_for(actor: Actor, project: Project, given: int | str) -> Held:
    """A waiver by its number or key (``1`` or ``WVR-1``), for who may read gates.

    Raises:
        NotFound: there is none, or the actor may not see it.
    """
    number = whole_number(str(given).upper().removeprefix("WVR-"))
    found = held(project, [number]) if number is not None and actor.may("interview.read", project.id) else []
    if not found:
        raise NotFound(str(given)[:40])
    return found[0]


def held(project: Project, numbers: Sequence[int] | None = None, after: int = 0, limit: int = 0) -> list[Held]:
    """Waivers with how they stand, by number (two statements): some, or all after a number."""
    wanted = (
        select(Waiver, WaiverWithdrawal)
        .outerjoin(
            WaiverWithdrawal,
            and_(WaiverWithdrawal.project_id == Waiver.project_id, WaiverWithdrawal.number == Waiver.number),
        )
        .where(Waiver.project_id == project.id, Waiver.number > after)
        .order_by(Waiver.number)
    )
    if numbers is not None:
        wanted = wanted.where(Waiver.number.in_(list(numbers)))
    rows = db.session.execute(wanted.limit(limit) if limit else wanted).all()
    asked = _asked(project.id, [waiver.key for waiver, _gone in rows]) if rows else {}
    today = clock.today(project.zone)
    return [
        Held(
            waiver,
            state_of(asked.get(waiver.key, (None, None))[1], gone is not None, waiver.expires_on, today),
            asked.get(waiver.key, (None, None))[0],
            gone,
        )
        for waiver, gone in rows
    ]


def _asked(project_id: int, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Subject → number and state of the newest request to sign it that was signed; where none was, of the newest of all."""
    rows = db.session.execute(
        select(Signoff.subject, Signoff.number, Signoff.state)
        .where(Signoff.project_id == project_id, Signoff.subject.in_(keys))
        .order_by(case((Signoff.state == "signed", 1), else_=0), Signoff.number)
    )
    return {row.subject: (row.number, row.state) for row in rows}
