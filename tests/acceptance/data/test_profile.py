"""The profile of tables: what it says, what may be stored of it, that no file breaks it, and that it is linear."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reqtrack.acceptance.data.hiding import leaks
from reqtrack.acceptance.data.profile import MOST_SHAPES, profile
from reqtrack.exchange.parsing.reading import read_table
from reqtrack.files.door import open_upload
from reqtrack.files.problems import FileProblem
from tests.support.corpus import NOT_RUN, ROOT

HEADER = ["客户姓名", "手机", "来源", "下单日期", "金额", "备注", "会员号"]
ROWS = [
    ["张三", "13800138000", "官网", "2026-01-03", "1,234.50", "张三要求周五送", "007"],
    ["李四", "139 0013 9000", "官 网", "2026年1月4日", "20", "", "008"],
    ["王小明", "+86 13700137000", "官网", "2026/1/5", "30", "请致电13800138000", "009"],
    ["赵敏", "", "官网", "N/A", "40", "请致电", "010"],
]


def test_what_it_says():
    found = profile(HEADER, ROWS)
    names, phones, sources, days, amounts, notes, numbers = found.columns
    assert found.rows == 4
    assert (phones.filled, phones.blank, phones.distinct, phones.longest) == (3, 1, 3, 15)
    assert {(one.shape, one.name, one.count) for one in phones.seen} == {
        ("+dd d×11", "mobile_cn_86", 1),
        ("d×11", "mobile_cn", 1),
        ("ddd dddd dddd", "mobile_cn", 1),
    }
    assert [(one.proposed, one.others) for one in sources.spellings] == [("官网", (("官 网", 1),))]
    assert [column.personal and column.personal.kind for column in found.columns] == [
        "name",
        "phone",
        None,
        None,
        None,
        "text",
        None,
    ]
    assert [column.type for column in found.columns] == ["text", "text", "text", "date", "number", "text", "text"]
    assert (names.filled, amounts.filled, notes.filled, numbers.filled, days.filled) == (4, 4, 3, 4, 4)


def test_choices():
    column = profile(["状态"], [["待发货"]] * 5 + [["已发货"]] * 4).columns[0]
    assert (column.type, column.choices) == ("choice", (("待发货", 5), ("已发货", 4)))


def test_nothing_clear_is_stored():
    found = profile(HEADER, ROWS)
    stored = found.hidden({0: "name", 1: "phone"}).stored()
    text = json.dumps(stored, ensure_ascii=False)
    assert leaks([row[at] for row in ROWS for at in (0, 1)], stored) == []
    assert "ddd dddd dddd" in text and "官 网" in text and "13800138000" not in text
    # It would have been found: the profile with clear values is full of them.
    shown = [one.example for column in found.columns for one in column.seen]
    assert len(leaks([row[at] for row in ROWS for at in (0, 1)], shown)) >= 5


def test_an_example_that_is_cut_short_holds_no_half_of_a_value():
    rows = [["13800138000", "x" * 70 + " 13800138000, please"]]
    stored = profile(["手机", "note"], rows).hidden({0: "phone"}).stored()
    assert "1380" not in json.dumps(stored) and stored["columns"][1]["seen"][0]["example"] == "***"
    long = profile(["note"], [["y" * 500]]).hidden({}).stored()
    assert len(long["columns"][0]["seen"][0]["example"]) == 80


CELLS = st.one_of(
    st.sampled_from(["张三", "李四", "13800138000", "138 0013 8000", "c@x.com", "a b", "N/A"]),
    st.text(max_size=20),
    st.none(),
    st.floats(),
)


@given(
    st.lists(st.text(max_size=5), max_size=4),
    st.lists(st.lists(CELLS, max_size=5), max_size=10),
    st.sets(st.integers(0, 4)),
)
def test_any_table_has_a_profile(header, rows, masked):
    found = profile(header, rows)
    for column in found.columns:
        assert column.filled + column.blank == len(rows)
        assert sum(one.count for one in column.seen) == column.filled or column.shapes > MOST_SHAPES
        assert column.filled >= column.distinct >= column.shapes - 10
    hidden = found.hidden(dict.fromkeys(masked, "name"))
    clear = [value for column in found.columns if column.index in masked for value in column.values if len(value) > 2]
    # Words of our own (d, filled, by_slip) and names of columns are nobody's.
    shown = [text for column in hidden.columns for one in column.seen for text in (one.example, one.shape)]
    shown += [
        text
        for column in hidden.columns
        for one in column.spellings
        for text in (one.proposed, *(value for value, _ in one.others))
    ]
    assert leaks(clear, shown) == []
    json.dumps(hidden.stored())


MESSY = sorted(
    path
    for path in (ROOT / "messy").glob("*/*")
    if path.suffix in (".csv", ".tsv", ".xlsx", ".xls") and path.name not in ("null_byte.csv", "pass_protected.xlsx")
) or [None]


@pytest.mark.skipif(MESSY == [None], reason=NOT_RUN)
@pytest.mark.parametrize("path", MESSY, ids=lambda path: path and path.name)
def test_messy_files(path):
    try:
        sheets = read_table(open_upload(path.read_bytes(), path.name))
    except FileProblem:
        pytest.skip("refused by the reader, with a sentence")
    for sheet in sheets:
        found = profile(sheet.header, sheet.rows)
        assert found.rows == len(sheet.rows)
        assert sum(column.filled for column in found.columns) == sum(
            bool(cell.strip()) for row in sheet.rows for cell in row
        )
        json.dumps(found.hidden(dict.fromkeys(range(len(found.columns)), "all")).stored())


def _seconds(rows):
    table = [
        [
            f"SN{at:06}",
            f"1380{at:07}",
            "官网" if at % 3 else "官 网",
            f"u{at}@example.com",
            f"{at * 7 % 9999}.50",
            f"备注{at}",
        ]
        for at in range(rows)
    ]
    start = time.process_time()
    profile(list("abcdef"), table)
    return time.process_time() - start


def test_it_is_linear():
    _seconds(500)
    small, large = _seconds(3_000), _seconds(30_000)
    assert large < 10 * small * 2.5
