"""The checker for *ready*: what it finds, how well it does on sentences and on scenarios that others wrote."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reqtrack.acceptance.concrete import MOST_ROWS_TOLD, findings, is_ready
from reqtrack.acceptance.observable import is_action
from reqtrack.exchange.parsing.features import read_gherkin
from reqtrack.files.text import read_text
from tests.support.corpus import NOT_RUN, ROOT

# Labelled before the checker saw them: vague, unseen (nobody can see it), concrete. At first sight 108 of 112 were right.
SENTENCES = [
    line.split("	") for line in Path(__file__).with_name("expectations.tsv").read_text("utf-8").splitlines()
]

HEADER = {"header": ["phone", "message"], "rows": [["13800138000", "Saved"], ["123", "Phone is wrong"]]}
GIVEN, WHEN, THEN = ["a customer with <phone>"], ["I save the customer"], ['I see "<message>"']


def codes(*args, **more):
    return [(one.field, one.index, one.code) for one in findings(*args, **more)]


def of_sentence(text):
    return [one for one in findings([], ["I save it"], [text], None, needs_data=False) if one.code != "unknown_column"]


def test_a_concrete_scenario_is_ready():
    assert findings(GIVEN, WHEN, THEN, HEADER) == []
    assert is_ready(GIVEN, WHEN, THEN, HEADER)
    assert is_ready(
        ["客户电话为<电话>"], ["点击保存"], ["提示“<提示>”"], {"header": ["电话", "提示"], "rows": [["138", "已保存"]]}
    )


def test_what_is_missing():
    assert codes([], [], [], None) == [
        ("when", -1, "no_action"),
        ("then", -1, "no_expectation"),
        ("rows", -1, "no_data"),
    ]
    assert codes(None, ["  "], None, None, needs_data=False) == [
        ("when", -1, "no_action"),
        ("then", -1, "no_expectation"),
    ]
    assert codes(["a", ""], WHEN, ["I see 5"], None, needs_data=False) == [("given", 1, "empty_step")]
    assert not is_ready(GIVEN, WHEN, THEN, {"header": ["phone", "message"], "rows": []})


def test_vague_words_are_told_with_their_place():
    found = of_sentence("The order is saved correctly, as expected")
    assert [(one.words, one.start, one.end) for one in found] == [("correctly", 19, 28), ("as expected", 30, 41)]
    assert (
        str(found[0])
        == "Two people may disagree whether “correctly” holds: say which value, text, state or record shows it."
    )
    assert [one.words for one in of_sentence("显示姓名、电话等信息")] == ["等"]
    step = "Then it works fine\n| works fine |"
    found = findings([], ["I save it", step, "I close it"], ["I see 5"], None, needs_data=False)
    assert [(one.field, one.words, one.start) for one in found] == [("when", "works fine", 8)]


def test_checks_between_actions_are_read_as_checks():
    when = [
        "I save it",
        "Then it works fine",
        "那么显示正常",
        "Given the customer is a VIP",
        "* the list is empty",
        "I close it",
    ]
    assert codes([], when, ["I see 5"], None, needs_data=False) == [("when", 1, "vague"), ("when", 2, "vague")]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("the customer is a VIP", "no_act"),
        ("The stock is empty", "no_act"),
        ("客户是VIP时", "no_act"),
        ("库存不足", "no_act"),
        ("I should see the list", "expects_in_when"),
        ("系统应显示订单", "expects_in_when"),
    ],
)
def test_when_is_an_action(when, code):
    assert codes([], [when], ["I see 5"], None, needs_data=False) == [("when", 0, code)]


@pytest.mark.parametrize(
    "when",
    [
        "I save the customer",
        'A datatable for "Loan" is created',
        "the order is paid",
        'Refund happens on "1 July"',
        "the timer is up",
        "The customer has been deleted",
        "the invoice is overdue",
        "点击保存",
        "当查询订单时",
        "订单任务运行时",
        "客户付款超过 3 天后",
        "提交应收账款报表",
    ],
)
def test_actions(when):
    assert is_action(when) and codes([], [when], ["I see 5"], None, needs_data=False) == []


def test_placeholders_and_columns():
    assert codes(["<fone>"], WHEN, THEN, HEADER) == [("given", 0, "unknown_column"), ("header", 0, "unused_column")]
    assert codes(GIVEN, WHEN, ["I see <message>"], None, needs_data=False) == [
        ("given", 0, "unknown_column"),
        ("then", 0, "unknown_column"),
    ]
    assert codes([], WHEN, ['I see "<script>x()</script>" and <br/>'], None, needs_data=False) == []
    doubled = {"header": ["phone", "phone", "", "message"], "rows": [["1", "2", "3", "4"]]}
    assert codes(GIVEN, WHEN, THEN, doubled) == [("header", 1, "doubled_column"), ("header", 2, "no_name")]
    # Expected results beside the steps are used by who tests.
    assert (
        codes(GIVEN, WHEN, ["提示如表中所示，共 1 条"], {"header": ["phone", "预期提示"], "rows": [["1", "已保存"]]})
        == []
    )


def test_rows():
    rows = [["1", ""], ["", " "], ["", "Saved"], ["1", "works as expected"], ["2"]]
    found = findings(GIVEN, WHEN, THEN, {"header": ["phone", "message"], "rows": rows}, required=["phone"])
    assert [(one.index, one.code) for one in found] == [
        (0, "no_expected_value"),
        (1, "empty_row"),
        (2, "required_empty"),
        (3, "vague_value"),
        (4, "no_expected_value"),
    ]
    assert "Row 3" in str(found[2]) and "phone" in str(found[2])
    status = {"header": ["phone", "设备状态"], "rows": [["1", "正常"]]}
    assert codes(GIVEN, WHEN, ["显示<设备状态>"], status) == []
    many = {"header": ["phone", "message"], "rows": [["1", ""]] * 500}
    assert len(findings(GIVEN, WHEN, THEN, many)) == MOST_ROWS_TOLD


@given(
    *[st.lists(st.text(max_size=30), max_size=3)] * 3,
    st.lists(st.text(max_size=5), max_size=3),
    st.lists(st.lists(st.text(max_size=5), max_size=4), max_size=3),
)
def test_anything_gets_an_answer_and_places_hold(given_, when, then, header, rows):
    found = findings(given_, when, then, {"header": header, "rows": rows})
    parts = {"given": given_, "when": when, "then": then}
    for one in found:
        assert str(one)
        if one.field in parts and one.end:
            assert parts[one.field][one.index][one.start : one.end] == one.words


def score():
    """How many sentences of each label and language are found to be what they are."""
    right, total, wrong = Counter(), Counter(), []
    for label, text in SENTENCES:
        found = {one.code for one in of_sentence(text)}
        said = "vague" if "vague" in found else "unseen" if "not_observable" in found else "concrete"
        key = label, "en" if text.isascii() else "zh"
        total[key] += 1
        right[key] += said == label
        if said != label:
            wrong.append((label, said, text))
    return right, total, wrong


def test_sentences_held_out():
    right, total, wrong = score()
    assert {label for label, _ in total} == {"vague", "unseen", "concrete"}
    for key, count in total.items():
        assert count >= 5
        assert right[key] / count >= (0.95 if key[0] == "concrete" else 0.8), (key, wrong)


# What is right to say of them: no When, no Then, "result should match" (what, nobody knows).
KNOWN = {
    "zh_CN": Counter(),
    "sylius_shop": Counter(),
    "fineract_loans": Counter(no_action=5, no_expectation=2, vague=2),
}


@pytest.mark.skipif(not ROOT.is_dir(), reason=NOT_RUN)
@pytest.mark.parametrize(("folder", "scenarios"), [("zh_CN", 8), ("fineract_loans", 30), ("sylius_shop", 93)])
def test_scenarios_that_others_wrote_raise_no_false_alarm(folder, scenarios):
    drafts = [
        draft
        for path in sorted((ROOT / "gherkin" / folder).iterdir())
        for draft in read_gherkin(read_text(path.read_bytes()).unix, path.name).drafts
    ]
    assert len(drafts) == scenarios
    found = [
        one
        for draft in drafts
        for one in findings(draft.given, draft.when, draft.then, draft.examples, needs_data=False)
    ]
    assert Counter(one.code for one in found) == KNOWN[folder]
    assert {one.words for one in found if one.code == "vague"} <= {"result should match"}
