"""Redlines: nothing lost, nothing invented, readable, bounded."""

import itertools
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.rendering.redline import Line, Segment, redline, redline_lines, replaced, tokens

WORDS = st.sampled_from(
    [
        "的",
        "一",
        "三",
        "期",
        "审批",
        "折扣",
        "系统",
        "必须",
        "，",
        "。",
        "；",
        "（",
        "）",
        "“",
        "”",
        "\n",
        "\r\n",
        "\t",
        "5%",
        "8%",
    ]
    + ["3.5", "1,200", "a", "the", "three", "required", "don’t", "x_y", "\u3000", "é", "😀", "e\u0301", " ", "  "]
)
TEXT = st.one_of(st.lists(WORDS, max_size=40).map("".join), st.text(max_size=60))


def marked(old: str, new: str) -> str:
    sign = {"same": "{}", "ins": "{{+{}+}}", "del": "[-{}-]"}
    return "".join(sign[s.op].format(s.text) for s in redline(old, new))


def old_of(pieces: list[Segment]) -> str:
    return "".join(s.text for s in pieces if s.op != "ins")


def new_of(pieces: list[Segment]) -> str:
    return "".join(s.text for s in pieces if s.op != "del")


@given(TEXT, TEXT)
@settings(max_examples=400, deadline=None)
def test_without_marks_it_is_the_old_and_the_new_text(old, new):
    pieces = redline(old, new)
    assert old_of(pieces) == old
    assert new_of(pieces) == new
    assert all(s.text for s in pieces)
    assert all(x.op != y.op for x, y in itertools.pairwise(pieces))


@given(st.lists(WORDS, max_size=30), st.integers(0, 30), st.integers(0, 5), st.lists(WORDS, max_size=5))
@settings(max_examples=200, deadline=None)
def test_an_edit_in_one_place_leaves_the_rest(words, at, cut, put):
    old, new = "".join(words), "".join(words[:at] + put + words[at + cut :])
    pieces = redline(old, new)
    assert old_of(pieces) == old and new_of(pieces) == new


@given(TEXT)
@settings(max_examples=100, deadline=None)
def test_tokens_are_the_whole_text(text):
    assert "".join(tokens(text)) == text


def test_equal_texts_have_no_marks():
    assert redline("审批", "审批") == [Segment("same", "审批")]
    assert redline("", "") == []


def test_numbers_and_words_change_as_a_whole():
    assert marked("限额为5%，其余不变", "限额为8%，其余不变") == "限额为[-5%-]{+8%+}，其余不变"
    assert marked("pay 1,200.50 now", "pay 1,300.50 now") == "pay [-1,200.50-]{+1,300.50+} now"
    assert marked("the customer shall", "the customers shall") == "the [-customer-]{+customers+} shall"


def test_a_lone_character_is_widened_so_that_its_stroke_is_seen():
    assert marked("排在第一期内", "排在第二期内") == "排在[-第一期-]{+第二期+}内"


def test_a_character_that_shows_its_stroke_is_marked_alone():
    assert marked("报价按金额分级审批", "报价按金额两级审批") == "报价按金额[-分-]{+两+}级审批"


HAN = st.lists(st.sampled_from("审批折扣系统，。一的"), max_size=20)


@given(HAN, st.lists(st.tuples(st.integers(0, 20), st.sampled_from("必须期限日")), max_size=6))
@settings(max_examples=200, deadline=None)
def test_what_was_only_added_to_strikes_nothing(old, added):
    new = list(old)
    for at, text in added:
        new.insert(at, text)
    assert not [one for one in redline("".join(old), "".join(new)) if one.op == "del"]
    assert not [one for one in redline("".join(new), "".join(old)) if one.op == "ins"]


def test_an_island_goes_under_only_where_that_is_shorter_to_read():
    assert marked("5% 以内的报价", "约 5% 以内（备件 12%）的报价") == "{+约 +}5% 以内{+（备件 12%）+}的报价"
    assert marked("客户的照片", "新客户的门头照片") == "{+新+}客户的{+门头+}照片"
    assert marked("旧甲的乙", "甲的新乙") == "[-旧-]甲的{+新+}乙"
    assert marked("每周销售的汇总", "每天老板的报表") == "每[-周销售的汇总-]{+天老板的报表+}"
    assert marked("由甲审批通过由乙", "由丙审批通过由丁") == "由[-甲-]{+丙+}审批通过由[-乙-]{+丁+}"


def test_a_value_is_replaced_as_a_whole():
    assert replaced("4", "46") == [Segment("del", "4"), Segment("same", " → "), Segment("ins", "46")]
    assert replaced("", "6") == [Segment("ins", "6")] and replaced("6", "") == [Segment("del", "6")]
    assert replaced("6", "6") == [Segment("same", "6")] and replaced("", "") == []


def test_small_islands_are_swallowed():
    assert marked("过去要签三个字，慢", "现在要签一个章，慢") == "[-过去要签三个字-]{+现在要签一个章+}，慢"
    assert marked("red of blue pens here", "old as new pens here") == "[-red of blue-]{+old as new+} pens here"


def test_an_inserted_sentence_begins_and_ends_as_one():
    assert marked("甲。乙。", "甲。丙。乙。") == "甲。{+丙。+}乙。"
    assert marked("One. Two.", "One. Three. Two.") == "One. {+Three. +}Two."
    assert marked("无须审批。", "无须审批，每周汇总。") == "无须审批{+，每周汇总+}。"


def test_a_huge_text_is_compared_in_bounded_time():
    old = "".join(chr(0x4E00 + i * 7919 % 20000) + ("\n" if i % 50 == 49 else "") for i in range(60_000))
    new = old[:30_000] + "新增一句。" + old[30_003:]
    start = time.perf_counter()
    pieces = redline(old, new)
    assert time.perf_counter() - start < 3
    assert old_of(pieces) == old and new_of(pieces) == new
    assert sum(len(s.text) for s in pieces if s.op != "same") < 20


def test_two_huge_texts_without_line_ends_are_replaced_as_a_whole():
    old, new = "旧" * 50_000, "新" * 50_000
    assert redline(old, new) == [Segment("del", old), Segment("ins", new)]


LINES = st.lists(st.sampled_from(["打开页面", "填写客户", "填写客户和电话", "提交", "", "close"]), max_size=12)


@given(LINES, LINES)
@settings(max_examples=300, deadline=None)
def test_lines_keep_both_lists(old, new):
    lines = redline_lines(old, new)
    after = [line for line in lines if line.new is not None]
    before = sorted((line for line in lines if line.old is not None), key=lambda line: line.old)
    assert [line.new for line in after] == list(range(len(new)))
    assert [new_of(line.segments) for line in after] == new
    assert [line.old for line in before] == list(range(len(old)))
    assert [old_of(line.segments) for line in before] == old


def test_a_moved_line_is_said_to_have_moved():
    assert redline_lines(["a", "b", "c"], ["c", "a", "b"])[0] == Line("moved", [Segment("same", "c")], 2, 0)


def test_a_reworded_line_is_shown_as_one_line():
    lines = redline_lines(["打开页面", "填写客户", "提交"], ["打开页面", "填写客户名称", "提交"])
    assert [line.op for line in lines] == ["same", "changed", "same"]
    assert lines[1].segments == [Segment("same", "填写客户"), Segment("ins", "名称")]
