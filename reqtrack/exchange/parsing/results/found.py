"""What a file of test results holds: cases with every attempt, what failed outside of any case, and what is odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reqtrack.files.problems import Place, Problem

# The worst first. These are the verdicts of a walked scenario, so that a machine's result stands beside a person's.
VERDICTS = ("failed", "blocked", "skipped", "passed")
# What the formats say, and what it comes to. A case that could not be run, because a step is not written or is written twice,
# says nothing about the product: it is blocked, not failed. Nothing that was not run is ever a pass.
VERDICT_OF = {
    "failed": "failed",
    "error": "failed",
    "ambiguous": "blocked",
    "undefined": "blocked",
    "pending": "blocked",
    "skipped": "skipped",
    "unknown": "skipped",
    "passed": "passed",
}
_BY_SEVERITY = tuple(VERDICT_OF)
NOWHERE = Place()


def worst_outcome(outcomes: Iterable[str]) -> str:
    """The worst of the outcomes of some steps; ``unknown`` when there are none.

    The order is that of Cucumber's own ``getWorstTestStepResult``, but that a step of which nothing is known keeps its
    scenario from passing.
    """
    return min(outcomes, key=_BY_SEVERITY.index, default="unknown")


def worst_verdict(verdicts: Iterable[str]) -> str:
    """The worst of some verdicts, of which there must be one."""
    return min(verdicts, key=VERDICTS.index)


@dataclass(frozen=True)
class Attempt:
    """One run of a case. ``outcome`` is the word of the format (a key of ``VERDICT_OF``); ``duration`` is in seconds, None
    where the file says none or nonsense; ``message`` is the first to read, ``detail`` the whole of it."""

    outcome: str
    message: str = ""
    detail: str = ""
    duration: float | None = None

    @property
    def verdict(self) -> str:
        return VERDICT_OF[self.outcome]


@dataclass(frozen=True)
class MachineCase:
    """One case as its last attempt left it.

    Attributes:
        name: as the file has it. ``outline`` is the name before the values of a row were filled in, where that is known.
        feature: the feature (Cucumber), or the class, else the nearest suite with a name (JUnit); ``suites`` are the names of
            all suites around it, the outermost first.
        tags: without ``@``, those of feature, rule and examples too.
        ids: words that look like a key (``ACC-1``) in what identifies a JUnit case: its name and its properties.
        row: the example row, from 0, where the file says it. Where it only says an order, ``among`` is ``(index, count)``
            among the rows that the file holds of the same outline; then ``row`` holds if there is but one table.
        columns, cells: the example table's columns and the row's values, where the file tells.
        attempts: all, the last included. ``flaky``: it passed in the end, and not at once.
        steps: how many, hooks among the steps included. ``file`` and ``line`` are where the test stands, ``place`` is
            where this is said in the file of results.
    """

    name: str
    feature: str
    attempts: tuple[Attempt, ...]
    outline: str = ""
    rule: str = ""
    suites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    row: int | None = None
    among: tuple[int, int] | None = None
    columns: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    steps: int = 0
    file: str = ""
    line: int | None = None
    place: Place = NOWHERE

    @property
    def last(self) -> Attempt:
        """The attempt that counts."""
        return self.attempts[-1]

    @property
    def verdict(self) -> str:
        """``passed``, ``failed``, ``blocked`` or ``skipped``."""
        return self.last.verdict

    @property
    def outcome(self) -> str:
        """The word of the format, finer than the verdict."""
        return self.last.outcome

    @property
    def message(self) -> str:
        return self.last.message

    @property
    def detail(self) -> str:
        return self.last.detail

    @property
    def duration(self) -> float | None:
        return self.last.duration

    @property
    def flaky(self) -> bool:
        return self.verdict == "passed" and any(each.verdict != "passed" for each in self.attempts)

    def to_plain(self) -> dict[str, Any]:
        attempts = [vars(each).copy() for each in self.attempts]
        return {**vars(self), "attempts": attempts, "place": vars(self.place).copy()}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> MachineCase:
        attempts = tuple(Attempt(**each) for each in plain["attempts"])
        return cls(**{**plain, "attempts": attempts, "place": Place(**plain["place"])})


@dataclass(frozen=True)
class SuiteFailure:
    """What went wrong outside of any case: a class that could not be set up, a hook around the run, a broken feature file, the
    run itself. ``kind`` is one of ``suite``, ``hook``, ``parse``, ``run``."""

    kind: str
    name: str
    outcome: str
    message: str = ""
    detail: str = ""
    place: Place = NOWHERE

    def to_plain(self) -> dict[str, Any]:
        return {**vars(self), "place": vars(self.place).copy()}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> SuiteFailure:
        return cls(**{**plain, "place": Place(**plain["place"])})


@dataclass(frozen=True)
class ResultsFile:
    """A file of test results. ``format`` is ``junit``, ``cucumber_json`` or ``cucumber_messages``.

    Attributes:
        suite_failures: to be shown always; with one of them the run did not pass, whatever the cases say.
        features, backgrounds: how many features and elements for their backgrounds the file holds (Cucumber).
        pickles: how many cases the run was to run (messages).
        retried: how many attempts do not count, since another came after them.
        run_success: what the run says about itself, None where it says nothing.
        complete: whether nothing shows that the run was cut off.
    """

    format: str
    cases: tuple[MachineCase, ...] = ()
    suite_failures: tuple[SuiteFailure, ...] = ()
    warnings: tuple[Problem, ...] = ()
    features: int = 0
    backgrounds: int = 0
    pickles: int = 0
    run_success: bool | None = None
    complete: bool = True
    file: str = ""

    @property
    def retried(self) -> int:
        return sum(len(case.attempts) - 1 for case in self.cases)

    @property
    def steps(self) -> int:
        """How many steps, those of backgrounds and hooks among the steps included."""
        return sum(case.steps for case in self.cases)

    @property
    def verdicts(self) -> dict[str, int]:
        """How many cases there are of each verdict."""
        counted = Counter(case.verdict for case in self.cases)
        return {verdict: counted[verdict] for verdict in VERDICTS}

    @property
    def outcomes(self) -> dict[str, int]:
        """How many cases there are of each outcome that occurs."""
        return dict(Counter(case.outcome for case in self.cases))

    @property
    def all_passed(self) -> bool:
        """Whether there are cases, each of them passed, nothing else went wrong, and the run came to its end."""
        passed = bool(self.cases) and all(case.verdict == "passed" for case in self.cases)
        return passed and self.complete and not self.suite_failures and self.run_success is not False

    def to_plain(self) -> dict[str, Any]:
        """Only dicts, strings and numbers, as the child hands over."""
        cases = [case.to_plain() for case in self.cases]
        failures = [each.to_plain() for each in self.suite_failures]
        warnings = [problem.to_plain() for problem in self.warnings]
        return {**vars(self), "cases": cases, "suite_failures": failures, "warnings": warnings}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> ResultsFile:
        """The opposite of ``to_plain``."""
        cases = tuple(MachineCase.from_plain(each) for each in plain["cases"])
        failures = tuple(SuiteFailure.from_plain(each) for each in plain["suite_failures"])
        warnings = tuple(Problem.from_plain(each) for each in plain["warnings"])
        return cls(**{**plain, "cases": cases, "suite_failures": failures, "warnings": warnings})
