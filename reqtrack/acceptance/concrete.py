"""The checker for *ready*: whether an acceptance scenario is concrete enough that two people would give the same verdict.

Pure, and asked for at every keystroke: it takes the steps and the examples as they are kept (``models.Acceptance``) and says what
keeps them from being ready, each with its place. docs/decisions/text-checker.md tells why rules by words, and what they cost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from reqtrack.acceptance.data.cells import fold
from reqtrack.acceptance.observable import expects, is_action, is_observable
from reqtrack.acceptance.vague import PLACEHOLDER, vague
from reqtrack.files.problems import N_

# Named so, a column tells what is expected, though no step may quote it.
_EXPECTED = re.compile(r"预期|期望|应得|结果|expected|expect|outcome", re.IGNORECASE)
_STATES = re.compile(r"状态|结论|status|state|verdict", re.IGNORECASE)
# Where checks and actions alternate, what is no action keeps its keyword in front (exchange.parsing.features).
_CHECK_WORD = re.compile(r"(?:Then\b|那么|那麼)\s*")
_OTHER_WORD = re.compile(r"(?:Given\b|假如|假设|假定|前提|\*)\s*")
_MARKUP = re.compile(
    r"/?(?:script|style|b|i|u|em|strong|br|hr|p|div|span|a|img|table|tr|td|th|ul|ol|li|h\d|svg|iframe)\b.*|[!?/].*|.*[=/].*",
    re.IGNORECASE,
)
MOST_ROWS_TOLD = 20


@dataclass(frozen=True)
class Finding:
    """What keeps a scenario from being ready.

    ``field``: given, when, then, rows or header; ``index``: which step, row or column of it, -1 for the whole; ``words`` stand in it
    from ``start`` to before ``end`` (0, 0 where the step as a whole is meant). ``message`` is a message id with ``params``.
    """

    field: str
    index: int
    code: str
    message: str
    words: str = ""
    start: int = 0
    end: int = 0
    params: Mapping[str, Any] = made(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def findings(
    given: Sequence[str] | None,
    when: Sequence[str] | None,
    then: Sequence[str] | None,
    examples: Mapping[str, Any] | None,
    required: Collection[str] = (),
    *,
    needs_data: bool = True,
) -> list[Finding]:
    """All that keeps a scenario from being ready, in the order of its parts.

    Args:
        examples: ``{"header": […], "rows": [[…], …]}`` or None.
        required: columns that may be empty in no row, beside those that expectations quote: the required fields of the dictionary.
        needs_data: whether there must be a row of business data.
    """
    steps = {"given": list(given or ()), "when": list(when or ()), "then": list(then or ())}
    header = [fold(str(name)) for name in (examples or {}).get("header", ())]
    rows = [[str(cell) for cell in row] for row in (examples or {}).get("rows", ())]
    return [
        *_missing(steps),
        *_blank_steps(steps),
        *_actions(steps["when"]),
        *_expectations("then", enumerate(steps["then"])),
        *_placeholders(steps, header),
        *_columns(steps, header),
        *_rows(steps, header, rows, required, needs_data),
    ]


def is_ready(
    given: Sequence[str] | None,
    when: Sequence[str] | None,
    then: Sequence[str] | None,
    examples: Mapping[str, Any] | None,
    required: Collection[str] = (),
    *,
    needs_data: bool = True,
) -> bool:
    """Whether nothing keeps a scenario from being ready."""
    return not findings(given, when, then, examples, required, needs_data=needs_data)


def _missing(steps: Mapping[str, list[str]]) -> Iterator[Finding]:
    if not any(step.strip() for step in steps["when"]):
        yield Finding(
            "when", -1, "no_action", N_("Nothing is done: say under When what the tester does, step by step.")
        )
    checks = [*steps["then"], *(step for step in steps["when"] if _CHECK_WORD.match(step))]
    if not any(step.strip() for step in checks):
        yield Finding("then", -1, "no_expectation", N_("Nothing is expected: say under Then what the tester must see."))


def _blank_steps(steps: Mapping[str, list[str]]) -> Iterator[Finding]:
    for name, texts in steps.items():
        for index, text in enumerate(texts):
            if not text.strip() and len(texts) > 1:
                yield Finding(name, index, "empty_step", N_("This step is empty: fill it in or take it out."))


def _actions(when: list[str]) -> Iterator[Finding]:
    for index, step in enumerate(when):
        check_word = _CHECK_WORD.match(step)
        if check_word:
            yield from _expectations("when", [(index, step)], check_word.end())
        elif not step.strip() or _OTHER_WORD.match(step):
            continue
        elif expects(step):
            message = N_("This says what is to be seen, not what is done: move it to Then.")
            yield Finding("when", index, "expects_in_when", message, step.partition("\n")[0])
        elif not is_action(step):
            message = N_(
                "This says how things are, not what is done: move it to Given, and say here what the tester does."
            )
            yield Finding("when", index, "no_act", message, step.partition("\n")[0])


def _expectations(name: str, steps: Iterable[tuple[int, str]], since: int = 0) -> Iterator[Finding]:
    for index, step in steps:
        text = step[since:]
        if not text.strip():
            continue
        found = [one for one in vague(text) if one.start < len(text.partition("\n")[0])]
        for one in found:
            message = N_(
                "Two people may disagree whether “%(words)s” holds: say which value, text, state or record shows it."
            )
            yield Finding(
                name, index, "vague", message, one.words, one.start + since, one.end + since, {"words": one.words}
            )
        if not found and not is_observable(text):
            message = N_("Nobody can see this: name the value, message, state or record by which it shows.")
            yield Finding(name, index, "not_observable", message, text.partition("\n")[0])


def _named(steps: Mapping[str, list[str]]) -> Iterator[tuple[str, int, re.Match[str]]]:
    for name, texts in steps.items():
        for index, text in enumerate(texts):
            for found in PLACEHOLDER.finditer(text):
                yield name, index, found


def _placeholders(steps: Mapping[str, list[str]], header: list[str]) -> Iterator[Finding]:
    for name, index, found in _named(steps):
        if fold(found[1]) in header or _MARKUP.fullmatch(found[1]):
            continue
        message = (
            N_("“%(words)s” is no column of the example table: correct the name, or add the column.")
            if header
            else N_(
                "“%(words)s” stands for a value of an example table, and there is none: add one, or write the value."
            )
        )
        yield Finding(name, index, "unknown_column", message, found[0], *found.span(), {"words": found[0]})


def _used(steps: Mapping[str, list[str]], *names: str) -> set[str]:
    return {fold(found[1]) for name, _, found in _named(steps) if not names or name in names}


def _columns(steps: Mapping[str, list[str]], header: list[str]) -> Iterator[Finding]:
    used = _used(steps)
    for index, column in enumerate(header):
        if not column:
            yield Finding("header", index, "no_name", N_("This column of the example table has no name."))
        elif column in header[:index]:
            message = N_("Two columns of the example table are called “%(column)s”: rename one of them.")
            yield Finding("header", index, "doubled_column", message, column, params={"column": column})
        elif column not in used and not _EXPECTED.search(column):
            message = N_(
                "No step uses the column “%(column)s”: write <%(column)s> where its value belongs, or take the column out."
            )
            yield Finding("header", index, "unused_column", message, column, params={"column": column})


def _rows(
    steps: Mapping[str, list[str]],
    header: list[str],
    rows: list[list[str]],
    required: Collection[str],
    needs_data: bool,
) -> Iterator[Finding]:
    if not any(cell.strip() for row in rows for cell in row):
        if header or needs_data:
            message = N_("There is no row of business data: add at least one from a data set.")
            yield Finding("rows", -1, "no_data", message)
        return
    expected = {name for name in header if name in _used(steps, "then") or _EXPECTED.search(name)}
    wanted = expected | {fold(name) for name in required}
    told = 0
    for index, row in enumerate(rows):
        for found in _row(index, row, header, expected, wanted):
            told += 1
            if told <= MOST_ROWS_TOLD:
                yield found


def _row(index: int, row: list[str], header: list[str], expected: set[str], wanted: set[str]) -> Iterator[Finding]:
    params = {"row": index + 1}
    if not any(cell.strip() for cell in row):
        yield Finding("rows", index, "empty_row", N_("Row %(row)s is empty: fill it in or take it out."), params=params)
        return
    cells = dict(zip(header, [*row, *[""] * len(header)], strict=False))
    for name in header:
        if name in wanted and not cells[name].strip():
            message = (
                N_("Row %(row)s does not say what is expected in “%(column)s”.")
                if name in expected
                else N_("Row %(row)s has nothing in “%(column)s”, which is required.")
            )
            code = "no_expected_value" if name in expected else "required_empty"
            yield Finding("rows", index, code, message, name, params={**params, "column": name})
        elif name in expected and not _STATES.search(name):
            for one in vague(cells[name])[:1]:
                message = N_("Row %(row)s, “%(column)s”: two people may disagree whether “%(words)s” holds.")
                told = {**params, "column": name, "words": one.words}
                yield Finding("rows", index, "vague_value", message, one.words, one.start, one.end, told)
