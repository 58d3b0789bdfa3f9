"""How acceptance stood at the end of each day: computed from the results, the texts and the links as they are kept, so that it stays
true after a result is revoked; and what was computed, day by day.

A day says how what counts today stood then: a result that was revoked since counts on no day, a round has the scenarios that it has
now, and the machines' say is what it is now. The last day is therefore always what ``tally`` says.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select

from reqtrack.acceptance.counting import Given, counting
from reqtrack.acceptance.models import NO_ROW, STATUSES, Result, Round, RoundScenario, StatusDay
from reqtrack.acceptance.queries.counting import not_revoked
from reqtrack.acceptance.queries.status import COUNTING, rows_of, status_of, worst
from reqtrack.audit.models import Event
from reqtrack.db import db, one_of, plain
from reqtrack.items.models import Item, Link, Version
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor


class Step(NamedTuple):
    """Something that moved at a point of the history: ``what`` is text, link, start or result, of a scenario (or a round)."""

    seq: int
    day: date
    what: str
    of: int
    told: Any


# What counts of what one event moved: the text first, then that a round began.
ORDER = {"text": 0, "link": 0, "start": 1, "result": 2}


@dataclass
class _State:
    """A scenario while the history is walked. ``rows`` is None before it was written and after it was retired."""

    rounds: Sequence[int]
    rows: Sequence[int] | None = None
    accepts: Collection[str] = ()
    text_seq: int = 0
    given: dict[tuple[int, int], list[tuple[Given, int]]] = field(default_factory=dict)
    stands: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)

    def take(self, place: tuple[int, int], given: Given, seq: int, alone: bool) -> None:
        """A result comes in at a round and row."""
        told = self.given.setdefault(place, [])
        told.append((given, seq))
        counted = counting((one for one, _seq in told), alone)
        self.stands.pop(place, None)
        for one, at in told:
            if one.number == counted:
                self.stands[place] = (one.verdict, at)

    def status(self, started: set[int]) -> str | None:
        """How it stands, row by row the worst; None where it is not in use."""
        if self.rows is None:
            return None
        round_id = max((one for one in self.rounds if one in started), default=0)
        stands = (self.stands.get((round_id, row), (None, None)) for row in self.rows)
        return worst(status_of(self.text_seq, *one) for one in stands)


def history(project_id: int, zone: str) -> dict[date, dict[str, int]]:
    """How many acceptance scenarios had which status when each day ended, from the first result's day to the last day on which
    something moved (six statements at most)."""
    rounds = {row.id: row for row in plain(_rounds(project_id))}
    alone = {number: row.machine_counts == "alone" for number, row in rounds.items()}
    states = {item_id: _State(found) for item_id, found in _members(project_id).items()}
    started: set[int] = set()
    counts: Counter[str] = Counter()
    held: dict[int, str | None] = {}
    days: dict[date, dict[str, int]] = {}
    for step in sorted(_steps(project_id, ZoneInfo(zone), rounds), key=lambda one: (one.seq, ORDER[one.what])):
        moved = [step.of]
        if step.what == "start":
            started.add(step.of)
            moved = [item_id for item_id, state in states.items() if step.of in state.rounds]
        else:
            _move(states.setdefault(step.of, _State(())), step, alone)
        for item_id in moved:
            now, before = states[item_id].status(started), held.get(item_id)
            held[item_id] = now
            counts[str(before)] -= 1
            counts[str(now)] += 1
        if started:
            days[step.day] = {code: counts[code] for code in STATUSES}
    return _filled(days)


def of_item(actor: Actor, item: Item, zone: str) -> list[tuple[date, str]]:
    """How one acceptance scenario, or one requirement, stood: the days at whose end its status was another than the day before, with
    that status, oldest first (seven statements at most, over what concerns it alone). A requirement stands as the worst of what
    accepted it then, as far as the actor may see that."""
    project_id, only = item.project_id, {item.id}
    if item.kind == "requirement":
        ever = select(Link.source_id).where(Link.target_id == item.id, Link.kind == "accepts")
        only = set(plain(select(Item.id).where(Item.id.in_(ever), visible(actor, project_id))).scalars())
    rounds = {row.id: row for row in plain(_rounds(project_id))}
    alone = {number: row.machine_counts == "alone" for number, row in rounds.items()}
    states = {item_id: _State(found) for item_id, found in _members(project_id).items() if item_id in only}
    started: set[int] = set()
    days: dict[date, str] = {}
    for step in sorted(_steps(project_id, ZoneInfo(zone), rounds, only), key=lambda one: (one.seq, ORDER[one.what])):
        if step.what == "start":
            started.add(step.of)
        else:
            _move(states.setdefault(step.of, _State(())), step, alone)
        mine = [one for one in states.values() if item.kind == "acceptance" or item.key in one.accepts]
        days[step.day] = worst(told for one in mine if (told := one.status(started)) is not None)
    return [(day, status) for day, status in days.items() if status != _before(days, day)]


def _before(days: Mapping[date, str], day: date) -> str | None:
    """What was told last before a day."""
    earlier = [one for one in days if one < day]
    return days[max(earlier)] if earlier else None


def _move(state: _State, step: Step, alone: Mapping[int, bool]) -> None:
    if step.what == "result":
        place, given, seq = step.told
        state.take(place, given, seq, alone[place[0]])
        return
    state.text_seq = max(state.text_seq, step.seq if step.told.get("moved", True) else 0)
    if "rows" in step.told:
        state.rows, state.accepts = step.told["rows"], step.told["accepts"]


def _filled(days: Mapping[date, dict[str, int]]) -> dict[date, dict[str, int]]:
    """The same with the days between on which nothing moved."""
    filled: dict[date, dict[str, int]] = {}
    for day, counts in days.items():
        last = max(filled, default=None)
        while last is not None and last + timedelta(days=1) < day:
            filled[last + timedelta(days=1)] = filled[last]
            last += timedelta(days=1)
        filled[day] = counts
    return filled


def _rounds(project_id: int) -> Select[Any, Any, Any]:
    wanted = select(Round.id, Round.number, Round.machine_counts)
    return wanted.where(Round.project_id == project_id, Round.stage.in_(COUNTING))


def _members(project_id: int) -> dict[int, list[int]]:
    rows = plain(
        select(RoundScenario.acceptance_id, RoundScenario.round_id)
        .join(Round, Round.id == RoundScenario.round_id)
        .where(Round.project_id == project_id)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.acceptance_id, []).append(row.round_id)
    return found


def _steps(
    project_id: int, zone: ZoneInfo, rounds: Mapping[int, Any], only: Collection[int] | None = None
) -> Iterator[Step]:
    """What moved, of all acceptance scenarios, or of some only (their ids)."""
    texts: dict[int, list[tuple[int, date]]] = {}
    yield from _texts(project_id, zone, texts, only)
    yield from _carried(project_id, texts, only)
    yield from _results(project_id, zone, rounds, only)


def _texts(
    project_id: int, zone: ZoneInfo, texts: dict[int, list[tuple[int, date]]], only: Collection[int] | None
) -> Iterator[Step]:
    """What scenarios said, and when; into ``texts``, when each requirement said something else."""
    wanted = select(Version.item_id, Item.kind, Version.since, Version.at, Version.text_print, Version.content)
    wanted = wanted.join(Item, Item.id == Version.item_id).where(
        Version.project_id == project_id, Item.kind.in_(("acceptance", "requirement"))
    )
    if only is not None:
        accepted = select(Link.target_id).where(one_of(Link.source_id, only), Link.kind == "accepts")
        wanted = wanted.where(or_(one_of(Version.item_id, only), Version.item_id.in_(accepted)))
    rows = plain(wanted.order_by(Version.item_id, Version.number))
    before: tuple[int, str] | None = None
    for row in rows:
        moved = before != (row.item_id, row.text_print)
        before = (row.item_id, row.text_print)
        if row.kind == "requirement":
            if moved:
                texts.setdefault(row.item_id, []).append((row.since, row.at.astimezone(zone).date()))
            continue
        told = json.loads(row.content)
        said = {"moved": moved, "rows": _rows(told), "accepts": told.get("accepts", ())}
        yield Step(row.since, row.at.astimezone(zone).date(), "text", row.item_id, said)


def _rows(told: Mapping[str, Any]) -> list[int] | None:
    """The rows that results of a scenario name; None where it is retired."""
    return None if told.get("retired") else rows_of(len((told.get("examples") or {}).get("rows", ())))


def _carried(
    project_id: int, texts: Mapping[int, Sequence[tuple[int, date]]], only: Collection[int] | None
) -> Iterator[Step]:
    """That what a scenario accepts said something else while it accepted it."""
    wanted = select(Link.source_id, Link.target_id, Link.since, Link.until).where(
        Link.project_id == project_id, Link.kind == "accepts"
    )
    for row in plain(wanted if only is None else wanted.where(one_of(Link.source_id, only))):
        for seq, day in texts.get(row.target_id, ()):
            if row.since < seq and (row.until is None or seq < row.until):
                yield Step(seq, day, "link", row.source_id, {})


def _results(
    project_id: int, zone: ZoneInfo, rounds: Mapping[int, Any], only: Collection[int] | None
) -> Iterator[Step]:
    """What was recorded and not revoked; and when each round began: with its first result, revoked or not, of whatever scenario."""
    wanted = select(
        Result.number, Result.round_id, Result.acceptance_id, Result.row, Result.verdict, Result.seq, Result.since, Result.at,
        Result.machine_run, not_revoked().label("counts"),
    ).where(Result.project_id == project_id)  # fmt: skip
    if only is not None:
        first = select(func.min(Result.number)).where(Result.project_id == project_id).group_by(Result.round_id)
        wanted = wanted.where(or_(one_of(Result.acceptance_id, only), Result.number.in_(first)))
    begun: set[int] = set()
    for row in plain(wanted.order_by(Result.number)):
        if row.round_id not in rounds:
            continue
        day = row.at.astimezone(zone).date()
        if row.round_id not in begun:
            begun.add(row.round_id)
            yield Step(row.since, day, "start", row.round_id, {})
        if row.counts and (only is None or row.acceptance_id in only):
            place = (row.round_id, NO_ROW if row.row is None else row.row)
            given = Given(row.number, row.verdict, row.machine_run is not None)
            yield Step(row.since, day, "result", row.acceptance_id, (place, given, row.seq))
    yield from _closed(project_id, zone, {row.number: row.id for row in rounds.values() if row.id not in begun})


def _closed(project_id: int, zone: ZoneInfo, empty: Mapping[int, int]) -> Iterator[Step]:
    """Rounds that were closed without a result count from then on. ``empty``: their ids by number."""
    closings = select(Event.seq, Event.at, Event.subject).where(
        Event.project_id == project_id, Event.action == "round.closed"
    )
    for row in plain(closings) if empty else ():
        round_id = empty.get(int(row.subject.partition("-")[2]))
        if round_id is not None:
            yield Step(row.seq, row.at.astimezone(zone).date(), "start", round_id, {})


def kept_days(project_id: int) -> list[tuple[date, dict[str, int]]]:
    """What was computed of each day, oldest first."""
    rows = db.session.execute(
        select(StatusDay.day, StatusDay.counts).where(StatusDay.project_id == project_id).order_by(StatusDay.day)
    )
    return [(row.day, dict(row.counts)) for row in rows]


def by_day(project_id: int, today: date, now: Mapping[str, int]) -> list[tuple[date, dict[str, int]]]:
    """The days up to today; today is told as it is now. ``now``: the tally."""
    days = [one for one in kept_days(project_id) if one[0] < today]
    return (
        [*days, (today, dict(now))] if days or any(number for code, number in now.items() if code != "untested") else []
    )
