"""Which business processes were walked end to end, in which round, with which record; and where the chains of the others break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import select

from reqtrack.acceptance import walking
from reqtrack.acceptance.models import Acceptance, Round, RoundScenario, RoundWalk, Standing
from reqtrack.acceptance.queries.records import Record, carried
from reqtrack.acceptance.queries.status import in_table, status_of
from reqtrack.acceptance.walking import Seen, Step, Stop, chain
from reqtrack.audit.kept import kept
from reqtrack.db import db, one_of, plain
from reqtrack.errors import NotFound
from reqtrack.items.models import Item, Link
from reqtrack.items.queries import sees_all, visible
from reqtrack.permissions import Actor
from reqtrack.scenarios.models import Process
from reqtrack.scenarios.queries.processes import scenarios_of

_own = Acceptance.__table__
# Requirements in these stages ask for nothing now.
OUT_OF_SCOPE = ("deferred", "rejected", "obsolete")
# Of so many rounds, the newest, the chains of a process are looked at.
MOST_ROUNDS = 12


@dataclass(frozen=True)
class Walk:
    """How far a record came along a process in a round; ``round`` is None where nobody has set out yet."""

    process: str
    title: str
    kind: str | None
    round: int | None
    round_name: str
    record: Record
    stops: Sequence[Stop]

    @property
    def done(self) -> bool:
        return self.round is not None and walking.is_walked(self.stops)

    @property
    def stop(self) -> Stop | None:
        """Where it breaks."""
        return walking.broken(self.stops)

    @property
    def broken_at(self) -> int | None:
        """The number of the step where it breaks."""
        return self.stop.step.number if self.stop else None

    @property
    def why(self) -> str:
        """``no_steps``, or one of ``walking.WHY``; "" where it is done."""
        return "" if self.done else self.stop.state if self.stop else "no_steps"


@dataclass(frozen=True)
class Along:
    """A process with its steps, its chains (the furthest first), and the records that its rows carry, with at how many steps."""

    id: int
    key: str
    title: str
    kind: str | None
    steps: Sequence[Step]
    walks: Sequence[Walk]
    records: Sequence[tuple[Record, int]]
    rows: Mapping[str, Sequence[tuple[int, int]]]

    @property
    def best(self) -> Walk:
        return self.walks[0]

    @property
    def needing(self) -> int:
        """At how many steps a record must be carried."""
        return sum(bool(one.scenarios) or not one.by_hand for one in self.steps)


def walked(actor: Actor, project_id: int) -> list[Walk]:
    """For each process that the actor sees, in number order, the walk that came furthest: whether it is ``done``, in which
    ``round`` and with which ``record``, else where it is ``broken_at`` and ``why``."""
    return [one.best for one in along(actor, project_id)]


def along(actor: Actor, project_id: int) -> Sequence[Along]:
    """The processes that the actor sees with all that is known of their walks (a constant number of statements; computed once
    for all who see everything)."""
    if not sees_all(actor, project_id):
        return _along(actor, project_id)
    return kept("walks", project_id, lambda: _along(actor, project_id))


def of_process(actor: Actor, project_id: int, process_id: int) -> Along | None:
    """The walks of one process."""
    return next((one for one in along(actor, project_id) if one.id == process_id), None)


def in_round(actor: Actor, found: Round) -> list[Walk]:
    """The furthest walk of each process in a round, of those that came through a step at least."""
    walks = []
    for one in along(actor, found.project_id):
        mine = [walk for walk in one.walks if walk.round == found.number and walking.come_through(walk.stops)]
        walks += mine[:1]
    return walks


def _trail(actor: Actor, found: Round, one: RoundWalk) -> Walk | None:
    """How far a planned walk is; None where the actor does not see the process, or it is gone."""
    mine = of_process(actor, found.project_id, one.process_id)
    walks = mine.walks if mine else ()
    return next((walk for walk in walks if walk.round == found.number and walk.record.name == one.record), None)


class _Named(NamedTuple):
    """What a walk tells of its round; as it stands: nobody has set out."""

    id: int = 0
    number: int | None = None
    name: str = ""


@dataclass
class _Held:
    """A round, what it holds, and what stands in it: ``{(scenario, row): (verdict, seq, number)}``."""

    round: Any
    scenarios: set[int] = field(default_factory=set)
    standing: dict[tuple[int, int], tuple[str, int, int]] = field(default_factory=dict)


class _Facts:
    """What rows carry, how they stand in the rounds, and which walks are planned, for the acceptance scenarios along processes."""

    def __init__(self, actor: Actor, project_id: int, processes: Iterable[Sequence[Step]]) -> None:
        ids = sorted({one for steps in processes for step in steps for one in step.scenarios})
        rows = plain(
            select(Item.id, Item.key, Item.text_seq, _own.c.examples)
            .join(_own, _own.c.id == Item.id)
            .where(one_of(Item.id, ids))
        ).all()
        self.keys = {row.id: (row.key, row.text_seq) for row in rows}
        self.carried = carried(project_id, [(row.id, row.examples) for row in rows])
        self.rounds = self._rounds(project_id, ids)
        self.planned: dict[int, list[tuple[_Held, Record]]] = {}
        for row in plain(
            select(RoundWalk.process_id, RoundWalk.record, RoundWalk.label, Round.id, Round.number, Round.name)
            .join(Round, Round.id == RoundWalk.round_id)
            .where(Round.project_id == project_id)
            .order_by(RoundWalk.id)
        ):
            held = self.rounds.get(row.id) or _Held(_Named(row.id, row.number, row.name))
            self.planned.setdefault(row.process_id, []).append((held, Record(row.record, row.label)))
        self.newest: dict[tuple[int, int], tuple[int, str]] = {}
        for round_id, held in sorted(self.rounds.items()):
            self.newest.update({place: (round_id, said[0]) for place, said in held.standing.items()})

    def _rounds(self, project_id: int, ids: Sequence[int]) -> dict[int, _Held]:
        rounds: dict[int, _Held] = {}
        for row in plain(
            select(Round.id, Round.number, Round.name, RoundScenario.acceptance_id)
            .join(RoundScenario, RoundScenario.round_id == Round.id)
            .where(Round.project_id == project_id, one_of(RoundScenario.acceptance_id, ids))
        ):
            rounds.setdefault(row.id, _Held(row)).scenarios.add(row.acceptance_id)
        for row in plain(
            select(
                Standing.round_id, Standing.acceptance_id, Standing.row, Standing.verdict, Standing.seq, Standing.number
            )
            .join(_own, _own.c.id == Standing.acceptance_id)
            .where(Standing.project_id == project_id, one_of(Standing.acceptance_id, ids), in_table)
        ):
            if row.round_id in rounds:
                standing = rounds[row.round_id].standing
                standing[row.acceptance_id, row.row] = (row.verdict, row.seq, row.number)
        return rounds

    def seen(self, held: _Held, scenario: int, row: int) -> Seen:
        """How a row stands in a round. What failed or was blocked in a later round did not pass, whatever an earlier one says."""
        key, text_seq = self.keys[scenario]
        verdict, seq, number = held.standing.get((scenario, row), (None, None, 0))
        status = status_of(text_seq, verdict, seq)
        later, said = self.newest.get((scenario, row), (0, ""))
        if status == "passed" and later > held.round.id and said in ("failed", "blocked"):
            status = said
        return Seen(scenario, key, row, status, number or 0)


def _along(actor: Actor, project_id: int) -> list[Along]:
    own = Process.__table__
    processes = plain(
        select(Item.id, Item.key, Item.title, own.c.process_kind, own.c.steps)
        .join(own, own.c.id == Item.id)
        .where(visible(actor, project_id), Item.retired.is_(False))
        .order_by(Item.number)
    ).all()
    if not processes:
        return []
    told = scenarios_of(actor, project_id, [one.id for one in processes])
    accepting = _accepting(actor, project_id, {one.id for some in told.values() for one in some})
    bare = [
        Along(one.id, one.key, one.title, one.process_kind, _steps(one.steps or (), told.get(one.id, ()), accepting), (), (), {})
        for one in processes
    ]  # fmt: skip
    facts = _Facts(actor, project_id, [one.steps for one in bare])
    return [_with_walks(one, facts) for one in bare]


def _accepting(actor: Actor, project_id: int, scenarios: set[int]) -> dict[int, list[int]]:
    """The acceptance scenarios of the requirements that scenarios give rise to, by scenario (two statements)."""
    risen = plain(
        select(Link.source_id, Item.id)
        .join(Item, Item.id == Link.target_id)
        .where(one_of(Link.source_id, scenarios), Link.kind == "gives_rise_to", Link.until.is_(None))
        .where(visible(actor, project_id, reached=True), Item.retired.is_(False), Item.stage.not_in(OUT_OF_SCOPE))
    ).all()
    by_requirement: dict[int, list[int]] = {}
    for link in plain(
        select(Link.target_id, Item.id)
        .join(Item, Item.id == Link.source_id)
        .where(one_of(Link.target_id, {row.id for row in risen}), Link.kind == "accepts", Link.until.is_(None))
        .where(visible(actor, project_id, reached=True), Item.retired.is_(False))
        .order_by(Item.number)
    ):
        by_requirement.setdefault(link.target_id, []).append(link.id)
    found: dict[int, list[int]] = {}
    for row in risen:
        found.setdefault(row.source_id, []).extend(by_requirement.get(row.id, ()))
    return found


def _steps(
    steps: Iterable[Mapping[str, Any]], told: Iterable[Any], accepting: Mapping[int, Sequence[int]]
) -> list[Step]:
    """The steps with the acceptance scenarios along each, each once."""
    by_step: dict[int, dict[int, None]] = {}
    for one in told:
        for number in one.steps:
            by_step.setdefault(number, {}).update(dict.fromkeys(accepting.get(one.id, ())))
    return [
        Step(step["id"], step.get("name", ""), step.get("by") == "hand", tuple(sorted(by_step.get(step["id"], ()))))
        for step in steps
    ]


def _with_walks(one: Along, facts: _Facts) -> Along:
    """The same process, with its chains and records."""
    records, rows = _carried(one.steps, facts)
    steps_of = {
        name: sum(bool({scenario for scenario, _row in places} & set(step.scenarios)) for step in one.steps)
        for name, places in rows.items()
    }
    ordered = sorted(rows, key=lambda name: (-steps_of[name], records[name].label))
    full = replace(
        one,
        records=[(records[name], steps_of[name]) for name in ordered],
        rows={name: rows[name] for name in ordered},
    )
    return replace(full, walks=_walks(full, facts))


def _carried(steps: Sequence[Step], facts: _Facts) -> tuple[dict[str, Record], dict[str, list[tuple[int, int]]]]:
    """The records that rows along steps carry, and the rows that carry each, as ``(scenario, row)``, by name."""
    rows: dict[str, list[tuple[int, int]]] = {}
    records: dict[str, Record] = {}
    for scenario in dict.fromkeys(each for step in steps for each in step.scenarios):
        for row, names in enumerate(facts.carried.get(scenario, ())):
            for record in names:
                records.setdefault(record.name, record)
                rows.setdefault(record.name, []).append((scenario, row))
    # A record that names the same rows as a surer one is the same record.
    places: dict[tuple[tuple[int, int], ...], str] = {}
    for name in sorted(rows, key=lambda name: (not name.startswith("DAT-"), not name.startswith("="))):
        places.setdefault(tuple(rows[name]), name)
    return records, {name: rows[name] for name in places.values()}


def _walks(one: Along, facts: _Facts) -> list[Walk]:
    """The chains of a process, the furthest first; where nobody has set out, the one that a record could go."""
    mine = {scenario for step in one.steps for scenario in step.scenarios}
    tried = [held for held in facts.rounds.values() if any(place[0] in mine for place in held.standing)]
    walks = [_walk(one, facts, record, held) for held, record in facts.planned.get(one.id, ())]
    known = {(walk.round, walk.record.name) for walk in walks}
    for held in sorted(tried, key=lambda held: -held.round.number)[:MOST_ROUNDS]:
        for record, _steps_carried in one.records:
            new = (held.round.number, record.name) not in known
            if new and any(place in held.standing for place in one.rows[record.name]):
                walks.append(_walk(one, facts, record, held))
    if not walks:
        record = one.records[0][0] if one.records else Record("", "")
        return [_walk(one, facts, record, _Held(_Named(), mine))]
    return sorted(walks, key=lambda walk: (not walk.done, -walking.come_through(walk.stops), -(walk.round or 0)))


def _walk(one: Along, facts: _Facts, record: Record, held: _Held) -> Walk:
    cells: dict[int, list[Seen]] = {}
    for scenario, row in one.rows.get(record.name, ()):
        if scenario in held.scenarios:
            cells.setdefault(scenario, []).append(facts.seen(held, scenario, row))
    stops = chain(one.steps, held.scenarios, cells)
    return Walk(one.key, one.title, one.kind, held.round.number, held.round.name, record, stops)


# -- walks that were planned -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """A walk that a round is to take, and how far it is."""

    id: int
    process_id: int
    round: str
    walk: Walk


def planned(actor: Actor, found: Round) -> list[Planned]:
    """The walks that a round is to take, of the processes that the actor sees."""
    wanted = select(RoundWalk).where(RoundWalk.round_id == found.id).order_by(RoundWalk.id)
    told = []
    for one in db.session.execute(wanted).scalars():
        walk = _trail(actor, found, one)
        if walk is not None:
            told.append(Planned(one.id, one.process_id, found.key, walk))
    return told


def planned_for(actor: Actor, project_id: int, number: int) -> Planned:
    """A planned walk of a project by its id.

    Raises:
        NotFound: there is none that the actor may see.
    """
    row = db.session.execute(
        select(RoundWalk, Round).join(Round, Round.id == RoundWalk.round_id)
        .where(RoundWalk.id == number, Round.project_id == project_id)
    ).first()  # fmt: skip
    if row is not None and actor.may("project.read", project_id):
        walk = _trail(actor, row.Round, row.RoundWalk)
        if walk is not None:
            return Planned(row.RoundWalk.id, row.RoundWalk.process_id, row.Round.key, walk)
    raise NotFound(f"walk {number}")


def planned_in(actor: Actor, project_id: int, after: int, limit: int) -> tuple[list[Planned], int | None]:
    """The walks planned in a project beyond the id ``after``, and the id to go on behind (None: there are no more)."""
    rows = db.session.execute(
        select(RoundWalk, Round).join(Round, Round.id == RoundWalk.round_id)
        .where(Round.project_id == project_id, RoundWalk.id > after)
        .order_by(RoundWalk.id)
        .limit(limit + 1)
    ).all()  # fmt: skip
    told = []
    for row in rows[:limit]:
        walk = _trail(actor, row.Round, row.RoundWalk)
        if walk is not None:
            told.append(Planned(row.RoundWalk.id, row.RoundWalk.process_id, row.Round.key, walk))
    return told, rows[limit - 1].RoundWalk.id if len(rows) > limit else None


def round_of_walk(one: RoundWalk) -> Round:
    """The round that takes a planned walk."""
    return db.session.get_one(Round, one.round_id)
