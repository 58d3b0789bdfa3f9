"""What Cucumber messages say about the features that were run: which scenario and example row each pickle came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reqtrack.exchange.parsing.results.found import Attempt, MachineCase
from reqtrack.exchange.parsing.results.texts import Texts, whole
from reqtrack.files.problems import Place


def mapping(value: Any) -> dict[str, Any]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """The value when it is text, or a number as text (some runners number their ids); else nothing."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; nothing where there is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


@dataclass(frozen=True)
class _Scenario:
    name: str
    feature: str
    rule: str


@dataclass(frozen=True)
class _Row:
    index: int
    columns: tuple[str, ...]
    cells: tuple[str, ...]


class Scenarios:
    """The scenarios, example rows and pickles of a run, found by their ids."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._scenarios: dict[str, _Scenario] = {}
        self._rows: dict[str, _Row] = {}
        self.pickles: dict[str, dict[str, Any]] = {}
        self.features = 0

    def add_document(self, document: dict[str, Any]) -> None:
        """Take in a ``gherkinDocument``."""
        feature = mapping(document.get("feature"))
        if not feature:
            return
        self.features += 1
        name = self._texts.name(text(feature.get("name")))
        for child in dicts(feature.get("children")):
            rule = mapping(child.get("rule"))
            for each in [child, *dicts(rule.get("children"))]:
                scenario = mapping(each.get("scenario"))
                if scenario:
                    self._add_scenario(scenario, name, self._texts.name(text(rule.get("name"))))

    def _add_scenario(self, scenario: dict[str, Any], feature: str, rule: str) -> None:
        found = _Scenario(self._texts.name(text(scenario.get("name"))), feature, rule)
        self._scenarios[text(scenario.get("id"))] = found
        # Tables of the same columns are one table here, as they are to the reader of feature files.
        counts: dict[tuple[str, ...], int] = {}
        for examples in dicts(scenario.get("examples")):
            header = mapping(examples.get("tableHeader"))
            columns = self._cells(header)
            key = tuple(sorted(columns))
            for row in dicts(examples.get("tableBody")):
                self._rows[text(row.get("id"))] = _Row(counts.get(key, 0), columns, self._cells(row))
                counts[key] = counts.get(key, 0) + 1

    def _cells(self, row: dict[str, Any]) -> tuple[str, ...]:
        return tuple(self._texts.detail(text(cell.get("value"))) for cell in dicts(row.get("cells")))

    def add_pickle(self, pickle: dict[str, Any]) -> None:
        """Take in a ``pickle``: one scenario, or one row of an outline, as it is to be run."""
        self.pickles[text(pickle.get("id"))] = pickle

    def name_of(self, pickle: str) -> str:
        """The name of a pickle, "" when it is not known."""
        return self._texts.name(text(self.pickles.get(pickle, {}).get("name")))

    def case(self, pickle_id: str, attempts: tuple[Attempt, ...], steps: int, place: Place) -> MachineCase:
        """The case of a pickle; a pickle that the file does not hold gives one without a name."""
        pickle = self.pickles.get(pickle_id, {})
        ids = pickle.get("astNodeIds")
        nodes = [text(each) for each in ids] if isinstance(ids, list) else []
        scenario = next((self._scenarios[node] for node in nodes if node in self._scenarios), None)
        row = next((self._rows[node] for node in nodes if node in self._rows), None)
        name = self._texts.name(text(pickle.get("name")))
        tags = (self._texts.name(text(tag.get("name"))) for tag in dicts(pickle.get("tags")))
        return MachineCase(
            name=name,
            feature=scenario.feature if scenario else "",
            attempts=attempts,
            outline=scenario.name if scenario and row else "",
            rule=scenario.rule if scenario else "",
            tags=tuple(dict.fromkeys(tag.removeprefix("@") for tag in tags)),
            row=row.index if row else None,
            columns=row.columns if row else (),
            cells=row.cells if row and len(row.cells) == len(row.columns) else (),
            steps=steps,
            file=self._texts.name(text(pickle.get("uri"))),
            line=whole(mapping(pickle.get("location")).get("line")),
            place=place,
        )
