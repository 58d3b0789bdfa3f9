"""Feature files: every keyword, language and oddity into drafts, and drafts into files that read back the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.exchange.parsing.drafts import AcceptanceDraft, FeatureFile
from reqtrack.exchange.parsing.features import read_gherkin
from reqtrack.exchange.parsing.features_out import tagged_keys, write_gherkin
from reqtrack.files.problems import FileProblem


def one(text, name="a.feature"):
    (draft,) = read_gherkin(text, name).drafts
    return draft


def test_background_and_conjunctions_go_where_they_belong():
    draft = one("""Feature: F
  Background:
    Given a member
    And a cart
  Scenario: S
    But no money
    When she pays
    And waits
    * and waits
    Then it fails
    But she stays
""")
    assert draft.background == ["a member", "a cart"]
    assert draft.given == ["a member", "a cart", "no money"]
    assert draft.when == ["she pays", "waits", "and waits"]
    assert draft.then == ["it fails", "she stays"]


def test_the_order_of_actions_and_checks_is_kept():
    draft = one("""Feature: F
  Scenario: S
    When a
    Then b
    And c
    When d
    Given e
    When f
    Then g
    And h
""")
    assert draft.given == []
    assert draft.when == ["a", "Then b", "Then c", "d", "Given e", "f"]
    assert draft.then == ["g", "h"]
    assert one(write_gherkin([draft])).when == draft.when


def test_rules_tags_descriptions_and_backgrounds_of_rules():
    found = read_gherkin("""@f
Feature: F
    In order to x
      As a y

  Background:
    Given base

  @r
  Rule: R
    Why the rule.

    Background:
      Given more

    @s
    Scenario: S
      What it is.
      When w
""")
    draft = found.drafts[0]
    assert draft.tags == ["f", "r", "s"]
    assert draft.given == ["base", "more"]
    assert (draft.rule, draft.rule_description, draft.description) == ("R", "Why the rule.", "What it is.")
    assert draft.feature_description == "In order to x\n  As a y"
    assert draft.line == 17


def test_example_tables_with_the_same_columns_become_one():
    draft = one("""Feature: F
  Scenario Outline: S
    Given <a> and <b>
    @one
    Examples: first
      | a | b |
      | 1 | 2 |
    Examples: second
      Why.
      | b | a |
      | 4 | 3 |
""")
    assert draft.examples == {"header": ["a", "b"], "rows": [["1", "2"], ["3", "4"]]}
    assert [(block.name, block.tags, block.start, block.count) for block in draft.example_blocks] == [
        ("first", ["one"], 0, 1), ("second", [], 1, 1),
    ]  # fmt: skip
    assert draft.cases == 2


def test_example_tables_with_other_columns_become_drafts_of_their_own():
    first, second = read_gherkin("""Feature: F
  Scenario Outline: S
    Given <a>
    Examples:
      | a |
      | 1 |
    Examples:
      | a | b |
      | 2 | 3 |
""").drafts
    assert (first.title, second.title) == ("S", "S")
    assert second.examples == {"header": ["a", "b"], "rows": [["2", "3"]]}
    assert [problem.code for problem in first.problems] == ["examples_split"]


def test_an_outline_without_rows_is_no_case_and_says_so():
    draft = one("Feature: F\n  Scenario Outline: S\n    Given <a>\n    Examples:\n")
    assert draft.examples == {"header": [], "rows": []}
    assert (draft.cases, [problem.code for problem in draft.problems]) == (0, ["no_rows"])


def test_tables_and_texts_stay_below_their_step():
    draft = one('''Feature: F
  Scenario: S
    Given a table
      | a  | b\\|c |
      | \\n | d    |
    And a text
      """json
      {
        "x": 1
      }
      """
''')
    assert draft.given == ["a table\n| a | b\\|c |\n| \\n | d |", 'a text\n"""json\n{\n  "x": 1\n}\n"""']


def test_chinese_without_a_language_line():
    draft = one("功能: 登录\n  场景: 成功\n    假如存在用户\n    当登录\n    那么成功\n    而且看到首页\n")
    assert (draft.language, draft.given, draft.when, draft.then) == (
        "zh-CN", ["存在用户"], ["登录"], ["成功", "看到首页"],
    )  # fmt: skip


def test_a_full_width_colon_is_explained():
    with pytest.raises(FileProblem) as caught:
        read_gherkin("# language: zh-CN\n功能：登录\n")
    assert "full-width" in caught.value.problems[0].mend
    assert caught.value.problems[0].place.line == 2


def test_nameless_scenarios_take_the_name_of_the_feature():
    draft = one("Feature: F\n  Scenario:\n    Given a\n")
    assert (draft.title, [problem.code for problem in draft.problems]) == ("F", ["no_name"])
    nameless = one("Feature:\n  Scenario:\n    Given a\n")
    assert not nameless.is_ready


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "no_feature"), ("# only a comment\n", "no_feature"), ("Feature: F\n", "no_scenario")],
)
def test_nothing_to_import_is_said(text, code):
    found = read_gherkin(text, "a.feature")
    assert found.drafts == []
    assert [problem.code for problem in found.warnings] == [code]


def test_drafts_are_plain_data_and_back():
    found = read_gherkin(
        "Feature: F\n  Scenario Outline: S\n    Given <a>\n    @t\n    Examples: n\n      | a |\n      | 1 |\n"
    )
    assert FeatureFile.from_plain(found.to_plain()) == found


def test_a_file_is_written_with_language_and_keys():
    draft = AcceptanceDraft(
        "登录", ["有账号"], ["登录"], ["看到首页", "看到姓名"], tags=["ACC-1", "REQ-3"], language="zh-CN"
    )
    assert write_gherkin([draft], feature="CRM").split("\n") == [
        "# language: zh-CN", "功能: CRM", "", "  @ACC-1 @REQ-3", "  场景: 登录", "    假如有账号", "    当登录",
        "    那么看到首页", "    而且看到姓名", "",
    ]  # fmt: skip
    assert tagged_keys(draft.tags, "REQ") == ["REQ-3"]


def test_drafts_of_several_features_go_into_one_file_as_rules():
    drafts = [
        AcceptanceDraft(f"S{n}", [f"g{n}"], feature=f"F{n % 2}", feature_description=f"D{n % 2}") for n in range(3)
    ]
    found = read_gherkin(write_gherkin(drafts, feature="All"))
    assert found.feature == "All"
    assert {draft.title: draft.rule for draft in found.drafts} == {"S0": "F0", "S1": "F1", "S2": "F0"}


def test_a_description_that_looks_like_gherkin_does_no_harm():
    draft = AcceptanceDraft(
        "t", ["a"], description="Scenario: not one\n# no comment\n| no table |\nGiven nothing\nplain"
    )
    again = one(write_gherkin([draft], feature="f"))
    assert again.given == ["a"]
    for line in draft.description.split("\n"):
        assert line in again.description


STEP = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)
LINES = st.lists(STEP.filter(bool), min_size=1, max_size=3).map("\n".join)
# Texts that begin with a keyword of the language mean that keyword, in the file as in the form.
FREE = LINES.filter(lambda text: not text.startswith(("Then ", "Given ", "那么", "假如", "假设", "假定")))
CELLS = STEP.filter(bool)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(FREE, max_size=3), st.lists(FREE, max_size=3), st.lists(FREE, max_size=3),
    st.lists(st.tuples(CELLS, CELLS), max_size=3), st.sampled_from(["en", "zh-CN", "fr", "de"]),
)  # fmt: skip
def test_what_people_type_comes_back(given_steps, when, then, rows, language):
    examples = {"header": ["a", "b"], "rows": [list(row) for row in rows]} if rows else None
    draft = AcceptanceDraft("t", given_steps, when, then, examples, ["ACC-1"], feature="f", language=language)
    again = one(write_gherkin([draft]))
    assert (again.given, again.when, again.then) == (given_steps, when, then)
    assert again.examples == examples
    assert again.tags == ["ACC-1"]
