"""Cells that no program takes for a formula, in CSV and Excel, and that come back letter by letter."""

import io
import json
import re
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.exchange.parsing.cells import neutralise, number_text, restore, write_csv
from reqtrack.exchange.parsing.columns import guess_columns
from reqtrack.exchange.parsing.delimited import read_delimited
from reqtrack.exchange.parsing.drafts import AcceptanceDraft
from reqtrack.exchange.parsing.features import read_gherkin
from reqtrack.exchange.parsing.features_out import write_gherkin
from reqtrack.exchange.parsing.reading import read_table
from reqtrack.exchange.parsing.rows import parse_rows
from reqtrack.exchange.parsing.workbook import read_workbook
from reqtrack.exchange.parsing.workbook_out import Column, SheetOut, write_xlsx
from reqtrack.files.door import open_upload
from reqtrack.files.limits import DEFAULT
from reqtrack.files.problems import FileProblem
from reqtrack.files.text import read_text

CORPUS = {"test_naughty_strings_come_back_from_every_format": "messy/blns.json"}
# What a spreadsheet program starts a formula with, also in full width, after blanks, or hidden behind a mark.
FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")', "\u00a0=1", "\x00=1", "'=1", "''-1",
]  # fmt: skip
HARMLESS = ["", "a", "1", "a=b", "a-b", "'quoted'", "’s", "1-2", "REQ-1", "高", "a\n=b"]
# Anything that a text of ours may hold: no NUL, no half characters (refused at the door).
TEXTS = st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_quoted_and_come_back(text):
    assert neutralise(text) == "'" + text
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_stay_as_they_are(text):
    assert neutralise(text) == text
    assert restore(text) == text


@settings(max_examples=150, deadline=None)
@given(st.one_of(TEXTS, st.text(alphabet="'=+-@＝ \t\r\na", max_size=8)))
def test_restoring_is_the_exact_opposite(text):
    assert restore(neutralise(text)) == text


def written_back_csv(rows):
    return read_delimited(read_text(write_csv([["title", "text"], *rows])).text).rows


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_csv_comes_back(rows):
    kept = [list(row) for row in rows if any(cell.strip() for cell in row)]
    assert written_back_csv(rows) == kept


def test_csv_is_made_for_excel_in_china():
    data = write_csv([["标题", "人天"], ["=1+1;=2", 2.5], [None, True], [Decimal("1.50"), -3]])
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines == ['"标题","人天"', '"\'=1+1;=2","2.5"', '"","TRUE"', '"1.50","-3"', ""]


@pytest.mark.parametrize("text", ["\ufffe", "_xFFFE_", "_x005F_xFFFF_ \uffff", "_x000D_", "_x005F_", "a\rb\r\nc\x01"])
def test_characters_that_xml_cannot_hold_come_back_from_excel(text):
    assert written_back_xlsx([text]) == [text]


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (1e-7, "0.0000001"), (1e20, "100000000000000000000"), (2.5, "2.5")],
)
def test_numbers_are_shown_as_excel_does(number, text):
    assert number_text(number) == text


def sheet_xml(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def requirements(rows, keys=()):
    columns = [Column("编号", 12), Column("标题", 30), Column("优先级", 10, ("must", "should", "later"))]
    return SheetOut("需求", columns, rows, keys)


def test_a_workbook_is_pleasant_to_edit():
    parts = sheet_xml(write_xlsx([requirements([["REQ-1", "登录", "must"]], [("REQ-1", 4)])]))
    page = parts["xl/worksheets/sheet1.xml"]
    assert '<pane ySplit="1"' in page
    assert 'state="frozen"' in page
    assert '"must,should,later"' in page
    assert re.search(r'<col min="4" max="4"[^>]*hidden="1"', page)


def test_no_formula_and_no_link_is_ever_written():
    texts = [*FORMULAS[:4], "http://example.com/", "mailto:a@b", "internal:x!A1", "{=1}", "{=SUM(A1)}"]
    parts = sheet_xml(write_xlsx([requirements([["", text, ""] for text in texts])]))
    page = parts["xl/worksheets/sheet1.xml"]
    assert "<f>" not in page
    assert "hyperlink" not in page.lower()
    assert not any("Relationship " in text for name, text in parts.items() if "worksheets/_rels" in name)


def test_long_lists_of_choices_go_to_a_hidden_sheet_that_is_not_read_back():
    choices = tuple(f"岗位，{number}" for number in range(100)) + ("a, b",)
    data = write_xlsx([SheetOut("人", [Column("姓名"), Column("岗位", 20, choices)], [["王敏", choices[0]]])])
    parts = sheet_xml(data)
    assert "_lists!$A$1:$A$101" in parts["xl/worksheets/sheet1.xml"]
    assert 'name="_lists"' in parts["xl/workbook.xml"]
    assert 'state="hidden"' in parts["xl/workbook.xml"]
    assert [sheet.name for sheet in read_table(open_upload(data, "a.xlsx"))] == ["人"]


def test_an_edited_sheet_comes_back_by_key_and_version():
    rows = [["REQ-1", "登录\n第二行", "must"], ["REQ-2", "=1+1", ""], ["", "新的", "later"]]
    data = write_xlsx([requirements(rows, [("REQ-1", 4), ("REQ-2", 1), None])])
    (sheet,) = read_table(open_upload(data, "a.xlsx"))
    drafts = parse_rows(sheet, guess_columns(sheet.header, sheet.rows))
    assert [(draft.fields.get("key"), draft.fields.get("version")) for draft in drafts] == [
        ("REQ-1", 4), ("REQ-2", 1), (None, None),
    ]  # fmt: skip
    assert [row[1] for row in sheet.rows] == ["登录\n第二行", "=1+1", "新的"]
    assert all(draft.is_ready for draft in drafts)


def written_back_xlsx(texts):
    out = write_xlsx([SheetOut("S", [Column("title"), Column("text")], [["x", text] for text in texts])])
    (sheet,) = read_workbook(out, "xlsx", "a.xlsx", DEFAULT)
    return [row[1] if len(row) > 1 else "" for row in sheet.rows]


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=10))
def test_workbooks_come_back(texts):
    assert written_back_xlsx(texts) == texts


def test_sheet_names_that_excel_refuses_are_mended():
    names = ["a/b:c*[x]", "a/b:c*[x]", "", "'History'", "长" * 40, "长" * 40]
    data = write_xlsx([SheetOut(name, [Column("标题")], [["x"]]) for name in names])
    assert len(read_table(open_upload(data, "a.xlsx"))) == len(names)


def test_a_text_too_long_for_excel_is_said_not_dropped():
    with pytest.raises(FileProblem) as caught:
        write_xlsx([requirements([["", "x" * 32_768, ""]])])
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.row, problem.place.column) == ("cell_size", 2, "B")
    assert write_xlsx([requirements([["", "x" * 32_767, ""]])])


def test_naughty_strings_come_back_from_every_format(real):
    texts = json.loads(real.data)
    assert len(texts) == real.expected["strings"]
    assert [row[1] for row in written_back_csv([["x", text] for text in texts])] == texts
    assert written_back_xlsx(texts) == texts
    # A step has no blanks around it and is never empty: that is what a step is, in Gherkin and in the form.
    steps = [text.strip() for text in texts if text.strip() and "\r" not in text and "\x85" not in text]
    draft = AcceptanceDraft(
        "t", given=steps, when=steps, then=steps, examples={"header": ["a"], "rows": [[s] for s in steps]}
    )
    again = read_gherkin(write_gherkin([draft], feature="f"), "a.feature").drafts[0]
    assert again.given == steps
    assert again.then == steps
    assert [row[0] for row in again.examples["rows"]] == steps
