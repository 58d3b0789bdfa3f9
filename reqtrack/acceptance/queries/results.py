"""One result, with everything that is to be told of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select

from reqtrack.acceptance.models import NO_ROW, Acceptance, Result, ResultRevocation, Round, Standing
from reqtrack.acceptance.queries.status import status_of
from reqtrack.db import db, plain, whole_number
from reqtrack.errors import NotFound
from reqtrack.items.models import Attachment, Item, Version
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor


@dataclass(frozen=True)
class Recorded:
    """A result: its round and scenario, what it is worth now, whether it counts for its row, and whether it was revoked."""

    result: Result
    round: Round
    scenario: Acceptance
    status: str
    counts: bool
    revoked: ResultRevocation | None


def result_for(actor: Actor, project_id: int, given: str | int) -> Recorded:
    """A result by its number, of a scenario that the actor may see.

    Raises:
        NotFound: there is none such for them.
    """
    number = whole_number(str(given))
    own = and_(ResultRevocation.project_id == Result.project_id, ResultRevocation.number == Result.number)
    stands = and_(Standing.project_id == Result.project_id, Standing.number == Result.number)
    row = None
    if number is not None and actor.may("project.read", project_id):
        row = db.session.execute(
            select(Result, Round, Acceptance, ResultRevocation, Standing.number.label("stands"))
            .join(Round, Round.id == Result.round_id)
            .join(Acceptance, Acceptance.id == Result.acceptance_id)
            .outerjoin(ResultRevocation, own)
            .outerjoin(Standing, stands)
            .where(Result.project_id == project_id, Result.number == number, visible(actor, project_id))
        ).first()
    if row is None:
        raise NotFound(f"result {str(given)[:40]}")
    result = row.Result
    status = status_of(row.Acceptance.text_seq, result.verdict, result.seq)
    return Recorded(result, row.Round, row.Acceptance, status, row.stands is not None, row.ResultRevocation)


def newest_number(project_id: int) -> int:
    """The number of the newest result of a project; 0 where there is none. Read from the end of the key: cheap at any size."""
    wanted = select(Result.number).where(Result.project_id == project_id).order_by(Result.number.desc()).limit(1)
    return plain(wanted).scalar() or 0


def since(actor: Actor, found: Round, after: int, limit: int = 200) -> list[Any]:
    """What others recorded in a round after the result of that number: rows (number, key, row, verdict, affirms, tester_name, at)."""
    return list(
        plain(
            select(Result.number, Item.key, Result.row, Result.verdict, Result.affirms, Result.tester_name, Result.at)
            .join(Item, Item.id == Result.acceptance_id)
            .where(
                Result.project_id == found.project_id,
                Result.number > after,
                Result.round_id == found.id,
                Result.tester != actor.login,
                visible(actor, found.project_id),
            )
            .order_by(Result.number.desc())
            .limit(limit)
        )
    )[::-1]


def evidence_of(found: Recorded) -> Sequence[Attachment]:
    """The files of a result that are still at its scenario."""
    digests = [digest for digest, _name in found.result.evidence or ()]
    if not digests:
        return []
    wanted = select(Attachment).where(
        Attachment.item_id == found.scenario.id, Attachment.digest.in_(digests), Attachment.removed_at.is_(None)
    )
    by_digest = {one.digest: one for one in db.session.execute(wanted.order_by(Attachment.id)).scalars()}
    return list(by_digest.values())


def beside(found: Recorded, limit: int = 50) -> list[Any]:
    """The other results of the same scenario and row, of all rounds, newest first: rows (Result, Round.number, revoked)."""
    row = func.coalesce(Result.row, NO_ROW)
    own = and_(ResultRevocation.project_id == Result.project_id, ResultRevocation.number == Result.number)
    rows = db.session.execute(
        select(
            Result,
            Round.number.label("round"),
            Round.name.label("round_name"),
            ResultRevocation.reason.label("revoked"),
        )
        .join(Round, Round.id == Result.round_id)
        .outerjoin(ResultRevocation, own)
        .where(
            Result.acceptance_id == found.scenario.id,
            row == (NO_ROW if found.result.row is None else found.result.row),
            Result.number != found.result.number,
            Result.project_id == found.result.project_id,
        )
        .order_by(Result.number.desc())
        .limit(limit)
    )
    return list(rows)


def text_tested(found: Recorded) -> dict[str, Any]:
    """The content of the scenario as it was when this was recorded."""
    wanted = select(Version.content).where(
        Version.item_id == found.scenario.id, Version.number == found.result.acceptance_version
    )
    content: dict[str, Any] = json.loads(db.session.execute(wanted).scalar_one())
    return content
