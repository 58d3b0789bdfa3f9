"""Cucumber messages, one JSON object in each line: what was to run, every attempt at it, and how the run itself ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from reqtrack.exchange.parsing.results.found import (
    VERDICT_OF,
    Attempt,
    MachineCase,
    ResultsFile,
    SuiteFailure,
    worst_outcome,
)
from reqtrack.exchange.parsing.results.scenarios import Scenarios, mapping, text
from reqtrack.exchange.parsing.results.texts import Texts, whole
from reqtrack.files.problems import N_, Place, Problem, refuse, warning

# The names of the messages (protocol 12 to 33); each line holds one object under one of them.
KINDS = frozenset({
    "attachment", "externalAttachment", "gherkinDocument", "hook", "meta", "parameterType", "parseError", "pickle", "source",
    "stepDefinition", "suggestion", "testCase", "testCaseFinished", "testCaseStarted", "testRunFinished", "testRunHookFinished",
    "testRunHookStarted", "testRunStarted", "testStepFinished", "testStepStarted", "undefinedParameterType",
})  # fmt: skip
# So many names stand in one warning.
_NAMED = 5


def read_messages(messages: Iterable[tuple[int, Any]], name: str = "") -> ResultsFile:
    """The cases of a run from its messages, each with the number of its line.

    Messages of a kind that is not known are passed over: the protocol grows.

    Raises:
        FileProblem: a line that is no message, with its number.
    """
    reader = _Reader(name)
    for line, message in messages:
        reader.take(line, message)
    return reader.result()


@dataclass
class _Try:
    """One attempt at a test case, as its messages come in."""

    case: str
    attempt: int
    line: int
    results: list[dict[str, Any]] = field(default_factory=list)
    finished: bool = False
    retried: bool = False


class _Reader:
    def __init__(self, name: str) -> None:
        self._name, self._texts = name, Texts()
        self._scenarios = Scenarios(self._texts)
        self._pickle_of: dict[str, str] = {}
        self._steps_of: dict[str, int] = {}
        self._tries: dict[str, _Try] = {}
        self._failures: list[SuiteFailure] = []
        self._hooks: dict[str, str] = {}
        self._handlers: dict[str, Callable[[int, dict[str, Any]], None]] = {
            "gherkinDocument": self._document,
            "pickle": self._pickle,
            "parseError": self._parse_error,
            "hook": self._hook,
            "testCase": self._test_case,
            "testCaseStarted": self._case_started,
            "testStepFinished": self._step_finished,
            "testCaseFinished": self._case_finished,
            "testRunHookStarted": self._run_hook_started,
            "testRunHookFinished": self._run_hook_finished,
            "testRunFinished": self._run_finished,
        }
        self._end: dict[str, Any] | None = None

    def take(self, line: int, message: Any) -> None:
        """One message.

        Raises:
            FileProblem: it is none.
        """
        if not isinstance(message, dict):
            said = N_("This line is no Cucumber message.")
            mend = N_("Send the file as the test runner wrote it.")
            raise refuse("not_results", said, Place(file=self._name, line=line), mend)
        for kind, value in message.items():
            if handle := self._handlers.get(kind):
                handle(line, mapping(value))

    def _document(self, _line: int, document: dict[str, Any]) -> None:
        self._scenarios.add_document(document)

    def _pickle(self, _line: int, pickle: dict[str, Any]) -> None:
        self._scenarios.add_pickle(pickle)

    def _parse_error(self, line: int, error: dict[str, Any]) -> None:
        source = mapping(error.get("source"))
        self._failures.append(
            self._failure("parse", text(source.get("uri")), "error", error.get("message"), None, line)
        )

    def _hook(self, _line: int, hook: dict[str, Any]) -> None:
        self._hooks[text(hook.get("id"))] = text(hook.get("name")) or text(hook.get("type"))

    def _test_case(self, _line: int, case: dict[str, Any]) -> None:
        self._pickle_of[text(case.get("id"))] = text(case.get("pickleId"))
        steps = case.get("testSteps")
        self._steps_of[text(case.get("id"))] = len(steps) if isinstance(steps, list) else 0

    def _case_started(self, line: int, started: dict[str, Any]) -> None:
        attempt = _Try(text(started.get("testCaseId")), whole(started.get("attempt")) or 0, line)
        self._tries[text(started.get("id"))] = attempt

    def _step_finished(self, _line: int, step: dict[str, Any]) -> None:
        self._result(step)

    def _case_finished(self, _line: int, finished: dict[str, Any]) -> None:
        self._result(finished)
        if attempt := self._tries.get(text(finished.get("testCaseStartedId"))):
            attempt.finished, attempt.retried = True, finished.get("willBeRetried") is True

    def _run_hook_started(self, _line: int, started: dict[str, Any]) -> None:
        # From here on the run's hook has the name of the hook itself.
        self._hooks[text(started.get("id"))] = self._hooks.get(text(started.get("hookId")), "")

    def _run_hook_finished(self, line: int, finished: dict[str, Any]) -> None:
        result = mapping(finished.get("result"))
        outcome = _outcome(result)
        if VERDICT_OF[outcome] == "failed":
            message, detail = self._said(result)
            name = self._hooks.get(text(finished.get("testRunHookStartedId")), "")
            self._failures.append(self._failure("hook", name, outcome, message, detail, line))

    def _run_finished(self, line: int, end: dict[str, Any]) -> None:
        self._end = end
        if end.get("message") or end.get("exception"):
            message, detail = self._said(end)
            self._failures.append(self._failure("run", "", "error", message, detail, line))

    def _result(self, owner: dict[str, Any]) -> None:
        """A step's result; in old protocols a case had one of its own."""
        attempt = self._tries.get(text(owner.get("testCaseStartedId")))
        result = owner.get("testStepResult") or owner.get("testResult")
        if attempt is not None and isinstance(result, dict):
            attempt.results.append(result)

    def _failure(self, kind: str, name: str, outcome: str, message: Any, detail: Any, line: int) -> SuiteFailure:
        short, whole_text = self._texts.said(message, detail)
        place = Place(file=self._name, line=line)
        return SuiteFailure(kind, self._texts.name(name), outcome, short, whole_text, place)

    def _said(self, result: dict[str, Any]) -> tuple[str, str]:
        """The message of a result, and its stack trace or the whole message."""
        exception = mapping(result.get("exception"))
        message = text(exception.get("message")) or text(result.get("message"))
        return self._texts.said(message, text(exception.get("stackTrace")) or text(result.get("message")))

    def result(self) -> ResultsFile:
        """The run, once all its messages are in."""
        tries: dict[str, list[_Try]] = {}
        for attempt in self._tries.values():
            tries.setdefault(attempt.case, []).append(attempt)
        cases, unfinished = [], []
        for id_, attempts in tries.items():
            attempts.sort(key=lambda each: (each.attempt, each.line))
            if attempts[-1].finished and not attempts[-1].retried:
                cases.append(self._case(id_, attempts))
            else:
                unfinished.append(self._pickle_of.get(id_, ""))
        complete = self._end is not None and not unfinished
        started = {self._pickle_of.get(id_, "") for id_ in tries}
        unfinished += [pickle for pickle in self._scenarios.pickles if pickle not in started]
        success = self._end.get("success") if self._end is not None else None
        return ResultsFile(
            "cucumber_messages",
            tuple(cases),
            tuple(self._failures),
            tuple(self._warnings(cases, unfinished)),
            features=self._scenarios.features,
            pickles=len(self._scenarios.pickles),
            run_success=success if isinstance(success, bool) else None,
            complete=complete,
            file=self._name,
        )

    def _case(self, id_: str, attempts: list[_Try]) -> MachineCase:
        known = [self._attempt(each) for each in attempts if each.finished]
        steps = self._steps_of.get(id_, 0)
        place = Place(file=self._name, line=attempts[-1].line)
        return self._scenarios.case(self._pickle_of.get(id_, ""), tuple(known), steps, place)

    def _attempt(self, attempt: _Try) -> Attempt:
        outcome = worst_outcome(map(_outcome, attempt.results))
        worst = next((each for each in attempt.results if _outcome(each) == outcome), {})
        known = [seconds for each in attempt.results if (seconds := self._seconds(each.get("duration"))) is not None]
        return Attempt(outcome, *self._said(worst), sum(known) if known else None)

    def _seconds(self, duration: Any) -> float | None:
        if not isinstance(duration, dict):
            return None
        whole_seconds, rest = (
            self._texts.seconds(duration.get("seconds")),
            self._texts.seconds(duration.get("nanos"), 1e-9),
        )
        return None if whole_seconds is None and rest is None else (whole_seconds or 0.0) + (rest or 0.0)

    def _warnings(self, cases: list[MachineCase], unfinished: list[str]) -> list[Problem]:
        place = Place(file=self._name)
        found = []
        if unfinished:
            names = [name for pickle in unfinished[:_NAMED] if (name := self._scenarios.name_of(pickle))]
            more = " …" if len(unfinished) > len(names) else ""
            message = N_("Scenarios of which the file holds no result: %(count)s (%(names)s).")
            found.append(warning("no_result", message, place, count=len(unfinished), names=", ".join(names) + more))
        if self._end is None:
            message = N_("The file does not say that the run ended, so results may be missing.")
            mend = N_("Look whether the run was cut off.")
            found.append(warning("run_cut_off", message, place, mend))
        elif self._end.get("success") is False and not self._failures and _all_well(cases):
            message = N_("The run says that it failed, though none of its cases did.")
            found.append(warning("run_failed", message, place))
        if not cases and not self._failures:
            found.append(warning("no_cases", N_("The file holds no test cases."), place))
        return found + self._texts.warnings(place)


def _all_well(cases: list[MachineCase]) -> bool:
    return all(case.verdict in ("passed", "skipped") for case in cases)


def _outcome(result: dict[str, Any]) -> str:
    word = text(result.get("status")).lower()
    return word if word in VERDICT_OF else "unknown"
