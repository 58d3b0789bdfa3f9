"""JUnit XML, in the many ways it is written: cases wherever they stand below suites, and what the suites say apart.

The words of a suite about its cases (``tests="173"``) are never taken for results; where they differ, it is said. Read by
element, not by junitparser: see docs/decisions/results-files.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from reqtrack.exchange.parsing.results.found import Attempt, MachineCase, ResultsFile, SuiteFailure
from reqtrack.exchange.parsing.results.names import key_words, row_in, without_table
from reqtrack.exchange.parsing.results.texts import Texts, whole
from reqtrack.files.limits import DEFAULT, Limits
from reqtrack.files.problems import N_, Place, Problem, refuse, warning
from reqtrack.files.xml import Lined, parse_xml

_ROOTS = ("testsuites", "testsuite")
# The first of these that a case has is its outcome: a failure is closer to the product than an error beside it.
_OUTCOMES = {"failure": "failed", "error": "error", "skipped": "skipped"}
# Surefire's runs of the same case beside the one that counts: before a pass, and after a failure.
_BEFORE = {"flakyfailure": "failed", "flakyerror": "error"}
_AFTER = {"rerunfailure": "failed", "rerunerror": "error"}
# What reporters say in an attribute when no element says more. Only words that take a pass away are heard.
_NOT_RUN = ("notrun", "not_run", "suppressed", "disabled", "skipped", "ignored", "pending", "inconclusive")
_FAILED = {"failed": "failed", "failure": "failed", "fail": "failed", "error": "error"}
_TAGS = ("tag", "tags", "label", "labels")


def read_junit(data: bytes, name: str = "", limits: Limits = DEFAULT) -> ResultsFile:
    """The cases and suite-level failures of a JUnit XML file.

    Raises:
        FileProblem: no XML, hostile, too large, or XML of another kind, with its line.
    """
    root = parse_xml(data, limits, Place(file=name))
    if local(root) not in _ROOTS:
        message = N_("The XML holds no test results: it begins with <%(root)s>, not with <testsuites> or <testsuite>.")
        where = Place(file=name, line=root.line)
        raise refuse("not_results", message, where, N_("Send the report of the test runner."), root=local(root)[:80])
    return _Reader(name).read(root)


def local(element: Lined) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


class _Reader:
    def __init__(self, name: str) -> None:
        self._name, self._texts = name, Texts()

    def read(self, root: Lined) -> ResultsFile:
        cases: list[MachineCase] = []
        failures: list[SuiteFailure] = []
        for element, suites in _walk(root):
            if local(element) == "testcase":
                cases.append(self._case(element, suites))
            else:
                failures += self._suite_failures(element, suites)
        warnings = [*_counted_otherwise(root, cases, failures, self._place(root))]
        if not cases and not failures:
            warnings.append(warning("no_cases", N_("The file holds no test cases."), self._place(root)))
        warnings += self._texts.warnings(Place(file=self._name))
        return ResultsFile(
            "junit", tuple(_ordered(cases)), tuple(failures), tuple(warnings), pickles=len(cases), file=self._name
        )

    def _case(self, element: Lined, suites: tuple[str, ...]) -> MachineCase:
        texts = self._texts
        name, owner = texts.name(element.get("name")), texts.name(element.get("classname") or element.get("class"))
        suites = tuple(filter(None, (texts.name(each) for each in suites)))
        properties = _properties(element)
        known_by = [value for _, value in properties if len(value) <= 200]
        tags = [word for key, value in properties if key in _TAGS for word in value.replace(",", " ").split()]
        row = row_in(name)
        return MachineCase(
            name=name,
            feature=owner or (suites[-1] if suites else ""),
            attempts=self._attempts(element),
            outline=row[0] if row else "",
            suites=suites,
            tags=tuple(texts.name(tag).removeprefix("@") for tag in tags),
            ids=key_words([name, *known_by]),
            row=row[2] - 1 if row and row[1] in (None, 1) else None,
            # Which table and which row; made into an order once all are known.
            among=(row[1] or 0, row[2]) if row and row[1] != 1 else None,
            file=texts.name(element.get("file")),
            line=whole(element.get("line")),
            place=self._place(element),
        )

    def _attempts(self, element: Lined) -> tuple[Attempt, ...]:
        duration = self._texts.seconds(element.get("time"))
        if not len(element):
            return (Attempt(_by_attribute(element), duration=duration),)
        said: dict[str, list[Lined]] = {}
        for child in _children(element):
            said.setdefault(local(child).lower(), []).append(child)
        before = [self._attempt(child, outcome) for word, outcome in _BEFORE.items() for child in said.get(word, [])]
        after = [self._attempt(child, outcome) for word, outcome in _AFTER.items() for child in said.get(word, [])]
        own = [
            self._attempt(child, outcome, duration)
            for word, outcome in _OUTCOMES.items()
            for child in said.get(word, [])
        ]
        counts = _together(own) if own else Attempt(_by_attribute(element), duration=duration)
        # A rerun in vain came later, but the failure itself is what is to be read.
        return (*before, *after, counts)

    def _attempt(self, element: Lined, outcome: str, duration: float | None = None) -> Attempt:
        inner = next((child.text for child in _children(element) if local(child) == "stackTrace"), None)
        text = inner or "".join(element.itertext())
        message, detail = self._texts.said(element.get("message") or element.get("type"), text)
        own = self._texts.seconds(element.get("time"))
        return Attempt(outcome, message, detail, duration if own is None else own)

    def _suite_failures(self, element: Lined, suites: tuple[str, ...]) -> Iterator[SuiteFailure]:
        for child in _children(element):
            outcome = _OUTCOMES.get(local(child))
            if outcome in ("failed", "error"):
                one = self._attempt(child, outcome)
                title = " › ".join(filter(None, (self._texts.name(each) for each in suites)))
                yield SuiteFailure("suite", title, outcome, one.message, one.detail, self._place(child))

    def _place(self, element: Lined) -> Place:
        return Place(file=self._name, line=element.line or None)


def _walk(root: Lined) -> Iterator[tuple[Lined, tuple[str, ...]]]:
    """Every suite and case in the order of the file, with the names of the suites around it (its own included)."""
    waiting: list[tuple[Lined, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, suites = waiting.pop()
        word = local(element)
        if word in _ROOTS:
            suites = (*suites, element.get("name") or "")
        if word in _ROOTS or word == "testcase":
            yield element, suites
        waiting.extend((child, suites) for child in reversed(_children(element)))


def _children(element: Lined) -> list[Lined]:
    return cast("list[Lined]", list(element))


def _together(attempts: list[Attempt]) -> Attempt:
    """What one run left behind: the first outcome counts, and what the others say stands below it."""
    details = [each.detail or each.message for each in attempts if each.verdict == "failed"]
    first = attempts[0]
    return replace(first, detail="\n\n".join(filter(None, details))) if len(details) > 1 else first


def _properties(element: Lined) -> list[tuple[str, str]]:
    """The properties of a case: ``<properties><property name= value=>``, with the value inside where it stands there."""
    return [
        ((each.get("name") or "").strip().lower(), (each.get("value") or each.text or "").strip())
        for group in _children(element)
        if local(group) == "properties"
        for each in group
    ]


def _by_attribute(element: Lined) -> str:
    words = [word.strip().lower() for key in ("status", "result") if (word := element.get(key))]
    for word in words:
        if word in _FAILED:
            return _FAILED[word]
    return "skipped" if any(word in _NOT_RUN for word in words) else "passed"


def _ordered(cases: list[MachineCase]) -> list[MachineCase]:
    """Which table and row becomes the how-manieth of how many rows of the same outline there are."""
    rows: dict[tuple[str, str], set[tuple[int, int]]] = {}
    for case in cases:
        if case.outline:
            here = case.among or (1, (case.row or 0) + 1)
            rows.setdefault((case.feature, without_table(case.outline)), set()).add(here)
    orders = {key: {one: index for index, one in enumerate(sorted(found))} for key, found in rows.items()}
    placed = []
    for case in cases:
        if case.among is not None:
            order = orders[case.feature, without_table(case.outline)]
            case = replace(case, among=(order[case.among], len(order)))
        placed.append(case)
    return placed


def _counted_otherwise(
    root: Lined, cases: list[MachineCase], failures: list[SuiteFailure], place: Place
) -> Iterator[Problem]:
    """What the outermost suites say about their cases, where the cases say otherwise."""
    # Surefire counts every attempt, others only the cases.
    retried = [each for case in cases for each in case.attempts[:-1]]
    said, found = _said(root, ("tests",)), len(cases)
    if said is not None and said not in (found, found + len(retried)):
        message = N_("Test cases according to the file: %(said)s; that are in it: %(found)s. Only these count.")
        yield warning("counted_otherwise", message, place, said=said, found=found)
    found = sum(case.verdict == "failed" for case in cases) + len(failures)
    said = _said(root, ("failures", "errors"))
    if said is not None and said > found + sum(each.verdict == "failed" for each in retried):
        message = N_("Failed test cases according to the file: %(said)s; that are in it: %(found)s.")
        yield warning("failed_otherwise", message, place, said=said, found=found)


def _said(root: Lined, names: tuple[str, ...]) -> int | None:
    for elements in ([root], _children(root)):
        numbers = [whole(each.get(name)) for each in elements if local(each) in _ROOTS for name in names]
        known = [number for number in numbers if number is not None]
        if known:
            return sum(known)
    return None
