"""What verifies a change that is in effect: the acceptance scenarios that it concerns, and how they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, literal, select
from sqlalchemy.orm import aliased

from reqtrack.acceptance.models import Result, Round, RoundScenario
from reqtrack.acceptance.queries import may_test, statuses, testers_of
from reqtrack.audit.models import Event
from reqtrack.changes.models import Change
from reqtrack.changes.queries.undoing import applied
from reqtrack.db import db
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import SYSTEM, Actor

# In these states it has to be tested (again) before the change is verified.
LEFT = ("stale", "failed", "untested", "blocked")


@dataclass(frozen=True)
class Scenario:
    """An acceptance scenario that a change concerns, with its status."""

    id: int
    key: str
    title: str
    status: str


@dataclass(frozen=True)
class Verification:
    """``scenarios``: all that the reader may see, by number; ``hidden``: how many more there are; ``round``: the key of the newest
    round that is planned or runs and holds one of those that are left, "" where there is none."""

    scenarios: Sequence[Scenario]
    hidden: int
    round: str

    @property
    def left(self) -> list[Scenario]:
        return [one for one in self.scenarios if one.status in LEFT]

    @property
    def passed(self) -> int:
        return sum(one.status == "passed" for one in self.scenarios)


def verification(actor: Actor, change: Change, after: Mapping[str, Any] | None = None) -> Verification:
    """How a change that is in effect stands (at most four statements).

    Args:
        after: what the event tells that put it into effect, where that is known already.
    """
    told = applied(change) if after is None else after
    scenarios = _concerned(actor, change.project_id, told)
    standing = statuses(SYSTEM, change.project_id, [row.id for row in scenarios if row.seen])
    found = [
        Scenario(row.id, row.key, row.title, standing[row.id]["status"]) for row in scenarios if row.id in standing
    ]
    left = [one.id for one in found if one.status in LEFT]
    return Verification(found, sum(not row.seen for row in scenarios), _round_of(change.project_id, left))


def _round_of(project_id: int, ids: Collection[int]) -> str:
    if not ids:
        return ""
    number = db.session.execute(
        select(func.max(Round.number))
        .join(RoundScenario, RoundScenario.round_id == Round.id)
        .where(
            Round.project_id == project_id,
            Round.stage.in_(("planned", "running")),
            RoundScenario.acceptance_id.in_(ids),
        )
    ).scalar()
    return f"RND-{number}" if number else ""


def wrote(after: Mapping[str, Any]) -> list[str]:
    """The keys that a change edited or made, from its event."""
    return [*(key for key, _version in after.get("versions", ())), *after.get("made", ())]


def _concerned(actor: Actor, project_id: int, after: Mapping[str, Any]) -> list[Any]:
    """``(id, key, title, seen)`` of the acceptance scenarios in force that a change concerns, by number: those that its event tells
    of, and those that accept now what it edited or made."""
    named = aliased(Item, flat=True)
    seen = literal(1) if sees_all(actor, project_id) else case((visible(actor, project_id), 1), else_=0)
    accepts = and_(Link.target_id == named.id, Link.kind == "accepts", Link.until.is_(None))
    keys = sorted({*wrote(after), *after.get("acceptance", ())})
    found: dict[int, Any] = {}
    for at in range(0, len(keys), 2000):
        rows = db.session.execute(
            select(Item.id, Item.key, Item.title, Item.number, seen.label("seen"))
            .select_from(named)
            .outerjoin(Link, accepts)
            .join(Item, Item.id == case((named.kind == "acceptance", named.id), else_=Link.source_id))
            .where(
                named.project_id == project_id, named.key.in_(keys[at : at + 2000]), named.retired.is_(False),
                Item.retired.is_(False),
            )
        )  # fmt: skip
        found.update((row.id, row) for row in rows)
    return sorted(found.values(), key=lambda row: row.number)


def testers_for(project_id: int, ids: Collection[int]) -> list[str]:
    """The logins of those who tested these before, by the newest round that holds each; else of all who may test."""
    able = [one.login for one in may_test(project_id)]
    before = {one.login for people in testers_of(ids).values() for one in people}
    return [login for login in able if login in before] or able


def passed(change: Change) -> list[str] | None:
    """The keys of what verifies a change in effect, where all of it has passed, and something of it since the change; else None."""
    found = verification(SYSTEM, change)
    if not found.scenarios or found.passed < len(found.scenarios):
        return None
    if not _tested_since(change, [one.id for one in found.scenarios]):
        return None
    return [one.key for one in found.scenarios]


def _tested_since(change: Change, ids: Collection[int]) -> bool:
    """Whether any of these acceptance scenarios has a result since the change took effect."""
    wanted = select(Result.number).where(
        Result.project_id == change.project_id, Result.acceptance_id.in_(ids), Result.since > change.applied_seq
    )
    return db.session.execute(wanted.limit(1)).first() is not None


def to_look_at(project_id: int) -> list[Change]:
    """The changes in effect that something was tested after, oldest first."""
    newest = (
        select(func.max(Event.seq))
        .where(Event.project_id == project_id, Event.action == "result.recorded")
        .scalar_subquery()
    )
    wanted = select(Change).where(
        Change.project_id == project_id, Change.stage == "applied", Change.applied_seq < newest
    )
    return list(db.session.execute(wanted.order_by(Change.id)).scalars())
