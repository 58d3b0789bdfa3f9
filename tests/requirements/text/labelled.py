"""The labelled sentences, and how well the checker agrees with them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reqtrack.requirements.text import RULES, check

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
PARTS = ("tuning", "held-out")


@dataclass(frozen=True)
class Labelled:
    """A sentence, and the rules that a careful reader would name."""

    language: str
    part: str
    rules: frozenset[str]
    sentence: str


@dataclass
class Score:
    """``right``: named by both; ``wrong``: by the checker alone; ``missed``: by the reader alone."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def cases(self) -> int:
        return self.right + self.missed


def labelled(language: str) -> list[Labelled]:
    """The sentences of a language."""
    with (HERE / f"labelled_{language}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Labelled(language, row["part"], frozenset(filter(None, row["rules"].split(","))), row["sentence"])
            for row in rows
        ]


def found_in(sentence: str) -> set[str]:
    """The rules that fire."""
    return {finding.rule for finding in check(sentence)}


def scores(sentences: Iterable[Labelled]) -> dict[str, Score]:
    """The score of each rule, and of all as ``all``."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in (*RULES, "all")}
    for one in sentences:
        found = found_in(one.sentence)
        for name in one.rules | found:
            what = "missed" if name not in found else "right" if name in one.rules else "wrong"
            counted[name][what] += 1
            counted["all"][what] += 1
    return {name: Score(**counts) for name, counts in counted.items()}
