"""Whom to hear and who was heard: job roles × departments × processes against their targets, and whose voices stand behind the
scope.

What is read of the whole project is kept until something is written in it; what of it a reader may know is told anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from reqtrack.audit.kept import kept
from reqtrack.db import Base, db
from reqtrack.errors import NotFound
from reqtrack.interviews.models import LEVELS, Evidence, Excerpt, Interview, VoiceTarget
from reqtrack.interviews.policy import Person, sees_all_names
from reqtrack.interviews.queries.people import levels, people
from reqtrack.items.models import Item, Link
from reqtrack.permissions import Actor

HEARD = ("held", "written", "confirmed")
# Requirements that stand behind nothing any more; scenarios have no such stages.
OUT = ("rejected", "obsolete")
# How many are heard together at most, unless somebody chooses more.
TOGETHER = 3
# Of no process in particular.
ANY = ""


@dataclass(frozen=True)
class Target:
    """How many people a cell of the plan wants to hear."""

    id: int
    job_role: str
    department: str
    process: str  # the key, "" for any
    target: int
    version: int


@dataclass(frozen=True)
class Level:
    """The voices of one level: people heard, people whose words stand behind the scope with their share of all those, and how
    many scenarios and requirements they stand behind."""

    name: str
    heard: int
    behind: int
    share: int  # per cent
    items: int


@dataclass(frozen=True)
class Told:
    """What a project's interviews, evidence and plan say, for whoever asks. Maps go from a process ("" for any)."""

    processes: Mapping[str, str]  # key → title
    actors: Mapping[str, frozenset[str]]  # key → who its steps name
    heard: Mapping[str, frozenset[int]]
    planned: Mapping[str, frozenset[int]]
    targets: tuple[Target, ...]
    levels: tuple[Level, ...]
    unknown: int  # quotes of which nobody knows who of several people said them


@dataclass(frozen=True)
class Cell:
    """One cell of the plan: the people of a job role in a department, as far as the reader may know them.

    ``next``: the first of those who were not heard, those whom no talk is planned with before the others; as many as one talks
    with together. ``told``: its job role is; people whose job role is not told stand together in one cell of their department.
    ``part``: they are known to have a part in the process.
    """

    department: str
    job_role: str
    process: str
    told: bool = True
    people: tuple[int, ...] = ()
    next: tuple[int, ...] = ()
    heard: int = 0
    planned: int = 0
    target: int | None = None
    version: int | None = None
    part: bool = True

    @property
    def state(self) -> str:
        """``met`` · ``heard`` (fewer than the target) · ``planned`` · ``nobody`` · ``apart`` (nobody needs to be heard here)."""
        if self.heard:
            return "met" if self.heard >= (self.target or 0) else "heard"
        if self.planned:
            return "planned"
        return "nobody" if self.target or (self.part and self.target is None) else "apart"


@dataclass(frozen=True)
class Plan:
    """The plan as a reader may know it; ``cells`` in the order of departments and job roles."""

    cells: tuple[Cell, ...]
    processes: Mapping[str, str]
    levels: tuple[Level, ...]
    unknown: int
    # For who adds a cell: what departments and job roles there are.
    departments: tuple[str, ...] = field(default=())
    job_roles: tuple[str, ...] = field(default=())


def plan(actor: Actor, project_id: int, processes: Sequence[str] = (ANY,)) -> Plan:
    """The cells of some processes ("" is of any), in a constant number of queries.

    Raises:
        NotFound: there is no such process.
    """
    told = kept("voices", project_id, lambda: _told(project_id))
    for key in processes:
        if key and key not in told.processes:
            raise NotFound(key)
    persons = people(actor, project_id)
    roles = {one.job_role for one in persons if one.job_role}
    if _knows_all(actor, project_id, persons):
        roles |= {one.job_role for one in told.targets if one.job_role}
    cells = [cell for key in processes for cell in _cells(told, persons, roles, key)]
    return Plan(
        cells=tuple(sorted(cells, key=lambda one: (one.department, not one.told, one.job_role, one.process))),
        processes=told.processes,
        levels=told.levels,
        unknown=told.unknown,
        departments=tuple(sorted({one.department for one in cells} - {""})),
        job_roles=tuple(sorted(roles)),
    )


def voices_of(project_id: int) -> tuple[Level, ...]:
    """The voices of each level."""
    return kept("voices", project_id, lambda: _told(project_id)).levels


def every_process(project_id: int) -> tuple[str, ...]:
    """Any, and each of a project's processes."""
    return (ANY, *kept("voices", project_id, lambda: _told(project_id)).processes)


def together(cells: Iterable[Cell]) -> Cell:
    """Cells of several departments as one."""
    every = list(cells)
    first = every[0]
    if len(every) == 1:
        return first
    targets = [one.target for one in every if one.target is not None]
    return replace(
        first,
        department=ANY,
        people=tuple(number for one in every for number in one.people),
        next=tuple(number for one in every for number in one.next)[:TOGETHER],
        heard=sum(one.heard for one in every),
        planned=sum(one.planned for one in every),
        target=sum(targets) if targets else None,
        version=None,
        part=any(one.part for one in every),
    )


def _cells(told: Told, persons: Sequence[Person], roles: set[str], process: str) -> list[Cell]:
    heard, planned = told.heard.get(process, frozenset()), told.planned.get(process, frozenset())
    actors = told.actors.get(process, frozenset())
    wanted = [one for one in told.targets if one.process == process]
    # Where nothing says who takes part in a process, anybody may.
    known = process != ANY and bool(actors or heard or planned or wanted)
    groups: dict[tuple[str, str], list[Person]] = {}
    for one in persons:
        groups.setdefault((one.department, one.job_role), []).append(one)
    # A plan must not tell of the only one who does something: what is not told is counted with its department.
    targets: dict[tuple[str, str], list[Target]] = {}
    for target in wanted:
        role = target.job_role if target.job_role in roles else ANY
        targets.setdefault((target.department, role), []).append(target)
        groups.setdefault((target.department, role), [])
    return [
        _cell(process, where, group, targets.get(where, []), heard, planned, not known or where[1] in actors)
        for where, group in groups.items()
    ]


def _knows_all(actor: Actor, project_id: int, persons: Sequence[Person]) -> bool:
    return sees_all_names(actor, project_id) or (bool(persons) and all(one.known for one in persons))


def _cell(
    process: str, where: tuple[str, str], group: Sequence[Person], targets: Sequence[Target], heard: frozenset[int],
    planned: frozenset[int], part: bool,
) -> Cell:  # fmt: skip
    ids = tuple(one.id for one in group)
    department, job_role = where
    own = (
        targets[0]
        if len(targets) == 1 and (targets[0].job_role, targets[0].department) == (job_role, department)
        else None
    )
    return Cell(
        department=department,
        job_role=job_role,
        process=process,
        told=bool(job_role),
        people=ids,
        next=tuple(sorted((one for one in ids if one not in heard), key=lambda one: one in planned)[:TOGETHER]),
        heard=sum(one in heard for one in ids),
        planned=sum(one in planned and one not in heard for one in ids),
        target=sum(one.target for one in targets) if targets else None,
        version=own.version if own else None,
        part=part or bool(targets),
    )


# -- what is read --------------------------------------------------------------------------------------------------------


def _told(project_id: int) -> Told:
    own = Base.metadata.tables["processes"]  # of an area above
    processes = db.session.execute(
        select(Item.key, Item.title, own.c.steps)
        .join(own, own.c.id == Item.id)
        .where(Item.project_id == project_id, Item.kind == "process", Item.retired.is_(False))
        .order_by(Item.number)
    ).all()
    heard, planned = _interviews(project_id)
    voices, unknown = _voices(project_id, heard.get(ANY, frozenset()))
    return Told(
        processes={row.key: row.title for row in processes},
        actors={
            row.key: frozenset(str(step["actor"]) for step in row.steps or () if step.get("actor")) for row in processes
        },
        heard=heard,
        planned=planned,
        targets=tuple(targets(project_id)),
        levels=voices,
        unknown=unknown,
    )


def _interviews(project_id: int) -> tuple[dict[str, frozenset[int]], dict[str, frozenset[int]]]:
    """Who was heard, and who is planned to be, by process."""
    own, process = Interview.__table__, Item.__table__.alias()
    covers = Link.__table__.alias()
    rows = db.session.execute(
        select(Item.stage, own.c.stakeholders, process.c.key.label("process"))
        .select_from(Item)
        .join(own, own.c.id == Item.id)
        .outerjoin(covers, (covers.c.source_id == Item.id) & (covers.c.kind == "covers") & covers.c.until.is_(None))
        .outerjoin(process, process.c.id == covers.c.target_id)
        .where(Item.project_id == project_id, Item.kind == "interview", Item.retired.is_(False))
    )
    found: tuple[dict[str, set[int]], dict[str, set[int]]] = ({}, {})
    for row in rows:
        if row.stage not in (*HEARD, "planned"):
            continue
        part = found[0 if row.stage in HEARD else 1]
        for key in {ANY, row.process or ANY}:
            part.setdefault(key, set()).update(row.stakeholders or ())
    heard, planned = ({key: frozenset(ids) for key, ids in part.items()} for part in found)
    return heard, planned


def _voices(project_id: int, heard: frozenset[int]) -> tuple[tuple[Level, ...], int]:
    """Whose words back live scenarios and requirements. Documents have no voice; a sentence that its speaker keeps back backs
    nothing."""
    own = Interview.__table__
    rows = db.session.execute(
        select(Excerpt.stakeholder_id, own.c.stakeholders, Evidence.item_id)
        .select_from(Evidence)
        .join(Excerpt, Excerpt.id == Evidence.excerpt_id)
        .join(own, own.c.id == Excerpt.interview_id)
        .join(Item, Item.id == Evidence.item_id)
        .where(
            Evidence.project_id == project_id, Evidence.until.is_(None), Excerpt.shown_as != "hidden",
            Item.retired.is_(False), Item.stage.not_in(OUT),
        )
    )  # fmt: skip
    behind: dict[int, set[int]] = {}
    unknown = 0
    for row in rows:
        speaker = row.stakeholder_id or (row.stakeholders[0] if len(row.stakeholders or ()) == 1 else None)
        if speaker is None:
            unknown += 1
        else:
            behind.setdefault(speaker, set()).add(row.item_id)
    level_of = levels(project_id)
    whole = sum(one in level_of for one in behind)
    return tuple(_level(name, level_of, heard, behind, whole) for name in LEVELS), unknown


def _level(
    name: str, level_of: Mapping[int, str], heard: frozenset[int], behind: Mapping[int, set[int]], whole: int
) -> Level:
    speakers = [one for one in behind if level_of.get(one) == name]
    return Level(
        name=name,
        heard=sum(level_of.get(one) == name for one in heard),
        behind=len(speakers),
        share=round(100 * len(speakers) / whole) if whole else 0,
        items=len(set().union(*(behind[one] for one in speakers))),
    )


def targets(project_id: int) -> list[Target]:
    """The cells of the plan that have a target, by their ids."""
    process = Item.__table__.alias()
    rows = db.session.execute(
        select(VoiceTarget, process.c.key)
        .outerjoin(process, process.c.id == VoiceTarget.process_id)
        .where(VoiceTarget.project_id == project_id)
        .order_by(VoiceTarget.id)
    )
    return [
        Target(row[0].id, row[0].job_role, row[0].department, row.key or ANY, row[0].target, row[0].version)
        for row in rows
    ]


def targets_for(actor: Actor, project_id: int) -> list[Target]:
    """As ``targets``; a job role that few people hold is told to those alone who may know who they are."""
    persons = people(actor, project_id)
    if _knows_all(actor, project_id, persons):
        return targets(project_id)
    roles = {one.job_role for one in persons if one.job_role}
    return [one if one.job_role in roles else replace(one, job_role=ANY) for one in targets(project_id)]


def target_of(project_id: int, job_role: str, department: str, process_id: int | None) -> VoiceTarget | None:
    """The target of one cell of the plan, if it has one."""
    wanted = select(VoiceTarget).where(
        VoiceTarget.project_id == project_id, VoiceTarget.job_role == job_role, VoiceTarget.department == department
    )
    process = VoiceTarget.process_id.is_(None) if process_id is None else VoiceTarget.process_id == process_id
    return db.session.execute(wanted.where(process)).scalar()
