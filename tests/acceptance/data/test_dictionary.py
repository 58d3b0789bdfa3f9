"""The data dictionary, the mapping of columns to it, and rows made to fit."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reqtrack.acceptance.data.applying import apply_mapping
from reqtrack.acceptance.data.dictionary import TYPES, Entry, check, parse_entry
from reqtrack.acceptance.data.hiding import leaks
from reqtrack.acceptance.data.mapping import propose
from reqtrack.acceptance.data.profile import profile

NAME = Entry("客户姓名", "how the customer is called", aliases=("姓名", "customer"), required=True)
PHONE = Entry("手机", format="phone", aliases=("联系电话", "mobile"))
SOURCE = Entry("来源", type="choice", allowed=("官网", "转介绍", "Google Ads"))
DAY = Entry("下单日期", type="date")
AMOUNT = Entry("金额", type="number", unit="元", allowed=("0", "100,000"))
NUMBER = Entry("会员号", format='"M"dddd', unique=True, required=True)
VIP = Entry("是否会员", type="yes_no")
ALL = [NAME, PHONE, SOURCE, DAY, AMOUNT, NUMBER, VIP]


@pytest.mark.parametrize(
    ("entry", "value", "typed", "text"),
    [
        (PHONE, "１３８００１３８０００", "13800138000", "13800138000"),
        (SOURCE, "google-ads", "Google Ads", "Google Ads"),
        (SOURCE, "轉介紹", "转介绍", "转介绍"),
        (DAY, "2026年1月3日", date(2026, 1, 3), "2026-01-03"),
        (Entry("d", type="date", format="dd/mm/yyyy"), "03/04/2026", date(2026, 4, 3), "2026-04-03"),
        (Entry("d", type="date", format="mm/dd/yyyy"), "03/04/2026", date(2026, 3, 4), "2026-03-04"),
        (AMOUNT, "￥1,234.50", Decimal("1234.50"), "1234.5"),
        (AMOUNT, "20 元", Decimal(20), "20"),
        (NUMBER, "Ｍ0001", "M0001", "M0001"),
        (VIP, "是", True, "true"),
        (VIP, "无", False, "false"),
        (PHONE, "", None, ""),
        (PHONE, "N/A", None, ""),
    ],
)
def test_values_that_fit(entry, value, typed, text):
    found = check(value, entry)
    assert (found.value, found.text, found.problem) == (typed, text, None)


@pytest.mark.parametrize(
    ("entry", "value", "code", "says"),
    [
        (NAME, "", "required", "客户姓名"),
        (NAME, "暂无", "required", "客户姓名"),
        (PHONE, "12345", "format", "phone"),
        (SOURCE, "抖音", "not_allowed", "官网, 转介绍, Google Ads"),
        (DAY, "03/04/2026", "date_doubtful", "dd/mm/yyyy"),
        (DAY, "2026-02-30", "no_date", "2026-02-30"),
        (AMOUNT, "很多", "no_number", "很多"),
        (AMOUNT, "100001", "out_of_bounds", "100,000"),
        (NUMBER, "0001", "format", '"M"dddd'),
        (VIP, "也许", "no_yes_no", "也许"),
        (Entry("身份证", format="id"), "110105194912310021", "format", "id"),
    ],
)
def test_values_that_do_not_fit_say_why(entry, value, code, says):
    found = check(value, entry)
    assert found.value is None and found.problem.code == code and says in str(found.problem)


def test_an_entry_from_a_form():
    told = {
        "name": " 来源 ",
        "type": "choice",
        "allowed": "官网\n转介绍\n官网",
        "required": "yes",
        "aliases": "渠道；source",
    }
    entry, reasons = parse_entry(told, [NAME])
    assert reasons == []
    assert entry == Entry("来源", type="choice", allowed=("官网", "转介绍"), required=True, aliases=("渠道", "source"))


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({}, {"name"}),
        ({"name": "x" * 81}, {"name"}),
        ({"name": "Customer "}, {"name"}),
        ({"name": "渠道", "aliases": ["手 机"]}, {"aliases"}),
        ({"name": "a", "type": "blob"}, {"type"}),
        ({"name": "a", "type": "choice"}, {"allowed"}),
        ({"name": "a", "type": "number", "allowed": ["5", "1"]}, {"allowed"}),
        ({"name": "a", "type": "number", "format": "ddd"}, {"format"}),
        ({"name": "a", "type": "date", "format": "yy"}, {"format"}),
        ({"name": "a", "type": "yes_no", "allowed": ["x"]}, {"allowed"}),
        ({"name": "a", "format": "order-ddd"}, {"format"}),
        ({"name": "a", "meaning": "x" * 501, "format": "dd["}, {"meaning", "format"}),
    ],
)
def test_an_entry_that_is_none_says_every_reason(told, fields):
    entry, reasons = parse_entry(told, ALL)
    assert entry is None and {reason.field for reason in reasons} == fields
    assert all(str(reason) for reason in reasons)


@given(
    st.text(max_size=30),
    st.sampled_from(sorted(TYPES)),
    st.lists(st.text(max_size=5), max_size=3),
    st.text(max_size=20),
)
def test_what_was_checked_once_stays_as_it_is(value, kind, allowed, pattern):
    entry, _ = parse_entry({"name": "n", "type": kind, "allowed": allowed, "format": pattern})
    entry = entry or Entry("n", type="text")
    found = check(value, entry)
    if found.problem is None:
        again = check(found.text, entry)
        assert (again.value, again.text, again.problem) == (found.value, found.text, None)


HEADER = ["姓 名", "客户手机", "渠道", "day", "金额（元）", "编号", "备注"]
ROWS = [
    ["张三", "13800138000", "官网", "2026年1月3日", "1,234.50", "M0001", "好"],
    ["李四", "12", "官 网", "2026/1/5", "20", "M0001", ""],
    ["", "139 0013 9000", "抖音", "03/04/2026", "30元", "Ｍ0003"],
]


def test_columns_find_their_fields():
    found = propose(profile(HEADER, ROWS * 3), ALL)
    names = ["客户姓名", "手机", None, None, "金额", "会员号", None]
    assert [match.entry and match.entry.name for match in found] == names
    assert found[0].confidence == 95 and found[0].reason.code == "alias"
    assert all(str(match.reason) for match in found)
    assert propose(profile(["来源"], [["x"]]), ALL)[0].entry == SOURCE
    by_value = propose(profile(["渠道"], [["官网"], ["转介绍"], ["官 网"]]), ALL)[0]
    assert (by_value.entry, by_value.reason.code) == (SOURCE, "values") and by_value.confidence < 95


def test_each_field_goes_to_one_column_the_surest():
    found = propose(profile(["手机号", "手机"], [["13800138000", "13900139000"]] * 3), [PHONE])
    assert [match.entry for match in found] == [None, PHONE]


def test_rows_made_to_fit():
    mapping = {0: NAME, 1: PHONE, 2: SOURCE, 3: DAY, 4: AMOUNT, 5: NUMBER}
    applied = apply_mapping(HEADER, ROWS, mapping, masked=[0, 1])
    assert applied.header == ("客户姓名", "手机", "来源", "下单日期", "金额", "会员号", "备注")
    assert applied.rows[0] == ("张三", "13800138000", "官网", "2026-01-03", "1234.5", "M0001", "好")
    assert applied.rows[1][2] == "官网" and applied.rows[2][5:] == ("M0003", "")
    assert applied.values[0][3:5] == (date(2026, 1, 3), Decimal("1234.50"))
    assert [(one.row, one.column, one.reason.code) for one in applied.problems] == [
        (1, 1, "format"),
        (1, 5, "not_unique"),
        (2, 0, "required"),
        (2, 2, "not_allowed"),
        (2, 3, "date_doubtful"),
    ]
    assert "row 1" in str(applied.problems[1].reason)
    summary = applied.summary()
    assert summary["normalised"] == {"来源": 1, "下单日期": 2, "金额": 2, "会员号": 1}
    assert summary["problems"]["下单日期"] == {"date_doubtful": 1}
    assert summary["mapping"]["姓 名"] == "客户姓名" and json.dumps(summary)
    told = [str(one.reason) for one in applied.problems] + [str(change.examples) for change in applied.changes]
    clear = [row[at] for row in ROWS for at in (0, 1)]
    assert leaks([*clear, "抖音"], summary) == [] and leaks([value for value in clear if value != "12"], told) == []
    assert "12" not in str(applied.problems[0].reason)


def test_masks_are_let_pass_and_nothing_beyond_the_header_is_lost():
    applied = apply_mapping(["手机"], [["138****8000", "more"], ["13*", "x", "y"]], {0: PHONE}, masked=[0])
    assert applied.problems == [] and applied.rows == [("138****8000", "more", ""), ("13*", "x", "y")]
    assert apply_mapping(["手机"], [["138****8000"]], {0: PHONE}).problems[0].reason.code == "format"
    doubled = apply_mapping(["手机", "手机", ""], [], {0: PHONE, 1: DAY, 2: NAME}).summary()["mapping"]
    assert doubled == {"手机 #1": "手机", "手机 #2": "下单日期", "#3": "客户姓名"}
    with pytest.raises(ValueError):
        apply_mapping(["a", "b"], [], {0: PHONE, 1: PHONE})
