"""Cucumber JSON in its three generations: with ``type`` or only ``keyword``, backgrounds apart, hooks as steps or beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from gherkin.dialect import DIALECTS

from reqtrack.exchange.parsing.results.found import (
    VERDICT_OF,
    Attempt,
    MachineCase,
    ResultsFile,
    SuiteFailure,
    worst_outcome,
)
from reqtrack.exchange.parsing.results.names import row_in
from reqtrack.exchange.parsing.results.texts import Texts, whole
from reqtrack.files.problems import N_, FileProblem, Place, refuse, warning

_BACKGROUNDS = {word.lower() for dialect in DIALECTS.values() for word in dialect["background"]}
_OUTLINES = {word.lower() for dialect in DIALECTS.values() for word in dialect["scenarioOutline"]}
# feature;scenario;table;2 of Cucumber-JVM and its like: the number counts from the header, which is 1.
_ROW_ID = re.compile(r"^(?P<outline>.+;[^;]*);(?P<row>[0-9]{1,6})$")
_NANOSECONDS = 1e-9


def read_cucumber_json(features: list[Any], name: str = "") -> ResultsFile:
    """The scenarios of a parsed Cucumber JSON report; a feature without elements gives none.

    Raises:
        FileProblem: a feature, scenario or step that is none, with its place in the report.
    """
    reader = _Reader(name)
    for index, feature in enumerate(features):
        reader.feature(_mapping(feature, reader.place(f"/{index}")), f"/{index}")
    return reader.result(len(features))


@dataclass
class _Steps:
    """The results of some steps and hooks."""

    results: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    steps: int = 0

    def __add__(self, other: _Steps) -> _Steps:
        return _Steps(self.results + other.results, self.steps + other.steps)

    @property
    def outcome(self) -> str:
        return worst_outcome(outcome for outcome, _ in self.results)


class _Reader:
    def __init__(self, name: str) -> None:
        self._name, self._texts = name, Texts()
        self._cases: list[MachineCase] = []
        self._failures: list[SuiteFailure] = []
        self._backgrounds = 0

    def place(self, pointer: str) -> Place:
        return Place(file=self._name, member=pointer)

    def result(self, features: int) -> ResultsFile:
        whole_file = Place(file=self._name)
        warnings = self._texts.warnings(whole_file)
        if not self._cases and not self._failures:
            warnings.append(warning("no_cases", N_("The file holds no test cases."), whole_file))
        return ResultsFile(
            "cucumber_json",
            tuple(self._cases),
            tuple(self._failures),
            tuple(warnings),
            features=features,
            backgrounds=self._backgrounds,
            pickles=len(self._cases),
            file=self._name,
        )

    def feature(self, feature: dict[str, Any], pointer: str) -> None:
        """Take the scenarios of one feature, each with the backgrounds that stand before it."""
        before, name = _Steps(), self._texts.name(feature.get("name"))
        found: list[tuple[str, MachineCase]] = []
        for index, element in enumerate(_listed(feature.get("elements"), self.place(f"{pointer}/elements"))):
            here = f"{pointer}/elements/{index}"
            element = _mapping(element, self.place(here))
            steps = self._steps(element, here)
            if _is_background(element):
                self._backgrounds += 1
                before += steps
                continue
            found.append((str(element.get("id") or ""), self._case(feature, element, before + steps, here)))
            before = _Steps()
        if before.outcome not in ("passed", "unknown"):
            # Its scenarios were not even written: only the background says that something went wrong.
            one = self._attempt(before)
            self._failures.append(
                SuiteFailure("suite", name, one.outcome, one.message, one.detail, self.place(f"{pointer}/elements"))
            )
        self._cases += _with_rows(found)

    def _case(self, feature: dict[str, Any], element: dict[str, Any], steps: _Steps, pointer: str) -> MachineCase:
        texts = self._texts
        name = texts.name(element.get("name"))
        row = row_in(name)
        tags = [*_tags(feature), *_tags(element)]
        is_outline = str(element.get("keyword") or "").strip().lower() in _OUTLINES
        return MachineCase(
            name=name,
            feature=texts.name(feature.get("name")),
            attempts=(self._attempt(steps),),
            outline=row[0] if row else name if is_outline else "",
            tags=tuple(dict.fromkeys(texts.name(tag).removeprefix("@") for tag in tags)),
            row=row[2] - 1 if row and row[1] == 1 else None,
            steps=steps.steps,
            file=texts.name(feature.get("uri")),
            line=whole(element.get("line")),
            place=self.place(pointer),
        )

    def _steps(self, element: dict[str, Any], pointer: str) -> _Steps:
        """The steps with their own hooks, and the hooks of the scenario, in the order in which they ran."""
        steps = _listed(element.get("steps"), self.place(f"{pointer}/steps"))
        results = [*self._hooks(element, "before", pointer)]
        for index, step in enumerate(steps):
            here = f"{pointer}/steps/{index}"
            step = _mapping(step, self.place(here))
            results += [*self._hooks(step, "before", here), self._result(step, here), *self._hooks(step, "after", here)]
        results += self._hooks(element, "after", pointer)
        return _Steps(results, len(steps))

    def _hooks(self, owner: dict[str, Any], when: str, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for index, hook in enumerate(_listed(owner.get(when), self.place(f"{pointer}/{when}"))):
            here = f"{pointer}/{when}/{index}"
            yield self._result(_mapping(hook, self.place(here)), here)

    def _result(self, step: dict[str, Any], pointer: str) -> tuple[str, dict[str, Any]]:
        result = _mapping(step.get("result") or {}, self.place(f"{pointer}/result"))
        status = result.get("status")
        outcome = status.strip().lower() if isinstance(status, str) else ""
        words = self._texts.name(step.get("name") or step.get("keyword"))
        return outcome if outcome in VERDICT_OF else "unknown", {**result, "step": words}

    def _attempt(self, steps: _Steps) -> Attempt:
        outcome = steps.outcome
        worst = next((result for own, result in steps.results if own == outcome), {})
        durations = [self._texts.seconds(result.get("duration"), _NANOSECONDS) for _, result in steps.results]
        known = [seconds for seconds in durations if seconds is not None]
        error = worst.get("error_message")
        message, detail = self._texts.said(None, "\n".join(map(str, error)) if isinstance(error, list) else error)
        if outcome not in ("passed", "unknown") and not message:
            message = worst["step"]
        return Attempt(outcome, message, detail, sum(known) if known else None)


def _mapping(value: Any, place: Place) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise _odd(place)


def _listed(value: Any, place: Place) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise _odd(place)


def _odd(place: Place) -> FileProblem:
    message = N_("The JSON is no Cucumber report: what stands here does not fit one.")
    return refuse("not_results", message, place, N_("Send the report as the test runner wrote it."))


def _tags(owner: dict[str, Any]) -> Iterable[Any]:
    tags = owner.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        yield tag.get("name") if isinstance(tag, dict) else tag


def _is_background(element: dict[str, Any]) -> bool:
    kind = element.get("type")
    if isinstance(kind, str) and kind:
        return kind.lower() == "background"
    return str(element.get("keyword") or "").strip().lower() in _BACKGROUNDS


def _with_rows(found: list[tuple[str, MachineCase]]) -> list[MachineCase]:
    """Which row of its outline a case is: by the end of its id, or else by its line among those of the same outline."""
    outlines: dict[str, set[int]] = {}
    tables: dict[str, set[tuple[str, int]]] = {}
    for id_, case in found:
        if key := _outline_of(id_, case):
            outlines.setdefault(key, set()).add(case.line or 0)
            tables.setdefault(key, set()).add(_table_of(id_, case))
    placed = []
    for id_, case in found:
        key = _outline_of(id_, case)
        if key and case.row is None:
            lines = sorted(outlines[key])
            said = _ROW_ID.match(id_)
            # The number begins anew in every table, so it only tells where there is but one.
            row = int(said["row"]) - 2 if said and len(tables[key]) == 1 and int(said["row"]) > 1 else None
            among = (lines.index(case.line or 0), len(lines))
            case = replace(case, row=row, outline=case.outline or case.name, among=among)
        placed.append(case)
    return placed


def _outline_of(id_: str, case: MachineCase) -> str:
    """What the rows of one outline have in common; nothing for a plain scenario."""
    said = _ROW_ID.match(id_)
    if said and (case.outline or ";;" in id_):
        # Without the name of the table: feature;scenario.
        return said["outline"].rpartition(";")[0]
    return id_ or case.outline if case.outline else ""


def _table_of(id_: str, case: MachineCase) -> tuple[str, int]:
    """A table of examples by its name and the line of its header."""
    said = _ROW_ID.match(id_)
    return (said["outline"], (case.line or 0) - int(said["row"])) if said else ("", 0)
