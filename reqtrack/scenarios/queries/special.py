"""What a project asks about its main scenarios, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from reqtrack.db import db, plain
from reqtrack.errors import NotFound
from reqtrack.interviews.policy import sees_all_names
from reqtrack.interviews.queries import SOMEBODY, people
from reqtrack.items import personal
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.scenarios.flows import BY_CODE, OWN, SHIPPED, Prompt
from reqtrack.scenarios.models import FlowPrompt, FlowReply, Scenario


@dataclass(frozen=True)
class Reply:
    """One answer: the scenario that tells it (``key``), or ``who`` was asked and knew of none, and when."""

    id: int
    code: str
    key: str
    title: str
    kind: str | None
    who: str
    stakeholder: int | None
    asked_on: date | None
    author: str
    at: datetime


@dataclass(frozen=True)
class Flow:
    """A prompt at a main scenario with its answers; without one it is a gap."""

    prompt: Prompt
    replies: Sequence[Reply]

    @property
    def open(self) -> bool:
        return not self.replies


def prompts(project_id: int, *, all_of_them: bool = False) -> list[Prompt]:
    """What a project asks: the shipped list as the project words it, then its own (one statement); those left out only with
    ``all_of_them``."""
    rows = db.session.execute(
        select(FlowPrompt).where(FlowPrompt.project_id == project_id).order_by(FlowPrompt.id)
    ).scalars()
    own = {row.code: row for row in rows}
    found = []
    for one in SHIPPED:
        row = own.pop(one.code, None)
        text = row.body if row is not None and row.body else str(one.text)
        left_out = row is not None and row.archived_at is not None
        found.append(
            Prompt(one.code, text, one.kind, False, bool(row and row.body), left_out, row.version if row else 0)
        )
    found += [
        Prompt(row.code, row.body, "alternative", True, False, row.archived_at is not None, row.version)
        for row in own.values()
    ]
    return [one for one in found if all_of_them or not one.left_out]


def prompt_row(project_id: int, code: str) -> FlowPrompt | None:
    """How a project's prompt differs from the shipped one; None where it does not.

    Raises:
        NotFound: there is no such prompt.
    """
    row = db.session.execute(
        select(FlowPrompt).where(FlowPrompt.project_id == project_id, FlowPrompt.code == code)
    ).scalar()
    if row is None and code not in BY_CODE:
        raise NotFound(code)
    return row


def next_code(project_id: int) -> str:
    """The code of the next prompt of a project's own."""
    codes = db.session.execute(
        select(FlowPrompt.code).where(FlowPrompt.project_id == project_id, FlowPrompt.code.startswith(OWN))
    ).scalars()
    return f"{OWN}{max((int(code.removeprefix(OWN)) for code in codes), default=0) + 1}"


def flows(actor: Actor, scenario: Scenario) -> list[Flow]:
    """The special flows of a main scenario, in the order of the list (at most five statements)."""
    found: dict[str, list[Reply]] = {}
    for one in replies(actor, scenario):
        found.setdefault(one.code, []).append(one)
    return [Flow(one, found.get(one.code, [])) for one in prompts(scenario.project_id)]


def replies(actor: Actor, scenario: Scenario) -> list[Reply]:
    """The live answers at a scenario, as far as the actor may know them; one told by a scenario that was retired is none."""
    told = aliased(Item, flat=True)
    own = Scenario.__table__
    rows = db.session.execute(
        select(FlowReply, told.key, told.title, own.c.scenario_kind, told.retired)
        .outerjoin(told, told.id == FlowReply.told_by_id)
        .outerjoin(own, own.c.id == FlowReply.told_by_id)
        .where(FlowReply.scenario_id == scenario.id, FlowReply.until.is_(None))
        .order_by(FlowReply.id)
    ).all()
    live = [row for row in rows if not row.retired]
    who = _asked(actor, scenario.project_id, [row[0] for row in live])
    return [
        Reply(
            one.id, one.code, row.key or "", row.title or "", row.scenario_kind, who.get(one.id, ""),
            one.stakeholder_id, one.asked_on, one.author, one.at,
        )
        for row in live
        for one in [row[0]]
    ]  # fmt: skip


def _asked(actor: Actor, project_id: int, rows: Sequence[FlowReply]) -> dict[int, str]:
    """Who was asked, by answer: a name is told to analysts, to who interviewed them, and a written one to who wrote it."""
    known = {one.id: one for one in people(actor, project_id)} if any(row.stakeholder_id for row in rows) else {}
    names = personal.many(project_id, [row.asked for row in rows]) if any(row.asked for row in rows) else {}
    found = {}
    for row in rows:
        if row.stakeholder_id is not None:
            person = known.get(row.stakeholder_id)
            found[row.id] = (person.name or person.label) if person else str(SOMEBODY)
        elif row.asked:
            sees = sees_all_names(actor, project_id) or row.author == actor.login
            found[row.id] = names.get(row.asked, "") if sees else str(SOMEBODY)
    return found


def reply_of(scenario: Scenario, number: int) -> FlowReply:
    """A live answer at a scenario.

    Raises:
        NotFound: none, or it has ended.
    """
    row = db.session.get(FlowReply, number)
    if row is None or row.scenario_id != scenario.id or row.until is not None:
        raise NotFound(f"special flow {number}")
    return row


def live_replies(scenario: Scenario, code: str) -> list[FlowReply]:
    """The live answers to one prompt."""
    rows = db.session.execute(
        select(FlowReply).where(FlowReply.scenario_id == scenario.id, FlowReply.code == code, FlowReply.until.is_(None))
    )
    return list(rows.scalars())


def told_keys(rows: Sequence[FlowReply]) -> frozenset[str]:
    """The keys of the live scenarios that tell a special flow."""
    ids = [row.told_by_id for row in rows if row.told_by_id is not None]
    if not ids:
        return frozenset()
    wanted = select(Item.key).where(Item.id.in_(ids), Item.retired.is_(False))
    return frozenset(db.session.execute(wanted).scalars())


def counts(project_id: int, scenario_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """``(answered, asked)`` of the main scenarios among some, by id (two statements)."""
    if not scenario_ids:
        return {}
    asked = {one.code for one in prompts(project_id)}
    told, own = aliased(Item, flat=True), Scenario.__table__
    rows = plain(
        select(own.c.id, FlowReply.code, told.retired)
        .outerjoin(FlowReply, (FlowReply.scenario_id == own.c.id) & FlowReply.until.is_(None))
        .outerjoin(told, told.id == FlowReply.told_by_id)
        .where(own.c.id.in_(scenario_ids), own.c.scenario_kind == "main")
    )
    answered: dict[int, set[str]] = {}
    for row in rows:
        known = answered.setdefault(row.id, set())
        if row.code in asked and not row.retired:
            known.add(row.code)
    return {number: (len(codes), len(asked)) for number, codes in answered.items()}


def decorate(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """``special_flows`` of main scenarios: how many of the prompts are answered."""
    if not actor.may("interview.read", project_id):
        return {}
    return {
        number: {"special_flows": {"answered": answered, "asked": asked}}
        for number, (answered, asked) in counts(project_id, ids).items()
    }


def candidates(actor: Actor, scenario: Scenario, answers: Sequence[Reply]) -> list[Mapping[str, Any]]:
    """The scenarios that may tell a special flow of another: live, no main ones, newest first, as ``{value, label}``."""
    own = Scenario.__table__
    taken = {one.key for one in answers}
    rows = plain(
        select(Item.key, Item.title)
        .join(own, own.c.id == Item.id)
        .where(visible(actor, scenario.project_id), Item.kind == "scenario", Item.retired.is_(False))
        .where(own.c.scenario_kind.in_(("alternative", "exception")), Item.id != scenario.id)
        .order_by(Item.number.desc())
        .limit(200)
    )
    return [{"value": row.key, "label": f"{row.key} {row.title}"} for row in rows if row.key not in taken]
