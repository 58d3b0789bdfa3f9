"""What must be known before a stale pass may stand, or a result is revoked."""

from __future__ import annotations

from sqlalchemy import and_, select

from reqtrack.acceptance.models import NO_ROW, Acceptance, Result, ResultRevocation, Round, Standing
from reqtrack.acceptance.policy import Stale
from reqtrack.db import db
from reqtrack.items.models import Item, Link, Version


def standing_of(found: Round, scenario: Acceptance, row: int | None) -> Result | None:
    """The result that counts for a row in a round."""
    wanted = (
        select(Result)
        .join(Standing, and_(Standing.project_id == Result.project_id, Standing.number == Result.number))
        .where(
            Standing.round_id == found.id,
            Standing.acceptance_id == scenario.id,
            Standing.row == (NO_ROW if row is None else row),
        )
    )
    return db.session.execute(wanted).scalar()


def facts(scenario: Acceptance, standing: Result | None) -> Stale:
    """What the policy asks of the result that counts, and who wrote what moved since it was given."""
    if standing is None:
        return Stale("", False, frozenset())
    stale = scenario.text_seq > standing.seq
    return Stale(standing.verdict, stale, authors_since(scenario, standing.seq) if stale else frozenset())


def authors_since(scenario: Acceptance, seq: int) -> frozenset[str]:
    """The logins of who wrote the text of a scenario, or of what it accepts, after a sequence; where a change brought it, of
    everybody who wrote that change."""
    accepted = select(Link.target_id).where(Link.source_id == scenario.id, Link.kind == "accepts", Link.until.is_(None))
    moved = select(Version.author, Version.change).where(
        (Version.item_id == scenario.id) | Version.item_id.in_(accepted), Version.since > seq
    )
    rows = db.session.execute(moved).all()
    keys = {row.change for row in rows if row.change}
    wrote = (
        select(Version.author)
        .join(Item, Item.id == Version.item_id)
        .where(Item.project_id == scenario.project_id, Item.key.in_(keys))
    )
    by_hand = {row.author for row in rows if not row.change}
    return frozenset(by_hand | (set(db.session.execute(wrote).scalars()) if keys else set()))


def is_revoked(result: Result) -> bool:
    """Whether it was said to be a mistake."""
    return db.session.get(ResultRevocation, (result.project_id, result.number)) is not None
