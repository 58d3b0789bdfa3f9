"""Feature files in any language of Gherkin, also as Markdown, into acceptance drafts: nothing said there is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gherkin.dialect import DIALECTS
from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser
from gherkin.token_matcher import TokenMatcher
from gherkin.token_matcher_markdown import GherkinInMarkdownTokenMatcher

from reqtrack.exchange.parsing.drafts import AcceptanceDraft, FeatureFile
from reqtrack.exchange.parsing.examples import dedented, tables_of
from reqtrack.files.problems import N_, FileProblem, Place, Problem, warning

# Doc strings of this type are how the writer keeps plain lines below a step; the reader takes their fences off.
PLAIN_LINES = "lines"
_BUCKETS = {"Context": "given", "Action": "when", "Outcome": "then"}
_MOST_ERRORS = 50
_SAYS_LANGUAGE = re.compile(r"^\s*#\s*language\s*:", re.MULTILINE)
# Languages guessed from their word for a feature, the likelier first where two share it; "en" is the default.
_LIKELY = ("zh-CN", "zh-TW", "ja", "ko", "de", "fr", "es", "pt", "ru", "it")


def read_gherkin(text: str, name: str = "") -> FeatureFile:
    """The scenarios of a feature file; an outline with example tables of different columns gives one draft for each.

    A file without any feature gives no draft and a warning that says so.

    Raises:
        FileProblem: the file breaks the grammar; every mistake with its line, nothing is read.
    """
    try:
        document: Any = Parser().parse(text, _matcher(text, name))
    except CompositeParserException as errors:
        raise FileProblem(_problem(error, name) for error in errors.errors[:_MOST_ERRORS]) from None
    except ParserError as error:
        raise FileProblem(_problem(error, name)) from None
    feature = document.get("feature")
    if not feature:
        return FeatureFile(warnings=[warning("no_feature", N_("There is no feature in the file."), Place(file=name))])
    found = FeatureFile(feature=feature["name"], language=feature["language"])
    for context, scenario in _scenarios(feature):
        found.drafts += _drafts(context, scenario, name)
    if not found.drafts:
        message = N_("The feature “%(feature)s” holds no scenario.")
        found.warnings.append(warning("no_scenario", message, Place(file=name), feature=found.feature))
    return found


def _matcher(text: str, name: str) -> TokenMatcher:
    """The reader of lines: Markdown by the name; the language by the feature's own word when no line says it."""
    markdown = name.lower().endswith(".feature.md")
    language = "en"
    if not _SAYS_LANGUAGE.search(text[:20_000]):
        first = next((line for line in text.splitlines() if line.strip() and line.lstrip()[0] not in "#@"), "")
        if markdown:
            first = next((line.lstrip("# ") for line in text.splitlines() if line.startswith("#")), "")
        words = {word: key for key in reversed(_LIKELY) for word in DIALECTS[key]["feature"]}
        language = words.get(first.strip().partition(":")[0], "en")
    return GherkinInMarkdownTokenMatcher(language) if markdown else TokenMatcher(language)


@dataclass
class _Context:
    """What stands above a scenario: feature, rule, their tags and backgrounds."""

    feature: dict[str, Any]
    rule: dict[str, Any] | None = None
    tags: list[str] = field(default_factory=list)
    background: list[str] = field(default_factory=list)

    def below(self, rule: dict[str, Any]) -> _Context:
        return _Context(self.feature, rule, [*self.tags, *_tags(rule)], list(self.background))


def _scenarios(feature: dict[str, Any]) -> Iterator[tuple[_Context, dict[str, Any]]]:
    yield from _children(_Context(feature, tags=_tags(feature)), feature["children"])


def _children(context: _Context, children: list[dict[str, Any]]) -> Iterator[tuple[_Context, dict[str, Any]]]:
    for child in children:
        if "background" in child:
            context.background += [step_text(step) for step in child["background"]["steps"]]
        elif "rule" in child:
            yield from _children(context.below(child["rule"]), child["rule"]["children"])
        else:
            yield context, child["scenario"]


def _drafts(context: _Context, scenario: dict[str, Any], name: str) -> list[AcceptanceDraft]:
    feature, rule = context.feature, context.rule
    steps = _sorted_steps(scenario["steps"])
    line = scenario["location"]["line"]
    drafts = []
    for table, blocks in tables_of(scenario):
        draft = AcceptanceDraft(
            title=scenario["name"].strip(),
            given=[*context.background, *steps["given"]],
            when=list(steps["when"]),
            then=list(steps["then"]),
            examples=table,
            tags=list(dict.fromkeys([*context.tags, *_tags(scenario)])),
            background=list(context.background),
            feature=feature["name"],
            feature_description=dedented(feature["description"]),
            rule=rule["name"] if rule else "",
            rule_description=dedented(rule["description"]) if rule else "",
            description=dedented(scenario["description"]),
            language=feature["language"],
            line=line,
            file=name,
            example_blocks=blocks,
        )
        _name(draft)
        _say_what_is_missing(draft)
        drafts.append(draft)
    if len(drafts) > 1:
        message = N_("The example tables of this outline differ in their columns; each became a scenario of its own.")
        drafts[0].problems.append(warning("examples_split", message, drafts[0].place))
    return drafts


def _sorted_steps(steps: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Steps by given, when, then. Where checks and actions alternate, their order counts more: all up to the last
    check stays in *when*, and what is no action there has its keyword in front.
    """
    blocks: list[tuple[str, list[dict[str, Any]]]] = []
    for step in steps:
        bucket = _BUCKETS.get(step["keywordType"])
        if bucket is None and not blocks:
            bucket = "given"
        if bucket is None or (blocks and blocks[-1][0] == bucket):
            blocks[-1][1].append(step)
        else:
            blocks.append((bucket, [step]))
    sorted_steps: dict[str, list[str]] = {"given": [], "when": [], "then": []}
    start, end = 0, len(blocks)
    if blocks and blocks[0][0] == "given":
        sorted_steps["given"] = [step_text(step) for step in blocks[0][1]]
        start = 1
    if end > start and blocks[-1][0] == "then":
        end -= 1
        sorted_steps["then"] = [step_text(step) for step in blocks[-1][1]]
    for bucket, block in blocks[start:end]:
        # "And" and "But" would take the meaning of a new neighbour, so each step gets the word its block began with.
        keyword = "" if bucket == "when" else block[0]["keyword"]
        sorted_steps["when"] += [step_text(step, keyword) for step in block]
    return sorted_steps


def step_text(step: dict[str, Any], keyword: str = "") -> str:
    """A step with this keyword or none, and below it its data table and doc string, line by line, in their order."""
    below = []
    if doc_string := step.get("docString"):
        below.append((doc_string["location"]["line"], _doc_string_lines(doc_string)))
    if table := step.get("dataTable"):
        rows = [table_line([cell["value"] for cell in row["cells"]]) for row in table["rows"]]
        below.append((table["location"]["line"], rows))
    lines = [keyword + step["text"]]
    for _, block in sorted(below):
        lines += block
    return "\n".join(lines)


def table_line(cells: list[str]) -> str:
    """A row of a Gherkin table: bars, backslashes and line breaks inside cells are escaped as the grammar wants."""
    escaped = (cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n") for cell in cells)
    return "| " + " | ".join(escaped) + " |"


def _doc_string_lines(doc_string: dict[str, Any]) -> list[str]:
    content, media = doc_string["content"], doc_string.get("mediaType", "")
    if media == PLAIN_LINES:
        return str(content).split("\n")
    fence = doc_string["delimiter"]
    escaped = content.replace(fence, "\\" + "\\".join(fence))
    return [fence + media, *escaped.split("\n"), fence]


def _tags(node: dict[str, Any]) -> list[str]:
    return [tag["name"].removeprefix("@") for tag in node["tags"]]


def _name(draft: AcceptanceDraft) -> None:
    if not draft.title:
        draft.title = draft.feature or draft.rule
        message = N_("The scenario has no name; that of its feature was taken.")
        draft.problems.append(warning("no_name", message, draft.place))
    if not draft.title:
        message, mend = N_("Neither the scenario nor its feature has a name."), N_("Give the scenario a name.")
        draft.problems.append(Problem(message, {}, draft.place, mend, "error", "no_title"))


def _say_what_is_missing(draft: AcceptanceDraft) -> None:
    if not (draft.given or draft.when or draft.then):
        draft.problems.append(warning("no_steps", N_("The scenario has no steps."), draft.place))
    if draft.examples is not None and not draft.examples["rows"]:
        message = N_("The outline has no example rows, so there is no case to walk through.")
        draft.problems.append(warning("no_rows", message, draft.place))


def _problem(error: Any, name: str) -> Problem:
    """A mistake in the grammar in plain words; the parser's own are lists of token names."""
    location = getattr(error, "location", None) or {}
    place = Place(file=name, line=location.get("line") or 1)
    said = re.sub(r"^\(\d+:\d+\): ", "", str(error))
    got = re.search(r"got '(.*)'$", said, re.DOTALL)
    params: dict[str, Any] = {}
    mend = ""
    if said.startswith("unexpected end of file"):
        message = N_("The file ends where something is still missing.")
    elif got:
        message = N_("“%(text)s” is not expected here.")
        mend = N_("A line begins with a keyword such as Feature, Scenario, Given, When, Then, or with | or #.")
        if "：" in got.group(1)[:20]:
            mend = N_("After a keyword stands a plain colon (:), not a full-width one (：).")
        params = {"text": got.group(1).strip()[:80]}
    elif said.startswith("inconsistent cell count"):
        message = N_("The row has another number of cells than the rows above it.")
    elif said.startswith("Language not supported"):
        message = N_("Gherkin knows no language “%(language)s”.")
        params = {"language": said.rpartition(":")[2].strip()}
    elif "whitespace" in said:
        message = N_("A tag may not contain blanks.")
    else:
        message = N_("The file breaks the grammar of feature files: %(reason)s")
        params = {"reason": said[:200]}
    return Problem(message, params, place, mend, "error", "grammar")
