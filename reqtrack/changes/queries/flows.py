"""The flows of a project, and what other ones would bring: which open changes would stand elsewhere, what would be asked of how
many, who would lose or gain a move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import members
from reqtrack.audit.kept import kept
from reqtrack.audit.models import Event
from reqtrack.changes.models import Change, Workflow
from reqtrack.db import db, once
from reqtrack.items.models import Item
from reqtrack.items.queries import visible
from reqtrack.permissions import ROLE_PERMISSIONS, Actor
from reqtrack.workflow.flows import BY_ROLE, KINDS, Added, Flow, Flows, Name
from reqtrack.workflow.presets import PRESETS, flows_of
from reqtrack.workflow.tables import CHANGE

# What events about flows have as their subject.
SUBJECT = "workflows"
# What is still on its way, for a preview: all that is not closed, rejected or taken back.
UNDER_WAY = ("draft", "submitted", "assessing", "needs_information", "deciding", "deferred", "applied")


def own_of(project_id: int) -> dict[str, dict[str, Any]]:
    """The kinds of change that a project has set up itself, with their bodies (one statement)."""
    rows = db.session.execute(select(Workflow.change_kind, Workflow.body).where(Workflow.project_id == project_id))
    return {row.change_kind: row.body for row in rows}


def flows_for(project: Project) -> Flows:
    """The flows of a project; kept until something is written in it, so that no list reads them for each row."""
    preset = project.preset
    return kept(f"flows {preset}", project.id, lambda: flows_of(preset, own_of(project.id)))


def stage_called(project_id: int, key: str) -> Any:
    """What the stage of an item is called, where that is a change and its project calls it otherwise; else "". Whoever shows a
    stage asks this, or a flow itself."""
    if not key.startswith("CR-"):
        return ""
    held = once("stages called")
    if project_id not in held:
        project = db.session.get_one(Project, project_id)
        flows = flows_for(project)
        held[project_id] = (
            {} if flows.plain else kept("stages called", project_id, lambda: _all_called(project_id, flows))
        )
    return held[project_id].get(key, "")


def _all_called(project_id: int, flows: Flows) -> dict[str, Any]:
    """By key, the names of the stages of a project's changes that are none of the machine's (one statement)."""
    own = Change.__table__
    wanted = (
        select(Item.key, Item.stage, own.c.sub_stage, own.c.change_kind)
        .join(own, own.c.id == Item.id)
        .where(Item.project_id == project_id)
    )
    names = {
        row.key: flows.of(row.change_kind).name(row.stage, row.sub_stage) for row in db.session.execute(wanted).all()
    }
    return {key: name for key, name in names.items() if isinstance(name, Name)}


def for_api(actor: Actor, project_id: int, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the API says of the stages of changes beside their category: the added stage, and what it is called (two statements)."""
    flows = flows_for(db.session.get_one(Project, project_id))
    own = Change.__table__
    wanted = select(own.c.id, Item.stage, own.c.sub_stage, own.c.change_kind).join(Item, Item.id == own.c.id)
    rows = db.session.execute(wanted.where(own.c.id.in_(ids)))
    return {
        row.id: {
            "sub_stage": row.sub_stage,
            "stage_name": str(flows.of(row.change_kind).name(row.stage, row.sub_stage)),
        }
        for row in rows
    }


def version_of(project_id: int) -> int:
    """The version of a project's flows: the number of the event that made them, 0 while nobody has touched them."""
    wanted = select(func.max(Event.seq)).where(Event.project_id == project_id, Event.subject == SUBJECT)
    return db.session.execute(wanted).scalar() or 0


def standing(project_id: int) -> Sequence[Change]:
    """The changes that stand in an added stage, or came from one (one statement)."""
    wanted = select(Change).where(Change.project_id == project_id, Change.sub_stage.is_not(None)).order_by(Item.number)
    return db.session.execute(wanted).scalars().all()


def category(change: Any) -> str:
    """The stage of the machine in which a change stands, or stood when it was asked back."""
    return str(change.came_from or "assessing") if change.stage == "needs_information" else str(change.stage)


# -- what other flows would bring --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Meant:
    """An open change: what its stage is called now, and where it would stand and what that would be called."""

    key: str
    title: str
    stage: str
    now: Any
    then: Any
    moves: bool


@dataclass(frozen=True)
class Asked:
    """A move of a kind of change that would ask more (``more``) or less; ``step``: of an added stage; ``open``: how many open
    changes still have it before them."""

    kind: str
    move: str
    step: Added | None
    more: tuple[str, ...]
    less: tuple[str, ...]
    open: int


@dataclass(frozen=True)
class Able:
    """Somebody who would gain or lose a move of a kind of change."""

    name: str
    kind: str
    move: str
    step: Added | None
    gains: bool


@dataclass(frozen=True)
class Preview:
    """What other flows would bring."""

    changes: list[Meant]
    asked: list[Asked]
    people: list[Able]
    open: int


def preview(actor: Actor, project: Project, then: Flows) -> Preview:
    """What it would bring if the project had other flows (three statements, however many changes are open)."""
    now = flows_of(project.preset, own_of(project.id))
    own = Change.__table__
    wanted = (
        select(Item.key, Item.title, Item.stage, own.c.sub_stage, own.c.came_from, own.c.change_kind)
        .join(own, own.c.id == Item.id)
        .where(visible(actor, project.id), Item.kind == "change", Item.stage.in_(UNDER_WAY), Item.retired.is_(False))
        .order_by(Item.number.desc())
    )
    rows = db.session.execute(wanted).all()
    meant = [_meant(row, now, then) for row in rows]
    return Preview(
        changes=[one for one in meant if one.moves or one.now != one.then],
        asked=[one for kind in KINDS for one in _asked(kind, now.of(kind), then.of(kind), rows)],
        people=_people(project.id, now, then),
        open=len(rows),
    )


def _meant(row: Any, now: Flows, then: Flows) -> Meant:
    old, new = now.of(row.change_kind), then.of(row.change_kind)
    stage, sub_stage = new.placed(category(row), row.sub_stage, old)
    called = row.stage if row.stage == "needs_information" else stage
    return Meant(
        row.key, row.title, row.stage, old.name(row.stage, row.sub_stage), new.name(called, sub_stage),
        (stage, sub_stage) != (category(row), row.sub_stage),
    )  # fmt: skip


def _asked(kind: str, now: Flow, then: Flow, rows: Sequence[Any]) -> list[Asked]:
    found = []
    for move in dict.fromkeys((*now.asks, *then.asks)):
        before, after = now.asks.get(move, ()), then.asks.get(move, ())
        sources = CHANGE.named(move).sources
        ahead = sum(1 for row in rows if (row.change_kind or "normal") == kind and row.stage in sources)
        found.append(_asks(kind, move, None, before, after, ahead))
    known = {one.code: one for one in now.added}
    new = {one.code: one for one in then.added}
    for code, one in {**known, **new}.items():
        before, after = (flow[code].asks if code in flow else () for flow in (known, new))
        ahead = sum(1 for row in rows if (row.change_kind or "normal") == kind and category(row) == one.category)
        if code in new:
            found.append(_asks(kind, "pass_on", one, before, after, ahead))
    return [one for one in found if one.more or one.less or (one.step is not None and one.step.code not in known)]


def _asks(kind: str, move: str, step: Added | None, before: Sequence[str], after: Sequence[str], ahead: int) -> Asked:
    more, less = tuple(one for one in after if one not in before), tuple(one for one in before if one not in after)
    return Asked(kind, move, step, more, less, ahead)


def _people(project_id: int, now: Flows, then: Flows) -> list[Able]:
    found = []
    for one in members(project_id):
        if not one.active:
            continue
        roles = frozenset(one.roles)
        for kind in KINDS:
            before, after = _able(roles, now.of(kind)), _able(roles, then.of(kind))
            for place, step in {**before, **after}.items():
                if (place in before) != (place in after):
                    found.append(Able(one.name, kind, place[0], step, place in after))
    return found


def _able(roles: frozenset[str], flow: Flow) -> Mapping[tuple[str, str], Added | None]:
    """The moves that somebody of these roles may make by a flow, as far as roles say."""
    able: dict[tuple[str, str], Added | None] = {}
    for move, permission in BY_ROLE.items():
        narrowed = flow.roles.get(move, ())
        if any(permission in ROLE_PERMISSIONS[role] for role in roles) and (not narrowed or roles & set(narrowed)):
            able[move, ""] = None
    for one in flow.added:
        if roles & set(one.roles):
            able["pass_on", one.code] = one
    return able


def decides(preset: str) -> tuple[bool, bool]:
    """What a preset says of each decision: whether it takes a password, whether it takes two people."""
    return PRESETS[preset].proof, PRESETS[preset].two
