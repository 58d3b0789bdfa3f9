"""What a tester walks through: the rows of a round in order, each as a card with its data and steps."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, select

from reqtrack.acceptance.models import NO_ROW, Acceptance, Result, Round, RoundScenario, Standing
from reqtrack.acceptance.queries.counting import in_table
from reqtrack.acceptance.queries.defects import to_retest
from reqtrack.acceptance.queries.status import rows_of, status_of
from reqtrack.acceptance.walking import Stop
from reqtrack.db import db, plain
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link, Version
from reqtrack.items.queries import visible
from reqtrack.permissions import Actor
from reqtrack.rendering.redline import Segment, redline

OPEN = ("untested", "stale")
PARTS = ("given", "when", "then")
_own = Acceptance.__table__
_PLACE = re.compile(r"<([^<>\n]{1,200})>")


class Slot(NamedTuple):
    """One thing to test in a round: a scenario and row (None where it has no example rows), with its status. Of large rounds there
    are a hundred thousand, and tuples are made more quickly than objects."""

    id: int
    key: str
    row: int | None
    status: str
    text_seq: int
    # A defect here was mended since, and this has to be seen again; or a walk broke before it, and has to come by here again.
    retest: bool = False

    @property
    def name(self) -> str:
        """``ACC-9.3`` (rows count from 0), or the key alone."""
        return self.key if self.row is None else f"{self.key}.{self.row}"

    @property
    def open(self) -> bool:
        return self.retest or self.status in OPEN


def slots(actor: Actor, found: Round) -> list[Slot]:
    """Everything that a round tests, in order (two queries)."""
    rows: Any = plain(
        select(Item.id, Item.key, Item.text_seq, _own.c.row_count, Standing.row, Standing.verdict, Standing.seq)
        .select_from(RoundScenario)
        .join(Item, Item.id == RoundScenario.acceptance_id)
        .join(_own, _own.c.id == Item.id)
        .outerjoin(Standing, and_(Standing.round_id == found.id, Standing.acceptance_id == Item.id, in_table))
        .where(RoundScenario.round_id == found.id, Item.retired.is_(False), visible(actor, found.project_id))
        .order_by(RoundScenario.position)
    )
    scenarios: dict[int, tuple[str, int, int]] = {}
    tested: dict[tuple[int, int], str] = {}
    for id_, key, text_seq, row_count, at, verdict, seq in rows:
        if at is not None:
            tested[id_, at] = status_of(text_seq, verdict, seq)
        scenarios[id_] = key, text_seq, row_count
    retest = to_retest(scenarios) if tested else set()
    return [
        Slot(id_, key, None if at == NO_ROW else at, tested.get((id_, at), "untested"), text_seq, (id_, at) in retest)
        for id_, (key, text_seq, row_count) in scenarios.items()
        for at in rows_of(row_count)
    ]


def along(found: Sequence[Slot], stops: Sequence[Stop]) -> list[Slot]:
    """The slots of a walk, in the order of its steps, each at the first step that it stands for. From where the chain breaks on
    all have to be tried, so that they come in order."""
    by_place = {(slot.id, slot.row): slot for slot in found}
    ordered: dict[tuple[int, int | None], Slot] = {}
    whole = True
    for stop in stops:
        whole = whole and stop.fine
        for one in stop.seen:
            slot = by_place.get((one.scenario, one.row))
            if slot is not None:
                ordered.setdefault((slot.id, slot.row), slot if whole else slot._replace(retest=True))
    return list(ordered.values())


def place_of(found: Sequence[Slot], name: str) -> int | None:
    """Where in the order the slot of that name (``ACC-9.3``, or ``ACC-9`` for its first row) stands; None: nowhere."""
    wanted = name.upper()
    for at, slot in enumerate(found):
        if wanted in (slot.name, slot.key):
            return at
    return None


def first_open(found: Sequence[Slot], after: int = -1) -> int | None:
    """The first slot beyond ``after`` that still wants a tester, beginning again at the start; None: there is none."""
    order = [*range(after + 1, len(found)), *range(after + 1)]
    return next((at for at in order if found[at].open), None)


def window(found: Sequence[Slot], start: int, limit: int) -> list[int]:
    """Where to go from ``start``: itself, then what is open beyond it, then what is open before it."""
    order = [*range(start + 1, len(found)), *range(start)]
    return [start, *(at for at in order if found[at].open)][:limit]


def texts(ids: Sequence[int]) -> dict[int, Any]:
    """``row(id, title, given, when, then, examples)`` of scenarios, by id."""
    rows = db.session.execute(
        select(Item.id, Item.title, _own.c.given, _own.c.when, _own.c.then, _own.c.examples)
        .join(_own, _own.c.id == Item.id)
        .where(Item.id.in_(ids))
    )
    return {row.id: row for row in rows}


def newest(found: Round, ids: Sequence[int]) -> dict[tuple[int, int | None], Result]:
    """The newest results of scenarios in a round, by scenario and row."""
    rows = db.session.execute(
        select(Standing.acceptance_id, Standing.row, Result)
        .join(Result, and_(Result.project_id == Standing.project_id, Result.number == Standing.number))
        .where(Standing.round_id == found.id, Standing.acceptance_id.in_(ids))
    )
    return {(row.acceptance_id, None if row.row == NO_ROW else row.row): row.Result for row in rows}


def result_of(found: Round, number: int) -> Result | None:
    """One result of a round by its number in the project."""
    wanted = select(Result).where(
        Result.project_id == found.project_id, Result.number == number, Result.round_id == found.id
    )
    return db.session.execute(wanted).scalar()


def steps_of(scenario: Any, data: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The steps as ``(given | when | then, text)``, ``<column>`` in them replaced by the row's value."""
    return filled({part: getattr(scenario, part) for part in PARTS}, data)


def filled(content: Mapping[str, Any], data: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """As ``steps_of``, of a content as it is kept in a version."""
    values = dict(data)
    return [
        (part, _PLACE.sub(lambda place: values.get(place[1].strip(), place[0]), line))
        for part in PARTS
        for line in content.get(part) or ()
    ]


# -- what changed since a text was tested --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """One field of a scenario, or of a requirement that it accepts, that is not as it was."""

    key: str
    field: Any
    segments: list[Segment]


def moved_since(seen: Mapping[int, int]) -> dict[int, list[Moved]]:
    """What the tested texts of scenarios say now that they did not say then (three queries).

    Args:
        seen: the sequence of the text that was tested or read, by scenario.
    """
    if not seen:
        return {}
    accepted: dict[int, list[int]] = {}
    for source, target in db.session.execute(
        select(Link.source_id, Link.target_id).where(
            Link.source_id.in_(seen), Link.kind == "accepts", Link.until.is_(None)
        )
    ):
        accepted.setdefault(source, []).append(target)
    wanted = [(scenario, item) for scenario in seen for item in (scenario, *accepted.get(scenario, ()))]
    contents = _contents({(item, seq) for scenario, item in wanted for seq in (seen[scenario], None)})
    found: dict[int, list[Moved]] = {scenario: [] for scenario in seen}
    for scenario, item in wanted:
        old, now = contents.get((item, seen[scenario])), contents.get((item, None))
        if old is not None and now is not None and old != now:
            found[scenario].extend(_moved(now[0], old[1], now[1]))
    return found


def _contents(wanted: set[tuple[int, int | None]]) -> dict[tuple[int, int | None], tuple[str, dict[str, Any]]]:
    """``(key, content)`` of items as of a sequence (None: now)."""
    ids = {item for item, _seq in wanted}
    numbers: dict[int, list[tuple[int, int]]] = {}
    keys: dict[int, str] = {}
    for item, key, number, since in db.session.execute(
        select(Item.id, Item.key, Version.number, Version.since)
        .join(Version, Version.item_id == Item.id)
        .where(Item.id.in_(ids))
        .order_by(Version.number)
    ):
        numbers.setdefault(item, []).append((number, since))
        keys[item] = key
    chosen = {
        (item, seq): max((number for number, since in numbers.get(item, ()) if seq is None or since <= seq), default=0)
        for item, seq in wanted
    }
    pairs = {(item, number) for (item, _seq), number in chosen.items() if number}
    contents = {
        (item, number): json.loads(content)
        for item, number, content in db.session.execute(
            select(Version.item_id, Version.number, Version.content).where(
                Version.item_id.in_({item for item, _number in pairs}),
                Version.number.in_({number for _item, number in pairs}),
            )
        )
        if (item, number) in pairs
    }
    return {(item, seq): (keys[item], contents[item, number]) for (item, seq), number in chosen.items() if number}


def _moved(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Moved]:
    kind = next(one for one in KINDS.values() if one.prefix == key.partition("-")[0])
    return [
        Moved(key, field, redline(_plain(old.get(field.name)), _plain(new.get(field.name))))
        for field in kind.fields
        if field.text and old.get(field.name) != new.get(field.name)
    ]


def _plain(value: Any) -> str:
    """A kept value as lines of text."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(str(part) for part in value)
    if isinstance(value, dict):
        return "\n".join("\t".join(row) for row in (value.get("header", []), *value.get("rows", [])))
    return str(value)
