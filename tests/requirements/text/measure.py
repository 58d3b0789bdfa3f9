"""``python -m tests.requirements.text.measure``: precision and recall of each rule, and how often each fires on the corpus.

``--misses tuning`` lists the sentences of that part on which the checker and the reader differ.
"""

from __future__ import annotations

import argparse

from reqtrack.requirements.text import RULES
from tests.requirements.text import corpus
from tests.requirements.text.labelled import LANGUAGES, PARTS, Score, found_in, labelled, scores


def _rate(value: float | None) -> str:
    return "   –" if value is None else f"{value:.2f}"


def table(language: str) -> str:
    """Precision, recall and cases of a language, for both parts."""
    by_part = {part: scores(one for one in labelled(language) if one.part == part) for part in PARTS}
    lines = [f"{language:18}" + "".join(f"| {part:^26} " for part in PARTS)]
    lines.append(" " * 18 + "| precision  recall   cases  " * len(PARTS))
    for name in ("all", *RULES):
        lines.append(f"{name:18}" + "".join(f"| {_cells(by_part[part][name])} " for part in PARTS))
    return "\n".join(lines)


def _cells(score: Score) -> str:
    return f"{_rate(score.precision):>9}  {_rate(score.recall):>6}  {score.cases:>6} "


def misses(part: str) -> str:
    """Where they differ: + the checker alone, - the reader alone."""
    lines = []
    for language in LANGUAGES:
        for one in labelled(language):
            found = found_in(one.sentence)
            if one.part == part and found != one.rules:
                signs = [f"+{name}" for name in sorted(found - one.rules)]
                signs += [f"-{name}" for name in sorted(one.rules - found)]
                lines.append(f"{' '.join(signs)}\t{one.sentence}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", choices=PARTS)
    asked = parser.parse_args()
    if asked.misses:
        print(misses(asked.misses))
        return
    for language in LANGUAGES:
        print(table(language), end="\n\n")
    for name, statements in corpus.sets().items():
        print(corpus.table(name, statements), end="\n\n")


if __name__ == "__main__":
    main()
