"""Columns are known by their words in both languages, by their cells, or because somebody says so."""

import pytest

from reqtrack.exchange.parsing.columns import guess_columns
from reqtrack.files.problems import FileProblem

ENGLISH = {
    "Req. ID": "id", "Requirement Name": "title", "Requirement Description": "statement", "Priority": "tier",
    "Effort (days)": "effort_days", "Owner": "owner", "Release": "phase", "Rationale": "rationale", "Parent ID": "parent",
    "Requested by": "source", "Comments": "note",
}  # fmt: skip
CHINESE = {
    "需求编号": "id", "需求名称*": "title", "需求描述（必填）": "statement", "优先级": "tier", "预估人天": "effort_days",
    "负责人": "owner", "所属阶段": "phase", "理由": "rationale", "父需求": "parent", "需求来源": "source", "备注": "note",
}  # fmt: skip
VALUES = [
    "R1",
    "Sign in",
    "The system shall let people sign in.",
    "High",
    "3",
    "Li",
    "1",
    "Because",
    "R0",
    "Sales",
    "x",
]


def fields(header, rows=(), kind="requirements", override=None):
    return [guess.field for guess in guess_columns(header, rows, kind, override).columns]


@pytest.mark.parametrize("table", [ENGLISH, CHINESE])
@pytest.mark.parametrize("rows", [[], [VALUES, [value + "2" for value in VALUES]]])
def test_requirements_are_known_by_their_headers(table, rows):
    mapping = guess_columns(list(table), rows)
    assert {guess.header: guess.field for guess in mapping.columns} == table
    assert mapping.is_sure
    assert all(0.6 <= guess.confidence <= 1 and guess.why % guess.params for guess in mapping.columns)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Custom field (Requirement ID)", "id"), ("Criticality:\nHigh, Medium, or Low", "tier"), ("标题/Title", "title"),
        ("重要性", "tier"), ("重要程度（高/中/低）", "tier"), ("PARENT_UID", "parent"), ("工作量(人天)", "effort_days"),
        ("Desciption", "statement"), ("Prioriy", "tier"), ("期", "phase"), ("需求", "statement"), ("用户故事", "statement"),
        ("  TITLE  ", "title"), ("ｔｉｔｌｅ", "title"), ("编号：", "id"), ("Unheard of", "note"), ("审批状态", "note"),
    ],
)  # fmt: skip
def test_headers_in_many_dresses(header, field):
    assert fields([header]) == [field]


def test_acceptance_and_stakeholders():
    assert fields(["用例编号", "场景", "前置条件", "操作步骤", "预期结果", "关联需求", "备注"], kind="acceptance") == [
        "id", "title", "given", "when", "then", "accepts", "note",
    ]  # fmt: skip
    assert fields(["Test case", "Preconditions", "Steps", "Expected result"], kind="acceptance") == [
        "title", "given", "when", "then",
    ]  # fmt: skip
    assert fields(["姓名", "部门", "岗位", "层级", "区域", "手机"], kind="stakeholders") == [
        "name", "department", "job_role", "level", "region", "note",
    ]  # fmt: skip
    assert fields(["Name", "Department", "Job title", "Seniority", "City"], kind="stakeholders") == [
        "name", "department", "job_role", "level", "region",
    ]  # fmt: skip


def test_one_field_is_given_once_and_the_better_column_has_it():
    assert fields(["需求", "描述", "优先级"]) == ["title", "statement", "tier"]
    assert fields(["说明", "需求描述"])[1] == "statement"
    assert sorted(fields(["Title", "Title"])) == ["note", "title"]


def test_cells_speak_against_a_header():
    rows = [["2020-01-01", "不急着上", "甲"], ["2020-01-02", "看情况定", "乙"]]
    assert fields(["日期标题", "上线优先级说明", "标题"], rows) == ["note", "note", "title"]


def test_a_plain_header_keeps_its_column_so_that_its_rows_can_complain():
    assert fields(["标题", "优先级", "人天"], [["登录", "看情况定", "三五天"]]) == ["title", "tier", "effort_days"]


def test_a_name_full_of_keys_is_the_key():
    rows = [["TCP-001", "The client shall connect."], ["TCP-002", "The client shall close."]]
    assert fields(["Name", "Description"], rows) == ["id", "statement"]


def test_cells_alone_are_an_offer_and_no_more():
    rows = [["A-1", "高", "客户可以用手机号登录，不用记住密码，也不用找管理员。", "登录"] for _ in range(3)]
    rows = [[f"A-{number}", *row[1:]] for number, row in enumerate(rows)]
    mapping = guess_columns(["A", "B", "C", "D"], rows)
    assert [guess.field for guess in mapping.columns] == ["id", "tier", "statement", "note"]
    assert not mapping.is_sure


def test_a_list_of_short_phrases_is_a_list_of_titles():
    assert fields(["A"], [["客户登录"], ["订单查询"], ["导出报表"]]) == ["title"]


def test_a_column_no_between_yes_and_notes_is_no_key():
    assert fields(["REQUIREMENT", "YES", "NO", "N/A"], [["x shall", "", "", ""]]) == [
        "statement",
        "note",
        "note",
        "note",
    ]


def test_a_person_overrides_by_header_or_number():
    header = ["Topic", "What", "Title", "x"]
    assert fields(header, override={"What": "statement", "0": "title", "3": "ignore"}) == [
        "title", "statement", "note", "ignore",
    ]  # fmt: skip
    assert guess_columns(header, [], override={"what": "statement"}).is_sure


@pytest.mark.parametrize(
    "override", [{"Nobody": "title"}, {"Topic": "nonsense"}, {"Topic": "title", "What": "title"}, {"9": "title"}]
)
def test_an_override_that_makes_no_sense_is_refused(override):
    with pytest.raises(FileProblem) as caught:
        guess_columns(["Topic", "What"], [], override=override)
    assert caught.value.problems[0].code == "mapping"


def test_a_mapping_can_be_kept_and_sent_again():
    mapping = guess_columns(list(CHINESE), [])
    assert guess_columns(list(CHINESE), [], override=mapping.to_json()).to_json() == mapping.to_json()
    assert mapping.index_of("tier") == 3
    assert "note" not in mapping.fields
