"""Tables that nobody here wrote: requirements, survey answers, and the files that broke other readers."""

import pytest

from reqtrack.exchange.parsing.columns import guess_columns
from reqtrack.exchange.parsing.delimited import read_delimited
from reqtrack.exchange.parsing.detect import detect
from reqtrack.exchange.parsing.reading import read_table, read_upload
from reqtrack.exchange.parsing.rows import parse_rows
from reqtrack.files.problems import FileProblem
from reqtrack.files.text import read_text


def but(beginning, *others):
    """All names that begin so, but for these."""
    return lambda name: name.startswith(beginning) and not name.startswith(others)


_CALAMINE = "messy/calamine/"
_REFUSED = (_CALAMINE + "pass_protected", _CALAMINE + "issue252")
CORPUS = {
    "test_csv_spectrum_equals_its_json": "messy/csv_spectrum/",
    "test_csvkit": but("messy/csvkit/", "messy/csvkit/null_byte"),
    "test_a_nul_is_refused_with_its_line": "messy/csvkit/null_byte",
    "test_a_table_without_names_is_asked_about": "messy/csvkit/no_header_row",
    "test_calamine": but(_CALAMINE, *_REFUSED),
    "test_refused_workbooks": _REFUSED,
    "test_error_values_are_text": _CALAMINE + "errors",
    "test_hidden_sheets_say_so": _CALAMINE + "any_sheets",
    "test_pivots": _CALAMINE + "pivots",
    "test_strict_iso": _CALAMINE + "strict_iso",
    "test_blanks_around_texts": _CALAMINE + "whitespace",
    "test_a_note_above_the_header_is_said": _CALAMINE + "header-row",
    "test_an_export_of_a_requirements_tool": _CALAMINE + "inlineStr",
    "test_easyexcel_and_encodings": ("messy/easyexcel_zh/", "messy/derived_encodings/demo"),
    "test_nasa": "requirements/nasa_cf",
    "test_nmfta": "requirements/nmfta",
    "test_strictdoc_import": "requirements/strictdoc_import",
    "test_strictdoc_export": "requirements/strictdoc_export",
    "test_jupyter": "interviews/jupyter",
    "test_text_formats_without_a_reader_are_named": ("requirements/zephyr_sdoc/", "requirements/strictdoc_sdoc/"),
}


def text_table(real):
    """A table in text form, read without a child: the child's way is tested elsewhere."""
    decoded = read_text(real.data)
    return read_delimited(decoded.text, file=real.path.name), decoded


def drafts_of(sheet, kind="requirements"):
    return parse_rows(sheet, guess_columns(sheet.header, sheet.rows, kind))


def test_csv_spectrum_equals_its_json(real):
    sheet, _ = text_table(real)
    rows = real.beside(".json")
    rows = rows if isinstance(rows, list) else [rows]
    unix = [{name: cell.replace("\r\n", "\n") for name, cell in row.items()} for row in rows]
    ours = [dict(zip(sheet.header, (cell.replace("\r\n", "\n") for cell in row), strict=True)) for row in sheet.rows]
    if "location_coordinates" in real.name:
        # The number of a person was replaced in one of the two files.
        for row in [*unix, *ours]:
            row.pop("Contact Phone Number")
    assert ours == unix
    assert len(sheet.rows) == real.expected["data_rows"]


def test_csvkit(real):
    if real.name.endswith(".xlsx"):
        (sheet,) = read_table(real.upload())
        assert any("Extra data beyond headers" in cell for cell in sheet.rows[1])
    else:
        sheet, _ = text_table(real)
        assert len(sheet.rows) == real.expected["data_rows"]
    assert sheet.rows or any(problem.code == "no_rows" for problem in sheet.warnings), "never a silent nothing"
    seen = {
        "last_cell": lambda: sheet.rows[-1][-1],
        "first_header": lambda: sheet.header[0],
        "header": lambda: sheet.header,
        "header_row": lambda: sheet.header_row,
        "warn_rows": lambda: [problem.place.row for problem in sheet.warnings],
        "row1": lambda: sheet.rows[0],
        "row2": lambda: [cell.replace("\r", "\n") for cell in sheet.rows[1]],
        "columns": lambda: len(sheet.header),
        "short_rows": lambda: sum(problem.code == "ragged" for problem in sheet.warnings),
    }
    facts = {name: fact for name, fact in real.expected.items() if name in seen}
    assert {name: seen[name]() for name in facts} == facts
    assert real.expected.get("first_header_trimmed_contains", "") in sheet.header[0].strip()


def test_a_nul_is_refused_with_its_line(real):
    with pytest.raises(FileProblem) as caught:
        text_table(real)
    assert caught.value.problems[0].place.line == 2


def test_a_table_without_names_is_asked_about(real):
    sheet, _ = text_table(real)
    assert {"header", "no_rows"} <= {problem.code for problem in sheet.warnings}
    assert not guess_columns(sheet.header, sheet.rows).is_sure


def test_calamine(real):
    with_header, sheets = read_table(real.upload()), read_table(real.upload(), has_header=False)
    rows = {sheet.name: len(sheet.rows) for sheet in sheets}
    first = sheets[0]
    seen = {
        "sheets": lambda: rows,
        "rows": lambda: rows[first.name],
        "A1": lambda: first.rows[0][0],
        "A2": lambda: first.rows[1][0],
        "A3": lambda: "duration " + first.rows[2][0],
        "header_row": lambda: with_header[0].header_row,
        "data_rows": lambda: len(with_header[0].rows),
        "sheet": lambda: first.name,
    }
    facts = {name: fact for name, fact in real.expected.items() if name in seen}
    if "sheets" in facts:
        facts["sheets"] = {name: count for name, count in facts["sheets"].items() if isinstance(count, int)}
    assert {name: seen[name]() for name in facts} == facts
    assert rows, "whatever is read has sheets"


def test_refused_workbooks(real):
    with pytest.raises(FileProblem) as caught:
        read_table(real.upload())
    assert real.expected.get("message_contains", "damaged") in str(caught.value)


def test_error_values_are_text(real):
    first, *_ = read_table(real.upload(), has_header=False)
    values = {row[0] for row in first.rows}
    assert values == {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
    assert "error_cells" in {problem.code for problem in first.warnings}


def test_hidden_sheets_say_so(real):
    sheets = read_table(real.upload())
    assert {sheet.name: sheet.hidden for sheet in sheets} == {"Visible": False, "Hidden": True, "VeryHidden": True}


def test_pivots(real):
    sheets = read_table(real.upload(), has_header=False)
    assert len(sheets) == 6
    assert {sheet.name: len(sheet.rows) for sheet in sheets}["DataSheet"] == 11


def test_strict_iso(real):
    (sheet,) = read_table(real.upload(), has_header=False)
    assert (sheet.name, len(sheet.rows)) == ("ml_out", 76)


def test_blanks_around_texts(real):
    assert read_table(real.upload())[1].header[1] == "  preserved value  "


def test_a_note_above_the_header_is_said(real):
    (sheet,) = read_table(real.upload())
    assert any("Note 1" in str(problem) for problem in sheet.warnings)


def test_an_export_of_a_requirements_tool(real):
    (sheet,) = read_table(real.upload())
    (draft,) = drafts_of(sheet)
    names = {"ID": "id", "Name": "title", "Description": "statement", "Type": "kind"}
    assert {name: draft.fields[field] for name, field in names.items()} == {name: real.expected[name] for name in names}


def test_easyexcel_and_encodings(real):
    sheets = read_table(real.upload())
    expected = real.expected
    if "sheets" in expected:
        header = 1 if "multiplesheets" in real.name or "first_sheet_empty" in real.name else 0
        counted = {sheet.name: len(sheet.rows) + (header if sheet.header_row else 0) for sheet in sheets}
        assert counted == expected["sheets"]
    filled = [sheet for sheet in sheets if sheet.rows]
    if "data_rows" in expected:
        assert len(filled[0].rows) == expected["data_rows"]
    if "rows" in expected:
        assert len(filled[0].rows) + 1 == expected["rows"]
    if "header" in expected:
        assert filled[0].header == expected["header"]
    if "header_row" in expected:
        assert filled[0].header_row == expected["header_row"]
    if "columns" in expected or "columns_used" in expected:
        assert len(filled[0].header) == expected.get("columns", expected.get("columns_used"))
    if "same rows as" in expected.get("note", ""):
        original = real.path.parents[1] / "easyexcel_zh" / "demo.csv"
        assert filled[0].rows == read_delimited(read_text(original.read_bytes()).text).rows
    if "title_row" in real.name:
        assert filled[0].rows[0][1] == "01502200", "leading zeros stay"
    for sheet in sheets:
        assert sheet.rows or any(problem.code == "no_rows" for problem in sheet.warnings)


def test_nasa(real):
    expected = real.expected
    sheet, _ = text_table(real)
    drafts = drafts_of(sheet)
    assert len(drafts) == expected["requirements"]
    assert all(draft.is_ready for draft in drafts)
    assert len({draft.fields["id"] for draft in drafts}) == expected["unique_ids"]
    without_text = [draft for draft in drafts if "statement" not in draft.fields]
    assert len(without_text) == expected["rows_with_empty_description"]
    assert all([problem.code for problem in draft.problems] == ["no_statement"] for draft in without_text)
    assert sum("\n" in cell for row in sheet.rows for cell in row) == expected["cells_with_line_break"]
    ragged = [problem for problem in sheet.warnings if problem.code == "ragged"]
    by_row = dict(zip(sheet.numbers, sheet.rows, strict=True))
    assert [
        {"id": by_row[p.place.row][1], "first_physical_line": p.place.line, "columns": p.params["cells"]}
        for p in ragged
    ] == expected["short_rows"]
    # The summary only repeats the key; the text says what it is.
    assert drafts[1].fields["title"].startswith('When a "Reset-Counters" command is received, CF shall')
    assert drafts[1].derived == ["title"]
    assert drafts[0].fields["rationale"].startswith("CF application is a cFS compliant component")


def test_nmfta(real):
    sheets = read_table(real.upload())
    assert {sheet.name: len(sheet.rows) for sheet in sheets} == real.expected["sheets"]
    drafts = [draft for sheet in sheets for draft in drafts_of(sheet)]
    assert len(drafts) == real.expected["requirements_total"]
    assert all(draft.is_ready and "id" not in draft.fields for draft in drafts)
    assert {draft.proposals.get("tier") for draft in drafts} == {"must", "should", "later"}
    assert "tier" not in drafts[0].fields, "nothing becomes must by import alone"


def test_strictdoc_import(real):
    (sheet,) = read_table(real.upload())
    assert real.expected["header_with_line_break"] in sheet.header
    assert len(sheet.header) == real.expected["columns"]
    drafts = drafts_of(sheet)
    assert [draft.fields["id"] for draft in drafts] == real.expected["ids"]
    links = [[draft.fields["id"], parent] for draft in drafts for parent in draft.fields.get("parent", [])]
    assert links == real.expected["links"]
    assert drafts[0].notes["Remarks"] == "a comment"
    assert drafts[0].proposals == {"tier": "must"}


def test_strictdoc_export(real):
    (sheet,) = read_table(real.upload())
    assert sheet.name == real.expected["sheet"]
    assert [[cell or None for cell in row] for row in sheet.rows] == real.expected["rows"]
    drafts = drafts_of(sheet)
    assert [draft.fields.get("parent") for draft in drafts] == [None, ["REQ-001"], ["REQ-002"], ["REQ-002"]]
    assert [draft.proposals["tier"] for draft in drafts] == ["must", "should", "later", "later"]
    assert drafts[2].notes["COMMENTS"].endswith("Simple Comment #4")


def test_jupyter(real):
    sheet, _ = text_table(real)
    expected = real.expected
    assert (len(sheet.rows), len(sheet.header)) == (expected["respondents"], expected["columns"])
    assert sum(any(cell.strip() for cell in row[1:]) for row in sheet.rows) == expected["respondents_with_any_text"]
    assert sum(bool(row[-1].strip()) for row in sheet.rows) == expected["non_empty_answers_last_column"]
    signs = [cell for row in sheet.rows for cell in row if cell.startswith(("=", "+", "-", "@")) and cell != "-"]
    assert len(signs) == expected["cells_starting_with_formula_sign_that_are_plain_text"]
    assert not guess_columns(sheet.header, sheet.rows).is_sure, "questions of a survey are no requirements: ask"


def test_text_formats_without_a_reader_are_named(real):
    upload = real.upload()
    with pytest.raises(FileProblem) as caught:
        detect(upload)
    assert "StrictDoc" in str(caught.value)
    with pytest.raises(FileProblem):
        read_upload(upload)
