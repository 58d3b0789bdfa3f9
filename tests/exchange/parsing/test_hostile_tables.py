"""Workbooks and texts made to hurt: each one is a sentence, soon, and the process lives on."""

import io
import time
import zipfile

import pytest
import xlsxwriter

from reqtrack.exchange.parsing.delimited import read_delimited
from reqtrack.exchange.parsing.reading import read_table, read_upload
from reqtrack.files.door import open_upload
from reqtrack.files.limits import Limits
from reqtrack.files.problems import FileProblem

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(rows, **options):
    """A workbook of one sheet, as Excel writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
        for name, value in options.items():
            getattr(sheet, name)(*value)
    return out.getvalue()


def raw_workbook(sheet_xml, strings=""):
    """A workbook of one sheet made by hand, so that it can lie."""
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r0" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook {NAMESPACE} xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": sheet_xml,
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def sheet_of(rows, dimension="A1:B2"):
    return f'<worksheet {NAMESPACE}><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'


def cell(reference, text):
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def refused(data, name="a.xlsx", limits=None):
    with pytest.raises(FileProblem) as caught:
        read_table(open_upload(data, name, limits or Limits()))
    assert all(problem.place.file == name for problem in caught.value.problems)
    return caught.value.problems[0]


def test_a_cell_in_the_far_corner_does_not_take_the_memory():
    """Two cells, 5 kB: calamine alone asks for 500 GB and aborts the process."""
    data = workbook([["a"]], write=(1_048_575, 16_383, "far"))
    started = time.monotonic()
    problem = refused(data)
    assert (problem.code, problem.params["cell"], problem.place.sheet) == ("far_cell", "XFD1048576", "Data")
    assert time.monotonic() - started < 10


def test_a_stray_cell_at_the_end_of_a_row_is_read():
    (sheet,) = read_table(open_upload(workbook([["title"], ["one"]], write=(1, 400, "stray")), "a.xlsx"))
    assert sheet.rows[0][0] == "one"
    assert sheet.rows[0][400] == "stray"


def test_a_declared_size_means_nothing():
    rows = f'<row r="1">{cell("A1", "title")}</row><row r="2">{cell("A2", "one")}</row>'
    (sheet,) = read_table(open_upload(raw_workbook(sheet_of(rows, "A1:XFD1048576")), "a.xlsx"))
    assert (sheet.header, sheet.rows) == (["title"], [["one"]])


def test_a_declared_string_table_of_two_billion_is_stopped():
    """calamine believes the count and asks for the memory; in the child it does not get it."""
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    strings = (
        f'<sst {NAMESPACE} count="2000000000" uniqueCount="2000000000"><si><t>title</t></si><si><t>one</t></si></sst>'
    )
    assert refused(raw_workbook(sheet_of(rows), strings)).code == "memory"
    (sheet,) = read_table(open_upload(raw_workbook(sheet_of(rows), strings.replace("2000000000", "2")), "a.xlsx"))
    assert (sheet.header, sheet.rows) == (["title"], [["one"]])


def test_a_cell_without_a_reference_is_where_it_stands():
    rows = '<row><c t="inlineStr"><is><t>title</t></is></c></row><row><c t="inlineStr"><is><t>one</t></is></c></row>'
    (sheet,) = read_table(open_upload(raw_workbook(sheet_of(rows)), "a.xlsx"))
    assert sheet.rows == [["one"]]


@pytest.mark.parametrize("where", ["sheet", "workbook"])
def test_a_dtd_in_a_workbook_is_refused(where, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("canary")
    rows = f'<row r="1">{cell("A1", "&e;")}</row>'
    dtd = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    data = raw_workbook(dtd + sheet_of(rows))
    if where == "workbook":
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(raw_workbook(sheet_of("")))) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                text = old.read(name).decode()
                new.writestr(name, dtd + text if name == "xl/workbook.xml" else text)
        data = out.getvalue()
    assert refused(data).code == "xml_dtd"


def test_an_entity_bomb_in_a_workbook_is_refused():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    rows = f'<row r="1">{cell("A1", "&e9;")}</row>'
    assert refused(raw_workbook(f'<!DOCTYPE x [<!ENTITY e0 "lol">{levels}]>' + sheet_of(rows))).code == "xml_dtd"


def test_a_broken_sheet_is_named():
    problem = refused(raw_workbook(sheet_of("<row r='1'><c")))
    assert (problem.code, problem.place.sheet) == ("xml", "S")


def test_more_rows_than_allowed_are_refused():
    data = workbook([["title"], *([str(number)] for number in range(30))])
    problem = refused(data, limits=Limits(rows=20))
    assert (problem.code, problem.params["limit"]) == ("rows", 20)
    text = "title\n" + "x\n" * 30
    assert refused(text.encode(), "a.csv", Limits(rows=20)).code == "rows"


def test_more_cells_or_columns_than_allowed_are_refused():
    data = workbook([["x"] * 40 for _ in range(10)])
    assert refused(data, limits=Limits(cells=300)).code == "cells"
    assert refused(data, limits=Limits(columns=30)).code == "columns"
    assert refused(b"a,b\n" + b"x," * 600 + b"y\n", "a.csv").code == "columns"


def test_a_cell_longer_than_allowed_is_refused_with_its_place():
    problem = refused(b"title,text\none," + b"x" * 60_000 + b"\n", "a.csv")
    assert (problem.code, problem.place.row, problem.place.column) == ("cell_size", 2, "B")


def test_a_workbook_with_the_limit_of_rows_passes_in_time():
    rows = "".join(
        f'<row r="{n}">{cell(f"A{n}", f"R{n}")}{cell(f"B{n}", "标题")}{cell(f"C{n}", "系统应……")}</row>'
        for n in range(1, 20_002)
    )
    (sheet,) = read_table(open_upload(raw_workbook(sheet_of(rows)), "a.xlsx"))
    assert len(sheet.rows) == 20_000


def test_a_quotation_mark_that_is_never_closed_is_named_with_its_line():
    with pytest.raises(FileProblem) as caught:
        read_delimited('title,text\none,"two\nthree\n', file="a.csv")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line) == ("unclosed_quote", 2)


def test_in_pasted_cells_a_lone_quotation_mark_is_text():
    sheet = read_delimited('标题\t描述\n屏幕\t"大屏\n键盘\t好用\n', pasted=True)
    assert sheet.rows == [["屏幕", '"大屏'], ["键盘", "好用"]]
    assert [problem.code for problem in sheet.warnings] == ["unclosed_quote"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.png", b"\x89PNG\r\n\x1a\n123"),
        ("a.docx", None),
        ("a.bin", bytes(range(256)) * 20),
        ("a.csv", b""),
        ("a.html", b"<!DOCTYPE html><html><table><tr><td>x</table></html>"),
        ("a.json", b'{"a": 1}'),
        ("a.xml", b"<?xml version='1.0'?><rss/>"),
    ],
)
def test_what_is_no_import_is_one_sentence(name, data):
    if data is None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("[Content_Types].xml", "")
            archive.writestr("word/document.xml", "")
        data = out.getvalue()
    with pytest.raises(FileProblem) as caught:
        read_upload(open_upload(data, name))
    (problem,) = caught.value.problems
    assert str(problem).startswith(name + ": ")
    assert problem.mend or problem.msgid == "The file is empty."


@pytest.mark.parametrize("kind", ["gherkin", "notes", "table"])
def test_bytes_that_are_no_text_are_refused_by_every_reader(kind):
    with pytest.raises(FileProblem) as caught:
        read_upload(open_upload(bytes(range(256)) * 20, "a.feature"), kind)
    assert caught.value.problems[0].code == "not_text"


def test_formulas_without_results_and_hidden_rows_are_said():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Data")
        for number, row in enumerate([["title", "text"], ["one", "x"], ["two", "y"]]):
            page.write_row(number, 0, row)
        page.set_row(2, None, None, {"hidden": True})
    (sheet,) = read_table(open_upload(out.getvalue(), "a.xlsx"))
    assert len(sheet.rows) == 2
    assert [problem.code for problem in sheet.warnings] == ["hidden_rows"]
    rows = f'<row r="1">{cell("A1", "title")}</row><row r="2"><c r="A2"><f>1+1</f></c>{cell("B2", "x")}</row>'
    (sheet,) = read_table(open_upload(raw_workbook(sheet_of(rows)), "a.xlsx"))
    assert "no_result" in {problem.code for problem in sheet.warnings}


def test_a_value_merged_down_belongs_to_its_rows():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Data")
        page.write_row(0, 0, ["模块", "需求名称"])
        page.merge_range(1, 0, 3, 0, "客户")
        for number, name in enumerate(["登录", "查询"], start=1):
            page.write(number, 1, name)
    (sheet,) = read_table(open_upload(out.getvalue(), "a.xlsx"))
    assert sheet.rows == [["客户", "登录"], ["客户", "查询"]], "an otherwise empty row stays empty"
    assert [problem.code for problem in sheet.warnings] == ["merged"]
