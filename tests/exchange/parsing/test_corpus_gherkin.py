"""Feature files that nobody here wrote: counted by the official parser, read by ours, written and read again."""

import pytest
from gherkin.parser import Parser
from gherkin.token_matcher import TokenMatcher
from gherkin.token_matcher_markdown import GherkinInMarkdownTokenMatcher

from reqtrack.exchange.parsing.detect import detect
from reqtrack.exchange.parsing.drafts import FeatureFile
from reqtrack.exchange.parsing.features import read_gherkin
from reqtrack.exchange.parsing.features_out import write_gherkin
from reqtrack.exchange.parsing.reading import read_upload
from reqtrack.files.problems import FileProblem
from reqtrack.files.text import read_text

GOOD = (
    "gherkin/cucumber_good/",
    "gherkin/zh_CN/",
    "gherkin/sylius_shop/",
    "gherkin/fineract_loans/",
    "messy/derived_encodings/attd",
)
CORPUS = {
    "test_nothing_is_lost": GOOD,
    "test_it_comes_back_as_it_was": GOOD,
    "test_bad_files_are_refused_with_their_lines": "gherkin/cucumber_bad/",
    "test_each_is_told_to_be_gherkin": "gherkin/",
    "test_the_child_says_the_same": "gherkin/zh_CN/",
}


def read(real) -> FeatureFile:
    return read_gherkin(read_text(real.data).unix, real.name)


def steps_in(node):
    """Every step below a node of the official parser's tree."""
    if isinstance(node, dict):
        yield from node.get("steps", [])
        for value in node.values():
            yield from steps_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from steps_in(value)


def test_nothing_is_lost(real):
    expected, found = real.expected, read(real)
    if expected.get("outcome") == "empty":
        assert found.drafts == []
        assert [problem.code for problem in found.warnings] == ["no_feature"]
        return
    drafts = found.drafts
    assert (found.feature, found.language) == (expected["feature_name"], expected["language"])
    assert len(drafts) == expected["scenarios"]
    assert sum(draft.cases for draft in drafts) == expected["expanded_cases"]
    assert sum(draft.examples is not None for draft in drafts) == expected["of_which_outlines"]
    assert sum(len(draft.examples["rows"]) for draft in drafts if draft.examples) == expected["example_rows"]
    matcher = GherkinInMarkdownTokenMatcher() if real.name.endswith(".md") else TokenMatcher()
    official = list(steps_in(Parser().parse(read_text(real.data).unix, matcher)))
    assert len(official) == expected["steps_incl_background"]
    texts = [step for draft in drafts for step in [*draft.given, *draft.when, *draft.then]]
    # Every word of every step, its table and its doc string stands in some draft.
    for step in official:
        assert any(step["text"] in text.split("\n")[0] for text in texts) or not drafts
        for row in step.get("dataTable", {"rows": []})["rows"]:
            for cell in row["cells"]:
                raw = cell["value"].replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")
                assert any(raw in text for text in texts)
        for line in step.get("docString", {"content": ""})["content"].split("\n"):
            assert any(line in text.replace("\\", "") for text in texts)
    own = sum(len(d.given) + len(d.when) + len(d.then) - len(d.background) for d in drafts)
    assert own == len(official) - background_steps(real)
    assert all(draft.title and draft.line for draft in drafts)


def background_steps(real) -> int:
    if not real.expected["backgrounds"]:
        return 0
    document = Parser().parse(read_text(real.data).unix)
    children = document["feature"]["children"]
    inside = [child for each in children if "rule" in each for child in each["rule"]["children"]]
    return sum(len(each["background"]["steps"]) for each in [*children, *inside] if "background" in each)


def comparable(draft):
    return (
        draft.title, draft.given, draft.when, draft.then, draft.examples, draft.tags, draft.description,
        [(block.name, block.description, block.tags, block.start, block.count) for block in draft.example_blocks],
    )  # fmt: skip


def test_it_comes_back_as_it_was(real):
    found = read(real)
    if not found.drafts:
        return
    written = write_gherkin(found.drafts)
    assert written.startswith(f"# language: {found.language}\n")
    again = read_gherkin(written, "again.feature")
    assert [comparable(draft) for draft in again.drafts] == [comparable(draft) for draft in found.drafts]
    assert (again.feature, again.language) == (found.feature, found.language)
    assert again.drafts[0].feature_description == found.drafts[0].feature_description
    assert write_gherkin(again.drafts) == written


def test_bad_files_are_refused_with_their_lines(real):
    with pytest.raises(FileProblem) as caught:
        read_upload(real.upload())
    assert [problem.place.line for problem in caught.value.problems] == real.expected["error_lines"]
    for problem in caught.value.problems:
        assert problem.place.file == real.path.name
        assert "#" not in problem.params.get("text", ""), "the parser's own token names are no words for people"


def test_each_is_told_to_be_gherkin(real):
    assert detect(real.upload()) == "gherkin"


def test_the_child_says_the_same(real):
    kind, found = read_upload(real.upload())
    assert kind == "gherkin"
    assert isinstance(found, FeatureFile)
    assert [comparable(draft) for draft in found.drafts] == [comparable(draft) for draft in read(real).drafts]
