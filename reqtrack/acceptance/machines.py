"""What a machine's run says of a round, as plain data: made where its file is read, recorded by ``actions.bring``, kept with the run.

Kept of a case that could not be recorded: ``name feature file line verdict outcome message attempts flaky``, the ``reason`` (a
plain ``Problem``), and where it was told which scenario it is about, ``acceptance`` (its key) and ``row``. Kept of what failed
outside of any case: ``kind`` (suite, hook, parse, run), ``name outcome message detail``; and as ``kind`` *warning* what is odd about
the file, with its ``reason``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reqtrack.files.problems import N_, Place, Problem, warning

WARNING = "warning"
# The reasons why a result that was matched is not recorded.
OUTSIDE = "not_in_round"


@dataclass(frozen=True)
class Seen:
    """What a machine saw of one scenario and row; ``case`` is what is kept of its deciding case where it is not recorded.

    ``note`` is never empty where it did not pass. ``by`` says how it was matched: *key* or *name*.
    """

    key: str
    row: int | None
    verdict: str
    note: str = ""
    attempts: int = 1
    flaky: bool = False
    by: str = "key"
    case: Mapping[str, Any] = field(default_factory=dict)

    def kept(self, reason: Problem) -> dict[str, Any]:
        """What is kept of it where it cannot be recorded."""
        return {**self.case, "acceptance": self.key, "row": self.row, "reason": reason.to_plain()}


@dataclass(frozen=True)
class Report:
    """A file of results, matched to the scenarios of a project: at most one result for each scenario and row."""

    name: str
    format: str
    digest: str
    results: Sequence[Seen] = ()
    unmatched: Sequence[Mapping[str, Any]] = ()
    failures: Sequence[Mapping[str, Any]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """An acceptance scenario of a round, as far as a result is bound to it."""

    id: int
    version: int
    text_print: str
    text_seq: int
    retired: bool
    row_count: int

    def has(self, row: int | None) -> bool:
        """Whether a result may be about this row: one of the table, or none where there is no table."""
        return row is None if not self.row_count else row is not None and 0 <= row < self.row_count


@dataclass(frozen=True)
class Sorted:
    """The results of a file as a round takes them: to be recorded, recorded before from the same file, or not to be."""

    fresh: Sequence[tuple[Seen, Scenario]] = ()
    before: Sequence[Seen] = ()
    outside: Sequence[tuple[Seen, Problem]] = ()

    @property
    def missing(self) -> list[str]:
        """The keys of scenarios that have results here, and are not in the round."""
        return list(dict.fromkeys(one.key for one, reason in self.outside if reason.code == OUTSIDE))


def sort_out(
    results: Sequence[Seen], scenarios: Mapping[str, Scenario], done: Mapping[str, int], digest: str
) -> Sorted:
    """Which results of a file a round takes.

    Args:
        scenarios: those of the round by key.
        done: what the file already brought, by ``once_of``.
    """
    fresh: list[tuple[Seen, Scenario]] = []
    before: list[Seen] = []
    outside: list[tuple[Seen, Problem]] = []
    for one in results:
        scenario = scenarios.get(one.key)
        if scenario is None:
            outside.append((one, _why(OUTSIDE, N_("%(key)s is not in this round."), one)))
        elif once_of(digest, scenario.id, one.row) in done:
            before.append(one)
        elif scenario.retired:
            outside.append((one, _why("retired", N_("%(key)s was retired: it is not tested any more."), one)))
        elif not scenario.has(one.row):
            outside.append((one, _why("row_gone", N_("%(key)s has no such example row any more."), one)))
        else:
            fresh.append((one, scenario))
    return Sorted(fresh, before, outside)


def once_of(digest: str, scenario_id: int, row: int | None) -> str:
    """The name under which a result of a file is sent: the same file says nothing twice of the same row."""
    return f"file:{digest}:{scenario_id}:{'' if row is None else row}"


def _why(code: str, message: str, one: Seen) -> Problem:
    return warning(code, message, Place(), key=one.key)
