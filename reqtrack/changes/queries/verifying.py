"""What verifies a change that is in effect: the acceptance scenarios that it concerns, and how they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from reqtrack.acceptance.models import Acceptance, Result, Round, RoundScenario
from reqtrack.acceptance.queries import may_test, statuses, testers_of
from reqtrack.audit.models import Event
from reqtrack.changes.models import Change
from reqtrack.changes.queries.undoing import applied
from reqtrack.db import db
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import items_by_key, sees_all, visible
from reqtrack.permissions import SYSTEM, Actor

# In these states it has to be tested (again) before the change is verified.
LEFT = ("stale", "failed", "untested", "blocked", "skipped")


@dataclass(frozen=True)
class Scenario:
    """An acceptance scenario that a change concerns, with its status. ``round``: the key of the newest round that is planned or runs
    and holds it, "" where none does; ``empty``: it says nothing beside its title, so that nobody knows what to look for."""

    id: int
    key: str
    title: str
    status: str
    round: str = ""
    empty: bool = False


@dataclass(frozen=True)
class LeftOut:
    """What no round of a change tests: ``why`` is ``no_acceptance`` (nothing accepts the requirement), ``retired`` or
    ``says_nothing`` (of an acceptance scenario)."""

    key: str
    title: str
    why: str


@dataclass(frozen=True)
class Verification:
    """``scenarios``: all that the reader may see, by number; ``hidden``: how many more there are; ``left_out``: what is tested by no
    round, and why, as far as the reader may see it."""

    scenarios: Sequence[Scenario]
    hidden: int
    left_out: Sequence[LeftOut] = ()

    @property
    def left(self) -> list[Scenario]:
        return [one for one in self.scenarios if one.status in LEFT]

    @property
    def ready(self) -> list[Scenario]:
        """Of those that are left, what a round can test."""
        return [one for one in self.left if not one.empty]

    @property
    def round(self) -> str:
        """The key of the newest round that is planned or runs and holds one of those that are left; "" where there is none."""
        return max((one.round for one in self.left), key=_number, default="")

    @property
    def unplanned(self) -> list[Scenario]:
        """Of those that are ready, what is in no round that is planned or runs."""
        return [one for one in self.ready if not one.round]

    @property
    def to_plan(self) -> list[Scenario]:
        """What a new round holds: what is in no round yet; where all of it is in one, all of it again."""
        return self.unplanned or self.ready

    @property
    def passed(self) -> int:
        return sum(one.status == "passed" for one in self.scenarios)


def verification(actor: Actor, change: Change, after: Mapping[str, Any] | None = None) -> Verification:
    """How a change that is in effect stands (at most four statements).

    Args:
        after: what the event tells that put it into effect, where that is known already.
    """
    told = applied(change) if after is None else after
    rows, bare = _concerned(actor, change.project_id, told)
    standing = statuses(SYSTEM, change.project_id, [row.id for row in rows if row.seen and not row.retired])
    shown = [row for row in rows if row.id in standing]
    left = [row.id for row in shown if standing[row.id]["status"] in LEFT]
    rounds = _rounds_of(change.project_id, left)
    found = [
        Scenario(row.id, row.key, row.title, standing[row.id]["status"], rounds.get(row.id, ""), _empty(row))
        for row in shown
    ]
    hidden = sum(not row.seen for row in rows if not row.retired)
    return Verification(found, hidden, _left_out(actor, change.project_id, rows, found, bare))


def _number(key: str) -> int:
    return int(key.removeprefix("RND-") or 0)


def _rounds_of(project_id: int, ids: Collection[int]) -> dict[int, str]:
    """The newest round that is planned or runs and holds each of these acceptance scenarios, by its id."""
    if not ids:
        return {}
    rows = db.session.execute(
        select(RoundScenario.acceptance_id, func.max(Round.number).label("number"))
        .join(Round, RoundScenario.round_id == Round.id)
        .where(
            Round.project_id == project_id,
            Round.stage.in_(("planned", "running")),
            RoundScenario.acceptance_id.in_(ids),
        )
        .group_by(RoundScenario.acceptance_id)
    )
    return {row.acceptance_id: f"RND-{row.number}" for row in rows}


def _empty(row: Any) -> bool:
    return not any((row.given, row.when, row.then, row.row_count, (row.description or "").strip()))


def _left_out(
    actor: Actor, project_id: int, rows: Sequence[Any], found: Sequence[Scenario], bare: Sequence[str]
) -> list[LeftOut]:
    """What no round tests (a statement more where a requirement has no acceptance scenario)."""
    gone = [LeftOut(row.key, row.title, "retired") for row in rows if row.seen and row.retired]
    silent = [LeftOut(one.key, one.title, "says_nothing") for one in found if one.empty and one.status in LEFT]
    seen = items_by_key(actor, project_id, bare) if bare else {}
    return [*(LeftOut(key, seen[key].title, "no_acceptance") for key in bare if key in seen), *silent, *gone]


def wrote(after: Mapping[str, Any]) -> list[str]:
    """The keys that a change edited or made, from its event."""
    return [*(key for key, _version in after.get("versions", ())), *after.get("made", ())]


def _concerned(actor: Actor, project_id: int, after: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    """The acceptance scenarios that a change concerns, by number: those that its event tells of, those that accept now what it edited
    or made, and those that it retired; and the keys of the requirements among what it wrote that nothing accepts."""
    named, own = aliased(Item, flat=True), Acceptance.__table__
    seen = literal(1) if sees_all(actor, project_id) else case((visible(actor, project_id), 1), else_=0)
    accepts = and_(Link.target_id == named.id, Link.kind == "accepts", Link.until.is_(None))
    keys = sorted({*wrote(after), *after.get("acceptance", ())})
    every: list[Any] = []
    for at in range(0, len(keys), 2000):
        rows = db.session.execute(
            select(
                Item.id, Item.key, Item.title, Item.number, Item.retired, named.key.label("named"), named.kind.label("about"),
                seen.label("seen"), own.c.given, own.c.when, own.c.then, own.c.row_count, own.c.description,
            )
            .select_from(named)
            .outerjoin(Link, and_(accepts, named.kind != "acceptance"))
            .outerjoin(Item, Item.id == case((named.kind == "acceptance", named.id), else_=Link.source_id))
            .outerjoin(own, own.c.id == Item.id)
            .where(
                named.project_id == project_id, named.key.in_(keys[at : at + 2000]),
                or_(named.retired.is_(False), named.kind == "acceptance"),
            )
        )  # fmt: skip
        every.extend(rows)
    covered = {row.named for row in every if row.id and not row.retired}
    bare = {row.named for row in every if row.about == "requirement"} - covered
    # One that was retired verifies nothing; it is told of where this change retired it.
    found = {row.id: row for row in every if row.id and (not row.retired or row.about == "acceptance")}
    return sorted(found.values(), key=lambda row: row.number), sorted(bare)


def testers_for(project_id: int, ids: Collection[int]) -> list[str]:
    """The logins of those who tested these before, by the newest round that holds each; else of all who may test."""
    able = [one.login for one in may_test(project_id)]
    before = {one.login for people in testers_of(ids).values() for one in people}
    return [login for login in able if login in before] or able


def passed(change: Change) -> list[str] | None:
    """The keys of what verifies a change in effect, where all of it has passed, and something of it since the change, and nothing that
    it concerns is accepted by nothing; else None."""
    found = verification(SYSTEM, change)
    if (
        not found.scenarios
        or found.passed < len(found.scenarios)
        or any(one.why == "no_acceptance" for one in found.left_out)
    ):
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
        .where(Event.project_id == project_id, Event.action.in_(("result.recorded", "results.brought")))
        .scalar_subquery()
    )
    wanted = select(Change).where(
        Change.project_id == project_id, Change.stage == "applied", Change.applied_seq < newest
    )
    return list(db.session.execute(wanted.order_by(Change.id)).scalars())
