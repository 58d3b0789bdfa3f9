"""What may be put into a round: acceptance scenarios by a filter, and people who may test."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, text
from sqlalchemy.orm import aliased

from reqtrack.acceptance.models import Acceptance, Round, RoundScenario
from reqtrack.acceptance.queries.status import RANK
from reqtrack.acceptance.queries.tallies import ranked
from reqtrack.accounts.queries import Member, members
from reqtrack.db import db, one_of, whole_number
from reqtrack.items import search
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import visible
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.requirements.models import Phase

_own = Acceptance.__table__
MOST_CANDIDATES = 300


def may_test(project_id: int) -> list[Member]:
    """The members of a project whose roles let them record results."""
    return [
        one
        for one in members(project_id)
        if one.active and any("result.record" in ROLE_PERMISSIONS[role] for role in one.roles)
    ]


def candidates(
    actor: Actor, project_id: int, wanted: Mapping[str, str], *, limit: int | None = MOST_CANDIDATES
) -> tuple[list[Any], int]:
    """Acceptance scenarios that a filter finds, ``(rows(id, key, title, row_count), how many in all)``.

    Args:
        wanted: ``tier`` and ``phase`` (a name) of a requirement that they accept; ``process``: the key of one that a scenario behind
            such a requirement is part of; ``change``: the key of one that concerns them; ``round``: the number of one that holds
            them; ``q`` words; ``only``: ``new`` (in no round yet), ``retest`` (stale, failed or blocked), with ``not_in`` the id
            of a round that they are not in.
    """
    conditions = [visible(actor, project_id), Item.kind == "acceptance", Item.retired.is_(False)]
    if wanted.get("tier") or wanted.get("phase"):
        conditions.append(Item.id.in_(_accepting(wanted)))
    if wanted.get("process"):
        conditions.append(Item.id.in_(_along(project_id, wanted["process"])))
    if wanted.get("change"):
        conditions.append(one_of(Item.id, CONCERNED(actor, project_id, wanted["change"])))
    if wanted.get("round"):
        conditions.append(Item.id.in_(_inside(project_id, wanted["round"])))
    if wanted.get("only") == "retest":
        by_scenario = ranked(actor, project_id)
        conditions.append(Item.id.in_(select(by_scenario.c.id).where(by_scenario.c.rank <= RANK["stale"])))
    if wanted.get("q"):
        conditions.append(_holding(project_id, wanted["q"]))
    if wanted.get("only") == "new":
        conditions.append(~exists().where(RoundScenario.acceptance_id == Item.id))
    if wanted.get("not_in"):
        here = and_(RoundScenario.acceptance_id == Item.id, RoundScenario.round_id == int(wanted["not_in"]))
        conditions.append(~exists().where(here))
    rows = db.session.execute(
        select(Item.id, Item.key, Item.title, _own.c.row_count, func.count().over().label("all"))
        .join(_own, _own.c.id == Item.id)
        .where(*conditions)
        .order_by(Item.number)
        .limit(limit)
    ).all()
    return list(rows), rows[0].all if rows else 0


def _accepting(wanted: Mapping[str, str]) -> Any:
    requirement = aliased(Item, flat=True)
    found = (
        select(Link.source_id)
        .join(requirement, requirement.id == Link.target_id)
        .where(Link.kind == "accepts", Link.until.is_(None))
    )
    if wanted.get("tier"):
        found = found.where(requirement.tier == wanted["tier"])
    if wanted.get("phase"):
        found = found.join(Phase, Phase.id == requirement.phase_id).where(Phase.name == wanted["phase"])
    return found


def _along(project_id: int, key: str) -> Any:
    """The acceptance scenarios of the requirements that arise from the scenarios of a process."""
    process, part, arises, accepts = aliased(Item, flat=True), aliased(Link), aliased(Link), aliased(Link)
    return (
        select(accepts.source_id)
        .join(
            arises, and_(arises.target_id == accepts.target_id, arises.kind == "gives_rise_to", arises.until.is_(None))
        )
        .join(part, and_(part.source_id == arises.source_id, part.kind == "part_of", part.until.is_(None)))
        .join(process, process.id == part.target_id)
        .where(
            accepts.kind == "accepts",
            accepts.until.is_(None),
            process.project_id == project_id,
            process.key == key.strip().upper(),
        )
    )


def _inside(project_id: int, given: str) -> Any:
    number = whole_number(given.upper().removeprefix("RND-"))
    return (
        select(RoundScenario.acceptance_id)
        .join(Round, Round.id == RoundScenario.round_id)
        .where(Round.project_id == project_id, Round.number == (-1 if number is None else number))
    )


def _nobody(actor: Actor, project_id: int, key: str) -> Collection[int]:
    return ()


# Which acceptance scenarios a change concerns, by id: (actor, project id, key). The area of changes knows.
CONCERNED: Callable[[Actor, int, str], Collection[int]] = _nobody


def of_kind(
    actor: Actor, project_id: int, kind: str, stages: Sequence[str] = (), limit: int = 100
) -> list[tuple[str, str]]:
    """The newest items of a kind as ``(key, key and title)``, to choose from."""
    conditions = [visible(actor, project_id), Item.kind == kind, Item.retired.is_(False)]
    if stages:
        conditions.append(Item.stage.in_(stages))
    rows = db.session.execute(select(Item.key, Item.title).where(*conditions).order_by(Item.number.desc()).limit(limit))
    return [(row.key, f"{row.key} {row.title}") for row in rows]


def _holding(project_id: int, words: str) -> ColumnElement[bool]:
    match = search.matching(project_id, words)
    if match is None:
        return Item.title.contains(words, autoescape=True)
    sql, parameters = match
    return Item.id.in_(text(sql).bindparams(**parameters).columns(Item.id))


def in_no_round(actor: Actor, project_id: int, limit: int = 10) -> tuple[list[Any], int]:
    """Acceptance scenarios that no round has run yet: the first few, and how many in all."""
    return candidates(actor, project_id, {"only": "new"}, limit=limit)
