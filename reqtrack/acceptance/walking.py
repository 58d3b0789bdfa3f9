"""Whether a business process was walked end to end: the acceptance scenarios along its steps passed in one round, in order, carrying
the same business record (2-workflows.md, *Acceptance*). Pure: everything comes in.

At each step all acceptance scenarios that the round holds and that carry the record must have passed on the text as it stands, at
least one; and they were tried after those of the steps before. One that accepts several steps stands at the first of them. A
step that is done by hand and that nothing accepts is passed over: there is nothing of the system to be tried.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from reqtrack.acceptance.models import STATUSES

# Why a chain breaks at a step, in words; the rest of the codes are statuses.
WHY = {
    "no_scenario": _l("No acceptance scenario accepts this step."),
    "not_in_round": _l("No acceptance scenario of this step is in the round."),
    "other_record": _l("No acceptance scenario of this step carries this record."),
    "failed": _l("It failed with this record."),
    "blocked": _l("It is blocked with this record."),
    "stale": _l("It passed on an older text."),
    "untested": _l("It was not tried with this record."),
    "skipped": _l("It was skipped with this record."),
    "out_of_order": _l("It was tried before a step that comes before it."),
}
FINE = ("passed", "by_hand")


@dataclass(frozen=True)
class Step:
    """A step of a process, with the ids of the acceptance scenarios along it."""

    number: int
    name: str
    by_hand: bool
    scenarios: tuple[int, ...]


@dataclass(frozen=True)
class Seen:
    """How a row that carries the record stands in the round: its status, and the number of its result (0: there is none)."""

    scenario: int
    key: str
    row: int
    status: str
    number: int


@dataclass(frozen=True)
class Stop:
    """What became of the record at one step: ``passed``, ``by_hand`` or one of ``WHY``."""

    step: Step
    state: str
    seen: tuple[Seen, ...] = ()

    @property
    def fine(self) -> bool:
        return self.state in FINE


def chain(steps: Sequence[Step], held: Collection[int], carried: Mapping[int, Sequence[Seen]]) -> list[Stop]:
    """What became of a record at each step, in the order of the steps.

    Args:
        held: ids of the acceptance scenarios that the round holds.
        carried: the rows that carry the record, by the id of their scenario.
    """
    stops: list[Stop] = []
    met: set[tuple[int, int]] = set()
    newest = 0
    for step in steps:
        here = tuple(one for scenario in step.scenarios if scenario in held for one in carried.get(scenario, ()))
        state = _state(step, held, here)
        if state == "passed":
            fresh = sorted(one.number for one in here if (one.scenario, one.row) not in met)
            fitting = next((number for number in fresh if number > newest), None)
            if fresh and fitting is None:
                state = "out_of_order"
            newest = fitting or newest
        met.update((one.scenario, one.row) for one in here)
        stops.append(Stop(step, state, here))
    return stops


def _state(step: Step, held: Collection[int], here: Sequence[Seen]) -> str:
    """The worst of what stands at a step, whatever its place in the order."""
    if not step.scenarios:
        return "by_hand" if step.by_hand else "no_scenario"
    if not any(one in held for one in step.scenarios):
        return "not_in_round"
    return min((one.status for one in here), key=STATUSES.index, default="other_record")


def broken(stops: Sequence[Stop]) -> Stop | None:
    """Where a chain breaks first; None where it holds to its end."""
    return next((one for one in stops if not one.fine), None)


def is_walked(stops: Sequence[Stop]) -> bool:
    """Whether the record came through, and something was tried on its way."""
    return broken(stops) is None and any(one.state == "passed" for one in stops)


def come_through(stops: Sequence[Stop]) -> int:
    """How many steps the record came through before the chain breaks."""
    return next((at for at, one in enumerate(stops) if not one.fine), len(stops))
