"""Acceptance drafts into a feature file that reads back as the same drafts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import cast

from gherkin.dialect import DIALECTS
from gherkin.gherkin_line import GherkinLine

from reqtrack.exchange.parsing.drafts import AcceptanceDraft, ExampleBlock
from reqtrack.exchange.parsing.features import PLAIN_LINES, table_line

_KEY = re.compile(r"[A-Z][A-Z0-9]*-\d+")
_FENCE = re.compile(r'\s*("""|```)')


def tagged_keys(tags: Sequence[str], prefix: str) -> list[str]:
    """The keys among the tags that begin with a prefix: ``tagged_keys(["ACC-1", "smoke"], "ACC")`` is ``["ACC-1"]``."""
    return [tag for tag in tags if _KEY.fullmatch(tag) and tag.startswith(f"{prefix}-")]


def write_gherkin(drafts: Sequence[AcceptanceDraft], *, feature: str = "", language: str = "") -> str:
    """One feature file of these scenarios, with ``# language:`` and all tags at the scenario.

    A file holds one feature, named ``feature`` or as in the first draft. Drafts of other features come as rules.
    ``language`` is by default the one that most drafts are in.
    """
    spoken = (
        language or Counter(draft.language for draft in drafts).most_common(1)[0][0] if drafts else language or "en"
    )
    writer = _Writer(spoken if spoken in DIALECTS else "en")
    name = feature or (drafts[0].feature if drafts else "")
    writer.file(drafts, name)
    return "\n".join(writer.lines) + "\n"


class _Writer:
    """Collects lines in one language of Gherkin."""

    def __init__(self, language: str) -> None:
        self.lines: list[str] = [f"# language: {language}"]
        self._words = _words_of(language)
        # Those of the scenario being written, whose steps may hold keywords.
        self._own = self._words

    def file(self, drafts: Sequence[AcceptanceDraft], name: str) -> None:
        self._title("feature", name, 0)
        described = next((draft.feature_description for draft in drafts if draft.feature == name), "")
        self._description(described, 1)
        shared = drafts[0].background if drafts else []
        same = all(draft.background == shared and draft.given[: len(shared)] == shared for draft in drafts)
        background = shared if same else []
        if background:
            self.lines.append("")
            self._title("background", "", 1)
            self._steps("given", background, 2)
        rule = ""
        for draft in sorted(drafts, key=lambda each: bool(self._rule(each, name))):
            if (current := self._rule(draft, name)) != rule:
                rule = current
                self.lines.append("")
                self._title("rule", rule, 1)
                self._description(draft.rule_description if draft.rule else draft.feature_description, 2)
            self._scenario(draft, len(background), 2 if rule else 1)

    @staticmethod
    def _rule(draft: AcceptanceDraft, feature: str) -> str:
        return draft.rule or (draft.feature if draft.feature != feature else "")

    def _scenario(self, draft: AcceptanceDraft, known: int, level: int) -> None:
        self.lines.append("")
        self._own = _words_of(draft.language) if draft.language in DIALECTS else self._words
        self._tags(draft.tags, level)
        self._title("scenario" if draft.examples is None else "scenarioOutline", draft.title, level)
        self._description(draft.description, level + 1)
        self._steps("given", draft.given[known:], level + 1)
        self._steps("when", draft.when, level + 1)
        self._steps("then", draft.then, level + 1)
        if draft.examples is not None:
            self._examples(draft, level + 1)

    def _examples(self, draft: AcceptanceDraft, level: int) -> None:
        assert draft.examples is not None
        header, rows = draft.examples["header"], draft.examples["rows"]
        covered = sum(block.count for block in draft.example_blocks)
        blocks = draft.example_blocks if draft.example_blocks and covered == len(rows) else []
        for block in blocks or ([ExampleBlock(count=len(rows))] if header else []):
            self.lines.append("")
            self._tags(block.tags, level)
            self._title("examples", block.name, level)
            self._description(block.description, level + 1)
            if header and (block.count or not rows):
                for cells in [header, *rows[block.start : block.start + block.count]]:
                    self._put(table_line([str(cell) for cell in cells]), level + 1)

    def _steps(self, bucket: str, steps: Sequence[str], level: int) -> None:
        current = ""
        for step in steps:
            first, *below = step.split("\n")
            keyword, first = self._keyword(bucket, current, first)
            current = bucket if keyword != "other" else "other"
            self._put(first, level)
            for line in _below(below):
                self._put(line, level + 1)

    def _keyword(self, bucket: str, current: str, text: str) -> tuple[str, str]:
        """Whether the step brings its own keyword (checks between actions do), and its whole first line."""
        text = text.strip()
        if bucket == "when":
            for kind in ("then", "given"):
                brought = next((word for word in self._own[kind] if word != "* " and text.startswith(word)), None)
                if brought is not None and self._own is not self._words:
                    return "other", _first_word(self._words, kind) + text.removeprefix(brought)
                if brought is not None:
                    return "other", text
        kind = "and" if current == bucket else bucket
        word = _first_word(self._words, kind)
        if not text:
            return bucket, word.rstrip()
        return bucket, word + text

    def _title(self, kind: str, name: str, level: int) -> None:
        words = self._words[kind]
        self._put(f"{words[0]}: {' '.join(name.split())}".rstrip(), level)

    def _tags(self, tags: Sequence[str], level: int) -> None:
        if tags:
            self._put(" ".join("@" + "_".join(tag.split()).lstrip("@") for tag in tags if tag.strip()), level)

    def _description(self, text: str, level: int) -> None:
        for line in text.split("\n") if text else []:
            self._put(("· " + line if self._means_something(line) else line), level)

    def _means_something(self, line: str) -> bool:
        """Whether Gherkin would not take the line for mere description."""
        start = GherkinLine(line, 1)
        if line.lstrip().startswith(("#", "@", "|", '"""', "```", "*")):
            return True
        titles = ("feature", "rule", "background", "scenario", "scenarioOutline", "examples")
        steps = ("given", "when", "then", "and", "but")
        return any(start.startswith_title_keyword(word) for kind in titles for word in self._words[kind]) or any(
            start.startswith(word) for kind in steps for word in self._words[kind]
        )

    def _put(self, line: str, level: int) -> None:
        self.lines.append("  " * level + line if line else "")


@cache
def _words_of(language: str) -> dict[str, list[str]]:
    return cast(dict[str, list[str]], DIALECTS[language])


def _first_word(words: dict[str, list[str]], kind: str) -> str:
    return next(word for word in words[kind] if word != "* ")


def _below(lines: list[str]) -> list[str]:
    """The lines under a step as Gherkin takes them: tables and fenced texts as they stand, anything else fenced."""
    if not lines or _is_table(lines) or _is_argument(lines):
        return lines
    fence = '"""'
    escaped = [line.replace(fence, '\\"\\"\\"') for line in lines]
    return [fence + PLAIN_LINES, *escaped, fence]


def _is_table(lines: list[str]) -> bool:
    if not all(re.fullmatch(r"\s*\|.*\|\s*", line) for line in lines):
        return False
    return len({len(GherkinLine(line.strip(), 1).table_cells) for line in lines}) == 1


def _is_argument(lines: list[str]) -> bool:
    """A fenced text, before or after a table or alone, closed once and by its own fence."""
    opening = next((index for index, line in enumerate(lines) if _FENCE.match(line)), None)
    if opening is None:
        return False
    match = _FENCE.match(lines[opening])
    assert match is not None
    closing = next((i for i in range(opening + 1, len(lines)) if lines[i].strip() == match.group(1)), None)
    if closing is None or lines[opening].strip() == match.group(1) + PLAIN_LINES:
        return False
    before, after = lines[:opening], lines[closing + 1 :]
    return not (before and after) and all(not part or _is_table(part) for part in (before, after))
