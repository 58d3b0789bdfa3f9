"""Rows into drafts: everything that is wrong is said, with row, column and mend; nothing is lost, nothing made up."""

import pytest

from reqtrack.exchange.parsing.columns import guess_columns
from reqtrack.exchange.parsing.delimited import read_delimited
from reqtrack.exchange.parsing.drafts import RowDraft
from reqtrack.exchange.parsing.rows import parse_rows


def drafts(text, kind="requirements", **override):
    sheet = read_delimited(text, file="a.csv")
    return parse_rows(sheet, guess_columns(sheet.header, sheet.rows, kind, override or None))


def codes(draft):
    return [(problem.code, problem.severity, problem.place.column) for problem in draft.problems]


def test_a_good_row_is_ready_and_its_tier_only_proposed():
    (draft,) = drafts("编号,标题,描述,优先级,人天,负责人,备注\nR1,登录,用手机号登录。,高,2.5人天,李强,老系统没有\n")
    assert draft.is_ready
    assert draft.problems == []
    assert draft.fields == {
        "id": "R1",
        "title": "登录",
        "statement": "用手机号登录。",
        "effort_days": "2.5",
        "owner": "李强",
    }
    assert draft.proposals == {"tier": "must"}
    assert draft.notes == {"备注": "老系统没有"}
    assert draft.row_number == 2


def test_a_missing_title_is_taken_from_the_text():
    (draft,) = drafts("描述\n系统应在两秒内显示订单列表。销售员每天看几十次。\n")
    assert draft.fields["title"] == "系统应在两秒内显示订单列表"
    assert draft.derived == ["title"]
    (draft,) = drafts("Description\nThe vendor must satisfy AC-030:  The system shall authenticate users. More.\n")
    assert draft.fields["title"].startswith("The vendor must satisfy AC-030: The system shall")


def test_a_row_with_nothing_to_call_it_is_an_error_not_a_skip():
    first, second = drafts("标题,描述,备注\n登录,x,\n,,同上\n")
    assert first.is_ready
    assert codes(second) == [("no_title", "error", "标题")]
    assert second.notes == {"备注": "同上"}
    assert second.problems[0].place.row == 3
    assert second.problems[0].mend


def test_a_title_without_text_is_a_warning():
    (draft,) = drafts("标题,描述\n登录,\n")
    assert draft.is_ready
    assert codes(draft) == [("no_statement", "warning", "描述")]


def test_a_tier_nobody_knows_is_kept_as_a_note():
    (draft,) = drafts("标题,描述,优先级\n登录,x,很急\n", 优先级="tier")
    assert draft.is_ready
    assert draft.proposals == {}
    assert draft.notes == {"优先级": "很急"}
    assert "很急" in str(draft.problems[0])


@pytest.mark.parametrize("empty", ["", "-", "待定", "TBD", "N/A"])
def test_no_tier_yet_is_no_problem(empty):
    (draft,) = drafts(f"标题,描述,优先级\n登录,x,{empty}\n", 优先级="tier")
    assert (draft.proposals, draft.problems) == ({}, [])


def test_numbers_are_tiers_only_where_all_are():
    assert [draft.proposals.get("tier") for draft in drafts("标题,优先级\na,1\nb,2\nc,3\n", 优先级="tier")] == [
        "must", "should", "later",
    ]  # fmt: skip
    mixed = drafts("标题,优先级\na,1\nb,高\nc,很急\n", 优先级="tier")
    assert [draft.proposals.get("tier") for draft in mixed] == [None, "must", None]


def test_a_number_that_is_none_keeps_the_row_out():
    (draft,) = drafts("标题,描述,人天\n登录,x,三五天\n", 人天="effort_days")
    assert not draft.is_ready
    assert codes(draft) == [("effort", "error", "人天")]
    assert draft.notes == {"人天": "三五天"}


def test_a_doubled_id_is_refused_and_names_the_first():
    first, second, third = drafts("编号,标题\nFH-002,a\nＦＨ-002,b\nFH-003,c\n")
    assert first.is_ready
    assert third.is_ready
    assert codes(second) == [("same_id", "error", "编号")]
    assert second.problems[0].params == {"id": "ＦＨ-002", "first": 2}


def test_all_problems_of_a_row_are_said_at_once():
    _, draft = drafts("编号,标题,描述,优先级,人天\nR1,a,b,高,1\nR1,登录,,很急,abc\n")
    assert {code for code, _, _ in codes(draft)} == {"same_id", "no_statement", "tier", "effort"}


def test_an_endless_title_is_refused():
    (draft,) = drafts(f"标题\n{'长' * 301}\n")
    assert codes(draft) == [("title_length", "error", "标题")]


def test_notes_of_nameless_and_equal_columns_stay_apart():
    (draft,) = drafts("标题,备注,备注,\n登录,a,b,c\n")
    assert draft.notes == {"备注": "a", "备注 (C)": "b", "D": "c"}


def test_ignored_columns_are_gone_and_rows_of_nothing_else_too():
    only = drafts("标题,序\n登录,1\n,2\n", 序="ignore")
    assert [draft.fields for draft in only] == [{"title": "登录"}]


def test_lists_and_line_ends():
    (draft,) = drafts('标题,描述,父需求\n"登\r\n录","一\r\n二\r三","A-1，A-2; A-1"\n')
    assert draft.fields["title"] == "登 录"
    assert draft.fields["statement"] == "一\n二\n三"
    assert draft.fields["parent"] == ["A-1", "A-2"]


def test_acceptance_rows_have_steps():
    (draft,) = drafts(
        '用例标题,前置条件,操作步骤,预期结果,关联需求\n登录,已有账号,"1. 输入手机号\n2、点登录",看到首页,"REQ-1,REQ-2"\n',
        "acceptance",
    )
    assert draft.fields["when"] == ["输入手机号", "点登录"]
    assert (draft.fields["given"], draft.fields["then"]) == (["已有账号"], ["看到首页"])
    assert draft.fields["accepts"] == ["REQ-1", "REQ-2"]
    nameless, stepless, nothing = drafts(
        "用例标题,操作步骤,预期结果,备注\n,点,看到首页。好\n登录,,,\n,,,x\n", "acceptance"
    )
    assert nameless.fields["title"] == "看到首页"
    assert codes(stepless) == [("no_steps", "warning", "操作步骤")]
    assert codes(nothing) == [("no_title", "error", "用例标题")]


def test_stakeholder_rows():
    first, second, third = drafts(
        "姓名,部门,岗位,层级\n王敏,销售部,销售内勤,一线\n李强,销售部,经理,中坚\n,财务部,,\n", "stakeholders"
    )
    assert first.fields == {"name": "王敏", "department": "销售部", "job_role": "销售内勤", "level": "frontline"}
    assert (second.is_ready, second.notes) == (True, {"层级": "中坚"})
    assert codes(third) == [("no_name", "error", "姓名")]


def test_the_hidden_column_of_our_own_sheets():
    good, new, broken = drafts("标题,reqtrack key\na,REQ-12@3\nb,\nc,REQ-13\n")
    assert (good.fields["key"], good.fields["version"]) == ("REQ-12", 3)
    assert "key" not in new.fields
    assert codes(broken) == [("key", "error", "reqtrack key")]
    _, twice = drafts("标题,reqtrack key\na,REQ-12@3\nb,REQ-12@3\n")
    assert codes(twice) == [("same_id", "error", "reqtrack key")]


def test_drafts_are_plain_data_and_back():
    for draft in drafts("编号,标题,描述,优先级\nR1,a,b,高\nR1,,,很急\n"):
        assert RowDraft.from_plain(draft.to_plain()) == draft
