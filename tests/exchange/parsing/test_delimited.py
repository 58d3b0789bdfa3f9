"""Tables in text: delimiters, headers, empty and ragged rows, cells pasted from Excel."""

import pytest

from reqtrack.exchange.parsing.delimited import read_delimited, sniff
from reqtrack.exchange.parsing.header import column_letter, find_header
from reqtrack.exchange.parsing.reading import read_table
from reqtrack.files.problems import FileProblem


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3\n", ";"),
        ("a\tb\n1,2\t3;4\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("title;text\none;first, second, third\ntwo;x, y\n", ";"),
        ('title,text\n"a;b;c",x\n"d;e;f",y\n', ","),
        ("only one column\nvalue\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_found(text, delimiter):
    assert sniff(text) == delimiter


def test_excel_may_say_the_delimiter():
    sheet = read_delimited("sep=;\r\na;b\r\n1,2;3\r\n")
    assert (sheet.header, sheet.rows, sheet.numbers, sheet.lines) == (["a", "b"], [["1,2", "3"]], [3], [3])


def test_rows_know_their_number_and_line():
    sheet = read_delimited('\n\ntitle,text\n"a\nb",x\n\nc,y\n')
    assert sheet.header_row == 3
    assert (sheet.numbers, sheet.lines) == ([4, 6], [4, 7])
    assert sheet.first_row_number == 4


def test_a_title_above_the_header_is_passed_over_and_said():
    sheet = read_delimited("客户需求清单,,\n,,\n编号,标题,描述\nR1,登录,用手机号\n")
    assert (sheet.header_row, sheet.header) == (3, ["编号", "标题", "描述"])
    assert any("客户需求清单" in str(problem) for problem in sheet.warnings)


def test_cells_beyond_the_header_are_kept_under_their_letter():
    sheet = read_delimited("title,text\none,two,three\n")
    assert (sheet.header, sheet.rows) == (["title", "text", ""], [["one", "two", "three"]])


def test_pasted_cells_with_line_ends_and_quotes():
    (sheet,) = read_table('标题\t描述\r\n登录\t"第一行\n第二行 ""引用"""\r\n')
    assert sheet.rows == [["登录", '第一行\n第二行 "引用"']]
    assert sheet.header_row == 1


def test_pasted_cells_may_have_no_header():
    (sheet,) = read_table("客户登录\t高\n订单查询\t中\n")
    assert (sheet.header_row, sheet.header) == (0, ["A", "B"])
    assert [row[0] for row in sheet.rows] == ["客户登录", "订单查询"]
    assert sheet.numbers == [1, 2]


def test_a_person_may_say_whether_there_is_a_header():
    assert read_delimited("编号,标题\n1,x\n", has_header=False).rows == [["编号", "标题"], ["1", "x"]]
    (sheet,) = read_table("列甲\t列乙\n1\t2\n", has_header=True)
    assert sheet.header == ["列甲", "列乙"]


def test_broken_pasted_text_is_refused():
    with pytest.raises(FileProblem):
        read_table("a\tb\n\x00\tc")


def test_the_apostrophe_of_our_own_exports_is_taken_off_and_no_other():
    sheet = read_delimited("title\n'=1+1\n'quoted'\n'''=x\n")
    assert [row[0] for row in sheet.rows] == ["=1+1", "'quoted'", "''=x"]


def test_many_ragged_rows_are_named_up_to_a_number():
    sheet = read_delimited("a,b\n" + "x\n" * 100)
    assert len(sheet.warnings) == 21
    assert sheet.warnings[-1].params["count"] == 80


def test_columns_of_the_same_name_are_said():
    assert [p.code for p in read_delimited("备注,标题,备注\n1,2,3\n").warnings] == ["same_name"]


def test_a_header_is_found_by_known_names_below_a_busy_top():
    rows = [
        ["项目", "CRM", "日期", "2026-03-01"],
        ["", "", "", ""],
        ["编号", "需求名称", "优先级", "备注"],
        ["1", "x", "高", ""],
    ]
    assert find_header(rows) == 2


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")])
def test_columns_are_named_as_in_excel(index, letter):
    assert column_letter(index) == letter
